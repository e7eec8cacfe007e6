using System.Collections.Immutable;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Machines.Files;

namespace Slipway.Cloud.SkyPilot;

/// <summary>A folder, packed for upload.</summary>
/// <param name="ZipPath">The archive, which the caller removes.</param>
/// <param name="BlobId">The digest of names and contents: 64 hexadecimal digits.</param>
/// <param name="Workdir">The path that the task names as its folder; it is no path of this machine.</param>
/// <param name="Files">How many files there are.</param>
/// <param name="Bytes">How large they are, unpacked.</param>
/// <param name="LeftOut">Links and special files that do not go along, by their paths.</param>
public sealed record PackedWorkdir(string ZipPath, string BlobId, string Workdir, int Files, long Bytes, ImmutableArray<string> LeftOut);

/// <summary>
/// Packs a folder without what its ignore files name, and refuses one that holds secrets. The archive depends on names, contents and the executable bit alone. Its names begin
/// with a fixed path, which the task's mapping names, so nothing of this machine's paths goes along.
/// </summary>
public static class WorkdirPacker
{
    /// <summary>Where the folder is for the server; the mapping of the task names it.</summary>
    public const string RemotePath = "/slipway/workdir";

    private const int MostScanned = 1 << 20;
    private const int MostFiles = 100_000;
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] SecretNames = [".env", ".netrc", ".pypirc", ".git-credentials", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"];
    private static readonly string[] HarmlessEnds = [".example", ".sample", ".template", ".dist"];

    /// <summary>Packs a folder.</summary>
    /// <param name="folder">Its absolute path.</param>
    /// <param name="zipPath">Where the archive goes; not within the folder.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static Result<PackedWorkdir> Pack(string folder, string zipPath, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder))
        {
            return new Failure(CloudFailures.WorkdirUnusable, $"{Shown.Quote(folder)} is no folder.");
        }

        var content = new Content(folder);
        try
        {
            if (!IgnoreRules.Of(folder).Then(rules => Walk(content, rules, string.Empty, cancellationToken)).TryGet(out _, out var failure))
            {
                return failure;
            }

            return content.Secrets.Count > 0 ? Refusal(content.Secrets) : Write(content, zipPath, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new Failure(CloudFailures.WorkdirUnusable, $"{Shown.Quote(folder)} cannot be packed: {exception.Message}");
        }
    }

    private static Result<Unit> Walk(Content content, IgnoreRules rules, string folder, CancellationToken cancellationToken)
    {
        if (!rules.Enter(folder).TryGet(out _, out var failure))
        {
            return failure;
        }

        foreach (var info in new DirectoryInfo(Path.Combine(content.Root, folder)).EnumerateFileSystemInfos().OrderBy(static info => info.Name, StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = folder.Length == 0 ? info.Name : folder + "/" + info.Name;
            var isFolder = info is DirectoryInfo && info.LinkTarget is null;
            if (path is ".git" || rules.Ignores(path, isFolder))
            {
                continue;
            }

            if (isFolder)
            {
                content.Entries.Add(path + "/");
                if (!Walk(content, rules, path, cancellationToken).TryGet(out _, out failure))
                {
                    return failure;
                }
            }
            else if (info.LinkTarget is not null || !LocalFiles.Stat(info.FullName).TryGet(out var status, out _) || status.Kind is not Machines.FileKind.File)
            {
                content.LeftOut.Add(path);
            }
            else if (!Take(content, path, info).TryGet(out _, out failure))
            {
                return failure;
            }
        }

        return Unit.Value;
    }

    private static Result<Unit> Take(Content content, string path, FileSystemInfo info)
    {
        if (Secret(path, info) is { } secret)
        {
            content.Secrets.Add($"{Shown.Quote(path)} ({secret})");
        }

        content.Entries.Add(path);
        return content.Entries.Count > MostFiles ? new Failure(CloudFailures.WorkdirUnusable, $"{Shown.Quote(content.Root)} holds more than {MostFiles} files.") : Unit.Value;
    }

    private static string? Secret(string path, FileSystemInfo info)
    {
        var name = info.Name;
        if (HarmlessEnds.Any(end => name.EndsWith(end, StringComparison.Ordinal)) is var harmless && !harmless && (SecretNames.Contains(name, StringComparer.Ordinal) || name.StartsWith(".env.", StringComparison.Ordinal)))
        {
            return "by its name";
        }

        if (!harmless && (path.EndsWith(".aws/credentials", StringComparison.Ordinal) || path.EndsWith(".huggingface/token", StringComparison.Ordinal)))
        {
            return "by its name";
        }

        using var stream = File.OpenRead(info.FullName);
        var buffer = new byte[(int)Math.Min(MostScanned, stream.Length)];
        return SecretPatterns.Find(buffer.AsSpan(0, stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)));
    }

    private static Failure Refusal(List<string> secrets)
    {
        var named = string.Join(", ", secrets.Take(5)) + (secrets.Count > 5 ? $" and {secrets.Count - 5} more" : string.Empty);
        return new Failure(CloudFailures.WorkdirSecrets, $"Not uploaded, because of what looks secret: {named}.");
    }

    // SkyPilot's digest (API 41): over the entries by name, each name and the SHA-256 of its content; a folder has none.
    private static Result<PackedWorkdir> Write(Content content, string zipPath, CancellationToken cancellationToken)
    {
        content.Entries.Sort(StringComparer.Ordinal);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (files, bytes) = (0, 0L);
        using (var file = new FileStream(zipPath, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create))
        {
            foreach (var path in content.Entries)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var name = RemotePath.TrimStart('/') + "/" + path;
                var length = Add(zip, name, Path.Combine(content.Root, path), out var hash);
                digest.AppendData(Encoding.UTF8.GetBytes(name));
                digest.AppendData(hash);
                files += path.EndsWith('/') ? 0 : 1;
                bytes += length;
            }
        }

        return new PackedWorkdir(zipPath, Convert.ToHexStringLower(digest.GetHashAndReset()), RemotePath, files, bytes, [.. content.LeftOut]);
    }

    private static long Add(ZipArchive zip, string name, string source, out byte[] hash)
    {
        var entry = zip.CreateEntry(name, CompressionLevel.Fastest);
        entry.LastWriteTime = Epoch;
        if (name.EndsWith('/'))
        {
            entry.ExternalAttributes = 0x41ED << 16;
            hash = SHA256.HashData([]);
            return 0;
        }

        var mode = File.GetUnixFileMode(source);
        entry.ExternalAttributes = (mode.HasFlag(UnixFileMode.UserExecute) ? 0x81ED : 0x81A4) << 16;
        using var from = File.OpenRead(source);
        using var to = entry.Open();
        using var own = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 * 1024];
        var length = 0L;
        for (var count = from.Read(buffer); count > 0; count = from.Read(buffer))
        {
            own.AppendData(buffer.AsSpan(0, count));
            to.Write(buffer.AsSpan(0, count));
            length += count;
        }

        hash = own.GetHashAndReset();
        return length;
    }

    private sealed record Content(string Root)
    {
        public List<string> Entries { get; } = [];

        public List<string> Secrets { get; } = [];

        public List<string> LeftOut { get; } = [];
    }
}
