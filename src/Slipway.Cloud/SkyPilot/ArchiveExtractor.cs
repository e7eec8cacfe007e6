using System.IO.Compression;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Machines.Files;

namespace Slipway.Cloud.SkyPilot;

/// <summary>Unpacks an archive that a server sent: only plain files and folders, only below the destination, and only so much. All names are checked before anything is written.</summary>
internal static class ArchiveExtractor
{
    private const int MostEntries = 100_000;
    private const int TypeMask = 0xF000;
    private const int RegularFile = 0x8000;
    private const int Folder = 0x4000;

    public static async Task<Result<Unit>> SaveAsync(HttpResponseMessage response, string path, long most, CancellationToken cancellationToken)
    {
        var from = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = from.ConfigureAwait(false);
        var to = new FileStream(path, FileMode.Create, FileAccess.Write);
        await using var closingToo = to.ConfigureAwait(false);
        var buffer = new byte[64 * 1024];
        for (var count = await from.ReadAsync(buffer, cancellationToken).ConfigureAwait(false); count > 0; count = await from.ReadAsync(buffer, cancellationToken).ConfigureAwait(false))
        {
            await to.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            if (to.Length > most)
            {
                return TooLarge(most);
            }
        }

        return Unit.Value;
    }

    /// <summary>Unpacks.</summary>
    /// <returns>How many files came out.</returns>
    public static Result<int> Extract(string archive, string destination, long most, CancellationToken cancellationToken)
    {
        if (Directory.Exists(destination) && Directory.EnumerateFileSystemEntries(destination).Any())
        {
            return new Failure(CloudFailures.DownloadUnsafe, $"{Shown.Quote(destination)} is not empty: nothing there is written over.");
        }

        try
        {
            using var zip = ZipFile.OpenRead(archive);
            if (zip.Entries.Count > MostEntries || zip.Entries.Sum(static entry => Math.Max(0, entry.Length)) > most)
            {
                return TooLarge(most);
            }

            if (zip.Entries.FirstOrDefault(static entry => !IsPlain(entry)) is { } foul)
            {
                return new Failure(CloudFailures.DownloadUnsafe, $"The archive holds {Shown.Quote(foul.FullName)}, which is no plain file below its folder.");
            }

            var written = Write(zip, destination, most, cancellationToken);
            return written.IsOk ? written : Dropped(destination, written.Failure);
        }
        catch (InvalidDataException exception)
        {
            LocalFiles.RemoveTree(destination);
            return new Failure(CloudFailures.DownloadUnsafe, "What the server sent is no archive.") { Detail = exception.Message };
        }
    }

    private static Result<int> Write(ZipArchive zip, string destination, long most, CancellationToken cancellationToken)
    {
        var (files, left) = (0, most);
        Directory.CreateDirectory(destination);
        foreach (var entry in zip.Entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = Path.Combine(destination, entry.FullName);
            if (entry.FullName.EndsWith('/'))
            {
                Directory.CreateDirectory(path);
                continue;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            left = Copy(entry, path, left);
            if (left < 0)
            {
                return TooLarge(most);
            }

            files++;
        }

        return files;
    }

    // The length in an archive's table is its own claim: what comes out is counted.
    private static long Copy(ZipArchiveEntry entry, string path, long left)
    {
        using var from = entry.Open();
        using var to = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        var buffer = new byte[64 * 1024];
        for (var count = from.Read(buffer); count > 0 && left >= 0; count = from.Read(buffer))
        {
            left -= count;
            to.Write(buffer.AsSpan(0, left >= 0 ? count : 0));
        }

        return left;
    }

    private static bool IsPlain(ZipArchiveEntry entry)
    {
        var name = entry.FullName;
        var type = (entry.ExternalAttributes >> 16) & TypeMask;
        return name.Length is > 0 and < 2048 && name[0] != '/' && !name.Any(static c => c is '\\' || char.IsControl(c))
            && name.TrimEnd('/').Split('/').All(static part => part is not ("" or "." or ".."))
            && type is 0 or RegularFile or Folder;
    }

    private static Failure Dropped(string destination, Failure failure)
    {
        LocalFiles.RemoveTree(destination);
        return failure;
    }

    private static Failure TooLarge(long most) => new(CloudFailures.DownloadUnsafe, $"The archive holds more than {most} bytes or {MostEntries} files.");
}
