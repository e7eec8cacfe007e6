using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Machines;
using Slipway.Machines.Files;

namespace Slipway.Environments.Sources;

/// <summary>A directory with a Python project, read as one value: the digest of everything that belongs to its source.</summary>
internal static class SourceTree
{
    private const long MaxBytes = 512L * 1024 * 1024;

    /// <summary>Packs a directory into a canonical archive.</summary>
    /// <param name="host">Where it lies.</param>
    /// <param name="directory">Its absolute path.</param>
    /// <param name="output">Receives the archive; <see cref="Stream.Null"/> for the digest alone.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The tree digest; <see cref="EnvironmentFailures.LocalSourceUnusable"/> for what is no project or cannot be read.</returns>
    public static async Task<Result<Sha256Digest>> PackAsync(BuildHost host, string directory, Stream output, CancellationToken cancellationToken)
    {
        if (!LocalFiles.Exists($"{directory}/pyproject.toml") && !LocalFiles.Exists($"{directory}/setup.py"))
        {
            return new Failure(
                EnvironmentFailures.LocalSourceUnusable,
                Directory.Exists(directory) ? $"{directory} has neither a pyproject.toml nor a setup.py." : $"There is no directory {directory}.");
        }

        // A link to the tree is not its source.
        directory = Directory.ResolveLinkTarget(directory, returnFinalTarget: true)?.FullName ?? directory;
        var names = await TreeFiles.ListAsync(host, directory, cancellationToken).ConfigureAwait(false);
        using var archive = new CanonicalTar(output);
        var total = 0L;
        foreach (var name in names)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!Add(archive, directory, name, MaxBytes - total).TryGet(out var size, out var failure))
            {
                return failure;
            }

            total += size;
        }

        return archive.Finish();
    }

    private static Result<long> Add(CanonicalTar archive, string directory, string name, long room)
    {
        var path = $"{directory}/{name}";
        if (!LocalFiles.Stat(path).TryGet(out var status, out var failure))
        {
            return failure;
        }

        if (status.Kind is FileKind.Link && new FileInfo(path).LinkTarget is { } target)
        {
            if (TreeLinks.IsEscape(directory, name, target))
            {
                return new Failure(EnvironmentFailures.LocalSourceUnusable, $"{path} is a link to {target}, outside the project that it belongs to.")
                {
                    Hint = $"Put a copy there, or a relative link to something within {directory}: what lies outside is not read, and could not be part of what was built.",
                };
            }

            archive.AddLink($"source/{name}", target);
            return 0;
        }

        if (status.Kind is not FileKind.File)
        {
            return new Failure(EnvironmentFailures.SourceChanging, $"{path} changed while it was being read.");
        }

        if (status.Size > room)
        {
            return new Failure(EnvironmentFailures.LocalSourceUnusable, $"{directory} holds more than {MaxBytes / (1024 * 1024)} MiB of source.")
            {
                Hint = "Keep data out of it: what git ignores is not counted.",
            };
        }

        if (!LocalFiles.Read(path, room).TryGet(out var content, out failure))
        {
            return failure with { Code = EnvironmentFailures.LocalSourceUnusable };
        }

        archive.AddFile($"source/{name}", content, status.Mode.HasFlag(UnixFileMode.UserExecute));
        return content.Length;
    }
}
