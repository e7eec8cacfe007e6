using System.Text;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Environments;
using Slipway.Machines.Programs;

namespace Slipway.Workers.Code;

/// <summary>The Python side of workers, as it is brought to machines: under the digest of all of it, so that versions lie beside each other.</summary>
internal static class WorkerCode
{
    private const string Prefix = "worker/";
    private const string Main = "main.py";
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute;

    private static readonly Lazy<IReadOnlyList<(string Name, byte[] Content)>> Files = new(Read);
    private static readonly Lazy<string> Version = new(() => Sha256Digest.Of(
        Encoding.UTF8.GetBytes(string.Concat(Files.Value.Select(static file => $"{file.Name} {Sha256Digest.Of(file.Content).Hex}\n")))).Hex);

    /// <summary>Has the code ready on a host.</summary>
    /// <returns>The absolute path of its main program there.</returns>
    public static async Task<Result<string>> PlaceAsync(BuildHost host, CancellationToken cancellationToken)
    {
        var folder = host.Layout.Tool("worker", Version.Value);
        var main = $"{folder}/{Main}";

        // The main program comes last: where it is, all of it is.
        var others = Files.Value.Where(static file => file.Name is not Main).ToList();
        var folders = others.Select(file => Path.GetDirectoryName($"{folder}/{file.Name}")!).Append(folder).Distinct(StringComparer.Ordinal);
        var program = new MachineProgram("brings the code of workers",
        [
            new Step.StopIfExists(main),
            .. folders.Select(static path => new Step.MakeDirectory(path, FolderMode)),
            .. others.Select(file => new Step.WriteFile($"{folder}/{file.Name}", file.Content, FileMode)),
            new Step.SyncFileSystem(folder),
            new Step.WriteFile(main, Files.Value.Single(static file => file.Name is Main).Content, FileMode),
        ]);
        var placed = await host.Machine.ExecuteAsync(program, SilentObserver.Instance, cancellationToken).ConfigureAwait(false);
        return placed.Map(_ => main);
    }

    private static List<(string Name, byte[] Content)> Read()
    {
        var assembly = typeof(WorkerCode).Assembly;
        var files = new List<(string, byte[])>();
        foreach (var name in assembly.GetManifestResourceNames().Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            using var buffer = new MemoryStream();
            stream.CopyTo(buffer);
            files.Add((name[Prefix.Length..], buffer.ToArray()));
        }

        return files;
    }
}
