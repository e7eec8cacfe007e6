using System.Collections.Immutable;
using System.Security.Cryptography;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Core.Text;
using Slipway.Environments.Requests;
using Slipway.Machines.Programs;

namespace Slipway.Environments.Sources;

/// <summary>
/// Requirements that name files and directories of this machine. What they hold is read before anything else and is part of the
/// request: an edited tree is another request. Nothing is built in the tree itself, but from a packed copy with that digest.
/// </summary>
internal static class LocalSources
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerOnly | UnixFileMode.UserExecute;
    private const string TreePrefix = "tree:";
    private const string FilePrefix = "sha256:";

    /// <summary>
    /// Does some work for a request whose local sources were read; once more from the start when one of them changed meanwhile.
    /// Fails with <see cref="EnvironmentFailures.UnsupportedSource"/> before anything is read where <see cref="DirectSources"/> refuses.
    /// </summary>
    public static async Task<Result<T>> WithContentsAsync<T>(
        BuildHost host, EnvironmentRequest request, Func<EnvironmentRequest, Task<Result<T>>> work, CancellationToken cancellationToken)
        where T : notnull
    {
        if (DirectSources.Check(request) is { } refused)
        {
            return refused;
        }

        if (!request.HasLocalSources)
        {
            return await work(request).ConfigureAwait(false);
        }

        var result = await OnceAsync(host, request, work, cancellationToken).ConfigureAwait(false);
        return !result.IsOk && result.Failure.Code == EnvironmentFailures.SourceChanging
            ? await OnceAsync(host, request, work, cancellationToken).ConfigureAwait(false)
            : result;
    }

    /// <summary>The path that a <c>file:</c> URL names, without what follows a '#'.</summary>
    public static string PathOf(string url) => FileUrl.PathOf(url);

    /// <summary>The URL of an absolute path.</summary>
    public static string UrlOf(string path) => FileUrl.Of(path);

    /// <summary>Where the packed copy of a tree lies in the store's cache.</summary>
    public static string PackedPath(BuildHost host, string name, Sha256Digest tree) => $"{host.Layout.Sources}/{tree}/{name}.tar";

    /// <summary>The line for pip: a tree's is that of its packed copy.</summary>
    /// <param name="host">Whose store.</param>
    /// <param name="package">The requirement, whose local content was read.</param>
    public static string ToLine(BuildHost host, RequestedPackage package)
    {
        var requirement = package.Requirement;
        var extras = requirement.Extras.IsEmpty ? string.Empty : $"[{string.Join(',', requirement.Extras)}]";
        var marker = requirement.Marker is { } condition ? $" ; {condition}" : string.Empty;
        if (requirement.Url is { } url && url.StartsWith("git+file:", StringComparison.OrdinalIgnoreCase))
        {
            // pip refuses such a URL behind a name, because it has no host.
            return $"{url}{(url.Contains('#', StringComparison.Ordinal) ? '&' : '#')}egg={requirement.Name.Normalized}{extras}{marker}";
        }

        if (TreeOf(package) is not { } tree)
        {
            return There(host, requirement.Url, package.LocalContent is { } content ? FileLine(package, content, extras, marker) : package.ToLine());
        }

        // Always with its hash: it is known, and then a request can demand hashes of everything else.
        return $"{requirement.Name.Normalized}{extras} @ {UrlOf(PackedPath(host, requirement.Name.Normalized, tree))}#sha256={tree}{marker}";
    }

    /// <summary>The steps that put packed copies of a request's trees into the store's cache.</summary>
    /// <returns>The steps; <see cref="EnvironmentFailures.SourceChanging"/> when a tree is not what the request says any more.</returns>
    public static async Task<Result<ImmutableArray<Step>>> PackStepsAsync(BuildHost host, EnvironmentRequest request, CancellationToken cancellationToken)
    {
        var steps = ImmutableArray.CreateBuilder<Step>();
        foreach (var package in request.Resolved)
        {
            if (TreeOf(package) is not { } tree)
            {
                continue;
            }

            var path = PathOf(package.Requirement.Url!);
            var added = await PackStepsAsync(host, package.Requirement.Name.Normalized, path, tree, cancellationToken).ConfigureAwait(false);
            if (!added.TryGet(out var more, out var failure))
            {
                return failure;
            }

            steps.AddRange(more);
        }

        return steps.ToImmutable();
    }

    /// <summary>The steps that put the packed copy of one tree into the store's cache.</summary>
    public static async Task<Result<ImmutableArray<Step>>> PackStepsAsync(
        BuildHost host, string name, string path, Sha256Digest tree, CancellationToken cancellationToken)
    {
        using var packed = new MemoryStream();
        var read = await SourceTree.PackAsync(host, path, packed, cancellationToken).ConfigureAwait(false);
        if (!read.TryGet(out var digest, out var failure))
        {
            return failure;
        }

        if (digest != tree)
        {
            return Changed(path);
        }

        var target = PackedPath(host, name, tree);
        return (ImmutableArray<Step>)[new Step.MakeDirectory(Path.GetDirectoryName(target)!, OwnerFolder), new Step.WriteFile(target, packed.ToArray(), OwnerOnly)];
    }

    private static async Task<Result<T>> OnceAsync<T>(
        BuildHost host, EnvironmentRequest request, Func<EnvironmentRequest, Task<Result<T>>> work, CancellationToken cancellationToken)
        where T : notnull
    {
        var packages = ImmutableArray.CreateBuilder<RequestedPackage>(request.Requirements.Length);
        foreach (var package in request.Requirements)
        {
            if (!package.IsLocal)
            {
                packages.Add(package);
                continue;
            }

            var read = await ContentOfAsync(host, PathOf(package.Requirement.Url!), cancellationToken).ConfigureAwait(false);
            if (!read.TryGet(out var content, out var failure))
            {
                return failure;
            }

            packages.Add(package with { LocalContent = content });
        }

        var imported = request.Lock is null ? (Result<ImportedLock>?)null : await WithTreesAsync(host, request.Lock, cancellationToken).ConfigureAwait(false);
        if (imported is { IsOk: false } unread)
        {
            return unread.Failure;
        }

        var result = await work(request with { Requirements = packages.ToImmutable(), Lock = imported?.Value }).ConfigureAwait(false);
        return !result.IsOk && result.Failure.Code == EnvironmentFailures.HashMismatch
            ? await ChangeAsync(host, packages, cancellationToken).ConfigureAwait(false) ?? result.Failure
            : result;
    }

    private static async Task<Result<ImportedLock>> WithTreesAsync(BuildHost host, ImportedLock imported, CancellationToken cancellationToken)
    {
        var trees = imported.Trees.ToBuilder();
        foreach (var path in imported.Directories)
        {
            var read = await TreeContentAsync(host, path, cancellationToken).ConfigureAwait(false);
            if (!read.IsOk && read.Failure.Code == EnvironmentFailures.SourceChanging)
            {
                return read.Failure;
            }

            trees[path] = read;
        }

        return imported with { Trees = trees.ToImmutable() };
    }

    // pip saw other bytes than were read: that is somebody who writes to the file, and no tampering.
    private static async Task<Failure?> ChangeAsync(BuildHost host, IEnumerable<RequestedPackage> packages, CancellationToken cancellationToken)
    {
        foreach (var package in packages.Where(package => package.IsLocal))
        {
            var path = PathOf(package.Requirement.Url!);
            var read = await ContentOfAsync(host, path, cancellationToken).ConfigureAwait(false);
            if (read.TryGet(out var content, out _) && content != package.LocalContent)
            {
                return Changed(path);
            }
        }

        return null;
    }

    private static Failure Changed(string path) => new(EnvironmentFailures.SourceChanging, $"{path} changed while it was being read.");

    private static async Task<Result<string>> ContentOfAsync(BuildHost host, string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return await TreeContentAsync(host, path, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            var stream = File.OpenRead(path);
            await using (stream.ConfigureAwait(false))
            {
                return $"{FilePrefix}{Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false))}";
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new Failure(EnvironmentFailures.LocalSourceUnusable, $"{path} cannot be read: {exception.Message}");
        }
    }

    private static async Task<Result<string>> TreeContentAsync(BuildHost host, string path, CancellationToken cancellationToken)
    {
        var packed = await SourceTree.PackAsync(host, path, Stream.Null, cancellationToken).ConfigureAwait(false);
        return packed.Map(digest => $"{TreePrefix}{digest}");
    }

    // The URL stands in a line once, as it was given.
    private static string There(BuildHost host, string? url, string line) =>
        url?.Split('#')[0] is { } plain && host.Brought.UrlToThere(plain) is var there && !string.Equals(there, plain, StringComparison.Ordinal)
            ? line.Replace($" @ {plain}", $" @ {there}", StringComparison.Ordinal)
            : line;

    // An edit after the reading must not be taken for what was read. Of several hashes that are accepted pip takes any, so where
    // hashes are demanded no further one may be added.
    private static string FileLine(RequestedPackage package, string content, string extras, string marker)
    {
        if (!package.Hashes.IsEmpty)
        {
            return (package.Hashes.Contains(content, StringComparer.OrdinalIgnoreCase) ? package with { Hashes = [content] } : package).ToLine();
        }

        var url = package.Requirement.Url!;
        var fragment = url.IndexOf('#', StringComparison.Ordinal);
        return fragment >= 0 && url[fragment..].Contains("sha256=", StringComparison.Ordinal)
            ? package.ToLine()
            : $"{package.Requirement.Name.Normalized}{extras} @ {url}{(fragment >= 0 ? '&' : '#')}sha256={content[FilePrefix.Length..]}{marker}";
    }

    private static Sha256Digest? TreeOf(RequestedPackage package) =>
        package.LocalContent is { } content && content.StartsWith(TreePrefix, StringComparison.Ordinal)
            ? Sha256Digest.Parse(content[TreePrefix.Length..]).Value
            : null;
}
