using System.Diagnostics.CodeAnalysis;
using Slipway.Core.Failures;
using Slipway.Machines.HandOff;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Processes;

/// <summary>
/// One child from start to end, on a thread of its own: a single poll over both outputs, the input, the exit
/// and a wake-up. So nothing depends on a free pool thread, and output never waits for anything else.
/// </summary>
internal sealed class ProcessSession : IDisposable
{
    /// <summary>How long after the exit the pipes may stay open: a grandchild that holds them must not hold us.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(2);

    /// <summary>After KILL a process can stay for long only inside the kernel, for example on a dead network disk.</summary>
    private static readonly TimeSpan KillTime = TimeSpan.FromSeconds(10);

    private const int BufferSize = 64 * 1024;
    private const int LastReads = 64;
    private const int SessionPollMilliseconds = 20;

    private readonly ProcessCommand _command;
    private readonly TimeProvider _time;
    private readonly WakeUp _wake = new();
    private readonly List<ITimer> _timers = [];
    private readonly byte[] _buffer = new byte[BufferSize];

    private int _pid;
    private long _started;
    private ExitWatch? _exit;
    private OutputPipe? _output;
    private OutputPipe? _error;
    private InputPipe? _input;
    private TimeSpan _duration;
    private Exception? _sinkError;
    private Phase _phase;
    private bool _exited;

    // Set by timers and tokens on other threads, read after a wake-up.
    private volatile bool _cancelled;
    private volatile bool _timedOut;
    private volatile bool _graceOver;
    private volatile bool _feedGraceOver;
    private volatile bool _drainOver;
    private volatile bool _killOver;

    public ProcessSession(ProcessCommand command, TimeProvider time)
    {
        _command = command;
        _time = time;
    }

    private enum Phase
    {
        Running,
        Ending,
        Killed,
    }

    private bool Drained => _output is null or { IsOpen: false } && _error is null or { IsOpen: false };

    private bool IsOver => _phase switch
    {
        Phase.Running => _exited && (Drained || _drainOver),
        Phase.Killed => _exited || _killOver,
        _ => false,
    };

    /// <summary>Runs the child to its end.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; nothing of the child's session lives any more.</exception>
    public Result<ProcessOutcome> Run(ExecImage image, IOutputSink? sink, ReadOnlySpan<int> leases, bool usePidFd, Action<int> started, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var errno = Start(image, sink, leases);
        if (errno < 0)
        {
            return StartFailures.From(PosixText.Decode(image.Path), -errno);
        }

        _exit = new ExitWatch(_pid, _wake, usePidFd);
        started(_pid);
        using var registration = cancellationToken.UnsafeRegister(static state => ((ProcessSession)state!).Cancel(), this);
        if (_command.Timeout is { } limit)
        {
            After(limit, () => _timedOut = true);
        }

        while (!IsOver)
        {
            WaitForEvents();
            Advance();
        }

        return Finish(cancellationToken);
    }

    public void Dispose()
    {
        foreach (var timer in _timers)
        {
            timer.Dispose();
        }

        _output?.Dispose();
        _error?.Dispose();
        _input?.Dispose();
        _exit?.Dispose();
        _wake.Dispose();
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The pipes belong to this object.")]
    private int Start(ExecImage image, IOutputSink? sink, ReadOnlySpan<int> leases)
    {
        var feed = Feed();
        var input = feed is null
            ? new PipeEnds(PipeEnds.Lift(Descriptor.Open("/dev/null", OpenFlags.ReadOnly)), -1)
            : PipeEnds.Open();
        var output = PipeEnds.Open();
        var error = PipeEnds.Open();
        _input = feed is null ? null : new InputPipe(NonBlocking(input.Write), feed, _wake.Signal);
        _output = new OutputPipe(NonBlocking(output.Read), OutputStream.Output, _command.CaptureLimit, sink);
        _error = new OutputPipe(NonBlocking(error.Read), OutputStream.Error, _command.CaptureLimit, sink);
        _started = _time.GetTimestamp();
        var errno = new[] { _wake.Fd, input.Read, output.Write, error.Write }.Min();
        if (errno >= 0)
        {
            errno = Spawner.Start(image, _command.WorkingDirectory, (input.Read, output.Write, error.Write), leases, out _pid);
        }

        Descriptor.Close(input.Read);
        Descriptor.Close(output.Write);
        Descriptor.Close(error.Write);
        return errno;
    }

    private InputFeed? Feed()
    {
        if (_command.StandardInput is not { } content)
        {
            return _command.Feed;
        }

        var feed = new InputFeed();
        _ = feed.WriteAsync(content);
        feed.Complete();
        return feed;
    }

    private static int NonBlocking(int fd)
    {
        Descriptor.SetNonBlocking(fd);
        return fd;
    }

    private void Cancel()
    {
        _cancelled = true;
        _wake.Signal();
    }

    private void After(TimeSpan delay, Action set)
    {
        var longest = TimeSpan.FromDays(40);
        _timers.Add(_time.CreateTimer(
            _ =>
            {
                set();
                _wake.Signal();
            },
            null,
            delay < TimeSpan.Zero ? TimeSpan.Zero : delay < longest ? delay : longest,
            Timeout.InfiniteTimeSpan));
    }

    private void WaitForEvents()
    {
        Span<Libc.PollEntry> entries =
        [
            new() { Fd = _wake.Fd, Events = 1 },
            new() { Fd = _exited ? -1 : _exit!.Fd, Events = 1 },
            new() { Fd = _output!.Fd, Events = 1 },
            new() { Fd = _error!.Fd, Events = 1 },
            new() { Fd = _input?.Fd ?? -1, Events = 4 },
        ];
        _ = Descriptor.Poll(entries, _phase is Phase.Ending && _exited ? SessionPollMilliseconds : -1);
        if (entries[0].Received != 0)
        {
            _wake.Clear();
        }

        Transfer(entries[2].Received != 0, entries[3].Received != 0, entries[4].Received != 0 || entries[0].Received != 0);
        if (!_exited && (entries[0].Received != 0 || entries[1].Received != 0) && _exit!.HasExited)
        {
            _exited = true;
            _duration = _time.GetElapsedTime(_started);
            After(DrainTime, () => _drainOver = true);
        }
    }

    private void Transfer(bool output, bool error, bool input)
    {
        if (input)
        {
            _input?.Pump();
        }

        try
        {
            if (output)
            {
                _output!.Pump(_buffer);
            }

            if (error)
            {
                _error!.Pump(_buffer);
            }
        }
        catch (Exception e)
        {
            // The sink is the caller's: the child is ended first, then its exception goes to the caller.
            _sinkError = e;
            _output!.Dispose();
            _error!.Dispose();
        }
    }

    private void Advance()
    {
        if (_phase is Phase.Running && (_cancelled || _sinkError is not null || (_timedOut && !_exited)))
        {
            _phase = Phase.Ending;
            if (_command is { EndsWithFeed: { } patience, Feed.IsCompleted: false })
            {
                _input?.Dispose();
                After(patience, () => _feedGraceOver = true);
            }
            else
            {
                Terminate();
            }
        }

        if (_phase is Phase.Ending && _feedGraceOver)
        {
            _feedGraceOver = false;
            Terminate();
        }

        if (_phase is Phase.Ending && (_graceOver || (_exited && !SessionProcesses.AnyLiving(_pid))))
        {
            _phase = Phase.Killed;
            SessionProcesses.KillAll(_pid);
            After(KillTime, () => _killOver = true);
        }
    }

    private void Terminate()
    {
        SessionProcesses.Signal(_pid, Signals.Terminate);
        _ = Libc.Kill(-_pid, Signals.Continue);
        After(_command.Grace, () => _graceOver = true);
    }

    private Result<ProcessOutcome> Finish(CancellationToken cancellationToken)
    {
        var status = _exit!.Reap();
        if (_sinkError is not null)
        {
            throw new InvalidOperationException($"The output of {_command.Executable} could not be handed on.", _sinkError);
        }

        if (_phase is not Phase.Running && _cancelled)
        {
            throw new OperationCanceledException($"{_command.Executable} was cancelled.", cancellationToken);
        }

        DrainRest();
        var end = _phase is not Phase.Running ? ProcessEnd.TimedOut : status.Signalled ? ProcessEnd.Signalled : ProcessEnd.Exited;
        return new ProcessOutcome(
            end,
            status.Code,
            _output!.Tail.ToArray(),
            _error!.Tail.ToArray(),
            _output.Tail.Truncated || _error.Tail.Truncated,
            _duration);
    }

    /// <summary>What was written before the end is still in the pipes; what someone else keeps writing is not waited for.</summary>
    private void DrainRest()
    {
        for (var i = 0; i < LastReads && _output!.Pump(_buffer); i++)
        {
        }

        for (var i = 0; i < LastReads && _error!.Pump(_buffer); i++)
        {
        }
    }
}
