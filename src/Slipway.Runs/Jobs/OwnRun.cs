using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Machines.Files;

namespace Slipway.Runs.Jobs;

/// <summary>
/// A run that this process does itself, such as a workflow: the same directory as a job, so that whoever looks after jobs sees it and can cancel it. This
/// process answers for it; when it is killed, the run is lost, and can be taken up again.
/// </summary>
public sealed class OwnRun : IDisposable
{
    private const UnixFileMode OwnerReads = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnly = OwnerReads | UnixFileMode.UserExecute;
    private const int Room = 1024;

    // What jobs.sh sends; .NET has no name for it, and takes the system's number.
    private const PosixSignal UserSignal = (PosixSignal)10;

    private readonly CancellationTokenSource _cancelled = new();
    private readonly PosixSignalRegistration _registration;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _startedAt;

    private OwnRun(string folder, RunId id, TimeProvider time)
    {
        Folder = folder;
        Id = id;
        _time = time;
        _startedAt = time.GetUtcNow();
        _registration = PosixSignalRegistration.Create(UserSignal, context =>
        {
            context.Cancel = true;
            _cancelled.Cancel();
        });
    }

    /// <summary>Its id.</summary>
    public RunId Id { get; }

    /// <summary>Its absolute directory.</summary>
    public string Folder { get; }

    /// <summary>Is cancelled when somebody cancels the run from elsewhere.</summary>
    public CancellationToken Cancelled => _cancelled.Token;

    /// <summary>Begins a run: its directory, with its record written last.</summary>
    /// <param name="folder">The directory, which is not there yet.</param>
    /// <param name="id">The run.</param>
    /// <param name="record">What is recorded.</param>
    /// <param name="files">Further files of the directory.</param>
    /// <param name="time">The clock.</param>
    public static Result<OwnRun> Begin(string folder, RunId id, JobRecord record, ImmutableSortedDictionary<string, byte[]> files, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(record);
        var written = LocalFiles.MakeDirectory(folder, OwnerOnly)
            .Then(_ => TakeRoom(folder))
            .Then(_ => Put(folder, "name", $"{record.Name} {record.CreatedAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)}\n"))
            .Then(_ => Put(folder, "attached", "owner\n"))
            .Then(_ => Put(folder, "child", "* -\n"));
        foreach (var (name, bytes) in files)
        {
            written = written.Then(_ => LocalFiles.WriteUnsynced($"{folder}/{name}", bytes, OwnerReads));
        }

        // From here on it is cancelled by a signal that would end a process which does not expect it.
        var run = new OwnRun(folder, id, time);
        written = written.Then(_ => Identify(folder)).Then(_ => Put(folder, "run.json", JsonSerializer.Serialize(record, JobJson.Default.JobRecord) + "\n"));
        return run.OrDispose(written);
    }

    /// <summary>Takes up a run that is over: this process answers for it from now on, and its end is open again.</summary>
    public static Result<OwnRun> Continue(string folder, RunId id, TimeProvider time)
    {
        var run = new OwnRun(folder, id, time);
        return run.OrDispose(LocalFiles.RemoveFile($"{folder}/cancel")
            .Then(_ => TakeRoom(folder))
            .Then(_ => Identify(folder))
            .Then(_ => LocalFiles.RemoveFile($"{folder}/exit.json")));
    }

    /// <summary>Writes how it ended, into the room that was taken beforehand: a full disk does not hide it.</summary>
    /// <param name="end"><c>finished</c>, <c>failed</c>, <c>waiting</c> or <c>cancelled</c>.</param>
    /// <param name="code">The exit code.</param>
    public Result<Unit> End(string end, int code)
    {
        var exit = JsonSerializer.SerializeToUtf8Bytes(new JobExit("slipway.exit/1", end, code, Reason: null, _startedAt, _time.GetUtcNow()), JobJson.Default.JobExit);
        try
        {
            using (var room = new FileStream($"{Folder}/exit.room", FileMode.OpenOrCreate, FileAccess.Write))
            {
                room.Write([.. exit, (byte)'\n']);
                room.Flush(flushToDisk: true);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new Failure(JobFailures.RecordNotWritten, $"How the run {Id} ended could not be written: {exception.Message}");
        }

        return LocalFiles.Move($"{Folder}/exit.room", $"{Folder}/exit.json");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _registration.Dispose();
        _cancelled.Dispose();
    }

    private Result<OwnRun> OrDispose(Result<Unit> written)
    {
        if (written.IsOk)
        {
            return this;
        }

        Dispose();
        return written.Failure;
    }

    private static Result<Unit> TakeRoom(string folder) => Put(folder, "exit.room", new string(' ', Room));

    private static Result<Unit> Put(string folder, string name, string text) => LocalFiles.WriteUnsynced($"{folder}/{name}", Encoding.UTF8.GetBytes(text), OwnerReads);

    // The process, when it was started, and the boot that this belongs to, as record.sh writes them.
    private static Result<Unit> Identify(string folder)
    {
        const int StartTime = 19;
        var boot = LocalFiles.Read("/proc/sys/kernel/random/boot_id", Room).TryGet(out var text, out _) ? Encoding.ASCII.GetString(text).Trim() : "-";
        return LocalFiles.Read("/proc/self/stat", Room * 8).Then(stat =>
        {
            var line = Encoding.UTF8.GetString(stat);
            var ticks = line[(line.LastIndexOf(") ", StringComparison.Ordinal) + 2)..].Split(' ')[StartTime];
            return Put(folder, "pid", $"{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)} {ticks} {boot}\n");
        });
    }
}
