using System.Buffers;
using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Machines.Files;
using Slipway.Training.Ports;

namespace Slipway.Training.Adapters.Blobs;

/// <summary>
/// Blobs as files below a directory. No key leads out of it: links below the directory are not followed. A blob is written beside its place, brought to the disk,
/// and moved there.
/// </summary>
public sealed class LocalBlobStore : IBlobStore
{
    private const int Piece = 128 * 1024;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute;
    private readonly string _root;
    private readonly TimeProvider _time;

    private LocalBlobStore(string root, TimeProvider time) => (_root, _time) = (root, time);

    /// <inheritdoc/>
    public string Name => "local";

    /// <inheritdoc/>
    public bool IsSimulated => false;

    /// <summary>Makes the adapter.</summary>
    /// <param name="root">The absolute directory; it is made with the first blob.</param>
    /// <param name="time">The clock of modification times; null for the system's.</param>
    public static Result<LocalBlobStore> Create(string root, TimeProvider? time = null) => root switch
    {
        null or "" => AdapterFailures.Missing("local", "root"),
        [not '/', ..] => AdapterFailures.Wrong("local", $"the root of blobs is {root}, and must be an absolute path."),
        _ => new LocalBlobStore(Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)), time ?? TimeProvider.System),
    };

    /// <inheritdoc/>
    public async Task<Result<ReadOnlyMemory<byte>>> ReadAsync(string key, CancellationToken cancellationToken)
    {
        if (!(await OpenReadAsync(key, cancellationToken).ConfigureAwait(false)).TryGet(out var stream, out var failure))
        {
            return failure;
        }

        await using var closing = stream.ConfigureAwait(false);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, cancellationToken).ConfigureAwait(false);
        return (ReadOnlyMemory<byte>)content.GetBuffer().AsMemory(0, (int)content.Length);
    }

    /// <inheritdoc/>
    public Task<Result<Stream>> OpenReadAsync(string key, CancellationToken cancellationToken) => Task.FromResult(Locate(key).Then(path => Guard<Stream>(key, () => File.Exists(path)
        ? new FileStream(path, System.IO.FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, Piece, useAsync: true)
        : BlobKeys.None(key))));

    /// <inheritdoc/>
    public async Task<Result<Unit>> WriteAsync(string key, Stream content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (!Locate(key).Then(path => LocalFiles.MakeDirectory(Path.GetDirectoryName(path)!, FolderMode).Then(_ => FileDraft.Beside(path)).Map(draft => (Path: path, Draft: draft)))
            .TryGet(out var place, out var failure))
        {
            return Told(key, failure);
        }

        using var draft = place.Draft;
        var buffer = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            int count;
            while ((count = await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                if (draft.Write(buffer.AsSpan(0, count)) is { IsOk: false } failed)
                {
                    return Told(key, failed.Failure);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        var placed = draft.Place(place.Path, FileMode, _time.GetUtcNow().ToUnixTimeSeconds());
        return placed.IsOk ? placed : Told(key, placed.Failure);
    }

    /// <inheritdoc/>
    public Task<Result<bool>> ExistsAsync(string key, CancellationToken cancellationToken) => Task.FromResult(Locate(key).Map(File.Exists));

    /// <inheritdoc/>
    public Task<Result<Unit>> DeleteAsync(string key, CancellationToken cancellationToken) => Task.FromResult(Locate(key).Then(path => Guard<Unit>(key, () =>
    {
        if (File.Exists(path))
        {
            File.Delete(path);
        }

        return Unit.Value;
    })));

    /// <inheritdoc/>
    public Task<Result<ImmutableArray<string>>> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return Task.FromResult(Guard<ImmutableArray<string>>(prefix, () => Directory.Exists(_root)
            ? Files().Select(path => path[(_root.Length + 1)..]).Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Order(BlobKeys.Order).ToImmutableArray()
            : ImmutableArray<string>.Empty));
    }

    // Links are left out, and so are drafts, whose names begin with a dot.
    private IEnumerable<string> Files() => Directory.EnumerateFiles(_root, "*", new EnumerationOptions
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = false,
        MatchType = MatchType.Simple,
    }).Where(static path => !Path.GetFileName(path.AsSpan()).StartsWith(".slipway-", StringComparison.Ordinal));

    private Result<string> Locate(string key)
    {
        if (BlobKeys.Problem(key) is { } problem)
        {
            return problem;
        }

        var path = _root;
        foreach (var part in key.Split('/'))
        {
            path = $"{path}/{part}";
            if (new FileInfo(path).LinkTarget is not null)
            {
                return new Failure(AdapterFailures.BadKey, $"{Shown.Quote(key)} is no key of a blob: {path} is a link, and links are not followed.");
            }
        }

        return path;
    }

    private static Result<T> Guard<T>(string key, Func<Result<T>> action)
        where T : notnull
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new Failure(AdapterFailures.BlobUnavailable, $"The blob {Shown.Quote(key)} cannot be used: {exception.Message}");
        }
    }

    private static Failure Told(string key, Failure failure) =>
        failure.Code == AdapterFailures.BadKey ? failure : new Failure(AdapterFailures.BlobUnavailable, $"The blob {Shown.Quote(key)} cannot be written: {failure.Message}");
}
