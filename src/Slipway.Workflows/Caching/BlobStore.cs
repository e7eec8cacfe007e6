using System.Security.Cryptography;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Machines.Files;
using Slipway.Workflows.Engine;

namespace Slipway.Workflows.Caching;

/// <summary>Content by its digest, below <c>cache/blobs</c> of a store. What is there is never written again; garbage collection removes what was not used for long.</summary>
/// <param name="folder">Its absolute directory.</param>
public sealed class BlobStore(string folder)
{
    private const UnixFileMode OwnerReads = UnixFileMode.UserRead;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const int Piece = 1 << 20;

    /// <summary>Where the bytes of some content lie.</summary>
    public string PathOf(Sha256Digest digest) => $"{folder}/{digest.Hex}";

    /// <summary>Whether some content is here.</summary>
    public bool Has(Sha256Digest digest) => LocalFiles.Exists(PathOf(digest));

    /// <summary>Keeps some bytes.</summary>
    public Result<Blob> Keep(ReadOnlyMemory<byte> bytes, string mediaType, string name)
    {
        var digest = Sha256Digest.Of(bytes.Span);
        if (!Has(digest))
        {
            var kept = LocalFiles.MakeDirectory(folder, OwnerOnly).Then(_ => LocalFiles.WriteUnsynced(PathOf(digest), bytes, OwnerReads));
            if (!kept.IsOk)
            {
                return kept.Failure;
            }
        }

        return new Blob(digest, bytes.Length, mediaType, name);
    }

    /// <summary>Keeps a copy of a file.</summary>
    /// <param name="path">Its absolute path.</param>
    /// <param name="mediaType">What it is; null to tell by its name.</param>
    /// <param name="cancellationToken">Ends the copying.</param>
    public async Task<Result<Blob>> KeepFileAsync(string path, string? mediaType, CancellationToken cancellationToken)
    {
        var name = Path.GetFileName(path);
        try
        {
            var source = File.OpenRead(path);
            await using var sourceLeft = source.ConfigureAwait(false);
            var digest = Digest(await SHA256.HashDataAsync(source, cancellationToken).ConfigureAwait(false));
            var blob = new Blob(digest, source.Length, mediaType ?? MediaTypes.Of(name), name);
            return Has(digest) ? blob : await CopyAsync(source, blob, path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new Failure(WorkflowsFailures.BadValue, $"{path} cannot be read: {exception.Message}");
        }
    }

    /// <summary>The bytes of some content.</summary>
    public async Task<Result<byte[]>> ReadAsync(Blob blob, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(PathOf(blob.Digest), cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            return new Failure(WorkflowsFailures.NodeFailed, $"The content {blob.Name} ({blob.Digest.Hex[..12]}) is gone: {exception.Message}") { Hint = "Run the workflow again; what made it runs anew." };
        }
    }

    private async Task<Result<Blob>> CopyAsync(FileStream source, Blob blob, string path, CancellationToken cancellationToken)
    {
        if (LocalFiles.MakeDirectory(folder, OwnerOnly) is { IsOk: false } failed)
        {
            return failed.Failure;
        }

        // Read twice, so that a file that changes meanwhile is noticed and a large one needs no memory.
        source.Position = 0;
        var draft = $"{folder}/.{Guid.NewGuid():N}";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var target = new FileStream(draft, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerReads });
        await using (target.ConfigureAwait(false))
        {
            var buffer = new byte[Piece];
            int read;
            while ((read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                hash.AppendData(buffer, 0, read);
                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            }
        }

        if (Digest(hash.GetHashAndReset()) != blob.Digest)
        {
            _ = LocalFiles.RemoveFile(draft);
            return new Failure(WorkflowsFailures.BadValue, $"{path} changed while it was read.") { Hint = "Run the workflow again when nothing writes to it." };
        }

        return LocalFiles.MoveUnsynced(draft, PathOf(blob.Digest)).Map(_ => blob);
    }

    private static Sha256Digest Digest(byte[] hash) => Sha256Digest.Parse(Convert.ToHexStringLower(hash)).Value;
}
