using System.Globalization;
using System.Text;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Machines.Locks;

namespace Slipway.Cloud.Money;

/// <summary>What a decision about a record comes to: an answer, and the line to append for it, if any.</summary>
internal sealed record Change<T>(Result<T> Answer, byte[]? Record = null)
    where T : notnull;

/// <summary>
/// An append-only record with its state in memory. Decisions are made one after the other under the folder's lock, on everything that any process wrote; those that
/// wait together in this process share one write and one <c>fsync</c>. A last line without its end was never answered for and is cut off; any other line that does not follow
/// the one before is damage, and so are lines that a neighbouring file of the last count says were there.
/// </summary>
/// <typeparam name="TState">What the lines add up to; changed by <paramref name="apply"/> alone.</typeparam>
internal sealed class RecordLog<TState>(MoneyFolder folder, string path, FailureCode damaged, Func<TState> empty, Action<TState, JsonElement> apply)
    where TState : class
{
    private const long MostBytes = 1L << 30;
    private static readonly TimeSpan LockWait = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private List<IWaiting> _queue = [];
    private bool _draining;

    private TState? _state;
    private ulong _inode;
    private long _offset;
    private long _count;
    private string _sum = RecordLines.Start;

    /// <summary>Decides on the state, and appends what was decided.</summary>
    /// <param name="decide">Looks at the state, changes nothing.</param>
    /// <param name="cancellationToken">Looked at before the wait only: what may already be on the disk cannot be called off.</param>
    public Task<Result<T>> ChangeAsync<T>(Func<TState, Change<T>> decide, CancellationToken cancellationToken)
        where T : notnull
    {
        cancellationToken.ThrowIfCancellationRequested();
        var waiting = new Waiting<T>(decide);
        bool start;
        lock (_gate)
        {
            _queue.Add(waiting);
            start = !_draining;
            _draining = true;
        }

        if (start)
        {
            _ = Task.Run(DrainAsync, CancellationToken.None);
        }

        return waiting.Answer;
    }

    /// <summary>Reads the state.</summary>
    public Task<Result<T>> ReadAsync<T>(Func<TState, Result<T>> read, CancellationToken cancellationToken)
        where T : notnull => ChangeAsync(state => new Change<T>(read(state)), cancellationToken);

    /// <summary>Puts a damaged record aside and begins anew with the lines before the damage and one more.</summary>
    /// <returns>The path of the copy, and how many lines were kept.</returns>
    public Task<Result<(string Copy, long Kept)>> RestartAsync(string suffix, byte[] record, CancellationToken cancellationToken) =>
        LocalLock.HoldAsync(folder.LockFile, "repairing a record of money", LockWait, () => Task.FromResult(Restart(suffix, record)), cancellationToken);

    private static string HeadOf(string path) => $"{path}.head";

    private async Task DrainAsync()
    {
        while (true)
        {
            List<IWaiting> batch;
            lock (_gate)
            {
                if (_queue.Count == 0)
                {
                    _draining = false;
                    return;
                }

                (batch, _queue) = (_queue, []);
            }

            await AnswerAsync(batch).ConfigureAwait(false);
        }
    }

    private async Task AnswerAsync(List<IWaiting> batch)
    {
        try
        {
            var prepared = folder.Prepare();
            var done = prepared.IsOk
                ? await LocalLock.HoldAsync(folder.LockFile, "a record of money", LockWait, () => Task.FromResult(Work(batch)), CancellationToken.None).ConfigureAwait(false)
                : prepared;
            batch.ForEach(waiting => waiting.Finish(done.IsOk ? null : done.Failure));
        }
        catch (Exception defect)
        {
            // Nobody awaits this task: the defect goes to those who wait, and what memory holds is read again.
            _state = null;
            batch.ForEach(waiting => waiting.Fail(defect));
        }
    }

    private Result<Unit> Work(List<IWaiting> batch)
    {
        if (Load() is { IsOk: false } failed)
        {
            return failed;
        }

        using var lines = new MemoryStream();
        foreach (var waiting in batch)
        {
            if (waiting.Decide(_state!) is { } record)
            {
                _sum = RecordLines.Sum(_sum, record);
                lines.Write(RecordLines.Render(_sum, record));
                _count++;
                apply(_state!, JsonText.Read(record)!.Value);
            }
        }

        var written = lines.Length == 0 ? Unit.Value : Append(lines.ToArray());
        _state = written.IsOk ? _state : null;
        return written;
    }

    private Result<Unit> Load()
    {
        var status = LocalPaths.StatusOf(path);
        if (status.Exists && !LocalPaths.IsPrivateFile(path))
        {
            return new Failure(CloudFailures.MoneyFileNotPrivate, $"{path} is no file of this user alone.");
        }

        if (_state is null || status.Inode != _inode || status.Size < _offset)
        {
            (_state, _inode, _offset, _count, _sum) = (empty(), status.Inode, 0, 0, RecordLines.Start);
        }

        var read = status.Size > _offset ? ReadTail(status.Size) : Unit.Value;
        read = read.Then(_ => CheckHead());
        _state = read.IsOk ? _state : null;
        return read;
    }

    private Result<Unit> ReadTail(long size)
    {
        if (size > MostBytes)
        {
            return Damaged($"it has {size} bytes");
        }

        var bytes = new byte[size - _offset];
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        {
            file.Position = _offset;
            file.ReadExactly(bytes);
        }

        var at = 0;
        for (var end = Array.IndexOf(bytes, (byte)'\n'); end >= 0; end = Array.IndexOf(bytes, (byte)'\n', at))
        {
            if (RecordLines.Read(bytes.AsMemory(at, end - at), _sum, out var sum) is not { } record)
            {
                return Damaged($"line {_count + 1} does not follow the line before it");
            }

            (_sum, _count, at) = (sum, _count + 1, end + 1);
            apply(_state!, record);
        }

        _offset += at;
        return Unit.Value;
    }

    // Written after each fsync of the lines, so it never counts a line that is not there; unreadable counts as absent, for it is not synced itself.
    private Result<Unit> CheckHead()
    {
        var parts = LocalFiles.Read(HeadOf(path), 200) is { IsOk: true } read ? Encoding.ASCII.GetString(read.Value).Trim().Split(' ') : [];
        if (parts is not [var count, var sum] || !long.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var said))
        {
            return Unit.Value;
        }

        return said > _count || (said == _count && !string.Equals(sum, _sum, StringComparison.Ordinal))
            ? Damaged($"it holds {_count} lines where {said} were written")
            : Unit.Value;
    }

    private Failure Damaged(string why) => new(damaged, $"{path} is damaged: {why}. The file is left as it is.");

    private Result<Unit> Append(byte[] lines)
    {
        try
        {
            using (var file = Open(FileMode.OpenOrCreate))
            {
                // What stands beyond the last whole line was never answered for.
                file.SetLength(_offset);
                file.Position = _offset;
                file.Write(lines);
                file.Flush(flushToDisk: true);
            }
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return new Failure(MachinesFailures.PathUnusable, $"{path} cannot be written: {failed.Message.ReplaceLineEndings(" ")}");
        }

        if (_offset == 0 && LocalFiles.SyncDirectory(Path.GetDirectoryName(path)!) is { IsOk: false } unsynced)
        {
            return unsynced;
        }

        _offset += lines.Length;
        _inode = LocalPaths.StatusOf(path).Inode;
        _ = LocalFiles.WriteUnsynced(HeadOf(path), Encoding.ASCII.GetBytes($"{_count} {_sum}\n"), MoneyFolder.Secret);
        return Unit.Value;
    }

    private FileStream Open(FileMode mode) => new(path, new FileStreamOptions
    {
        Mode = mode,
        Access = FileAccess.Write,
        Share = FileShare.ReadWrite,
        BufferSize = 0,
        UnixCreateMode = MoneyFolder.Secret,
    });

    private Result<(string Copy, long Kept)> Restart(string suffix, byte[] record)
    {
        if (Load() is { IsOk: true })
        {
            return new Failure(CloudFailures.NothingToRepair, $"{path} is not damaged.");
        }

        var read = LocalPaths.StatusOf(path).Exists ? LocalFiles.Read(path, MostBytes) : Array.Empty<byte>();
        if (!read.TryGet(out var all, out var failure))
        {
            return failure;
        }

        var copy = $"{path}.damaged-{suffix}";
        var (kept, sum, lines) = WholeLines(all);
        var next = RecordLines.Sum(sum, record);
        byte[] content = [.. all.AsSpan(0, lines), .. RecordLines.Render(next, record)];
        _state = null;
        return LocalFiles.Write(copy, all, MoneyFolder.Secret)
            .Then(_ => LocalFiles.RemoveFile(HeadOf(path)))
            .Then(_ => LocalFiles.Write(path, content, MoneyFolder.Secret))
            .Then(_ => LocalFiles.WriteUnsynced(HeadOf(path), Encoding.ASCII.GetBytes($"{kept + 1} {next}\n"), MoneyFolder.Secret))
            .Map(_ => (copy, kept));
    }

    private static (long Count, string Sum, int Length) WholeLines(byte[] all)
    {
        var (count, sum, at) = (0L, RecordLines.Start, 0);
        for (var end = Array.IndexOf(all, (byte)'\n'); end >= 0 && RecordLines.Read(all.AsMemory(at, end - at), sum, out var next) is not null; end = Array.IndexOf(all, (byte)'\n', at))
        {
            (count, sum, at) = (count + 1, next, end + 1);
        }

        return (count, sum, at);
    }

    private interface IWaiting
    {
        byte[]? Decide(TState state);

        void Finish(Failure? failure);

        void Fail(Exception defect);
    }

    private sealed class Waiting<T>(Func<TState, Change<T>> decide) : IWaiting
        where T : notnull
    {
        private readonly TaskCompletionSource<Result<T>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Result<T>? _decided;

        public Task<Result<T>> Answer => _answer.Task;

        public byte[]? Decide(TState state)
        {
            var change = decide(state);
            _decided = change.Answer;
            return change.Record;
        }

        public void Finish(Failure? failure) => _answer.TrySetResult(failure is null ? _decided! : failure);

        public void Fail(Exception defect) => _answer.TrySetException(defect);
    }
}
