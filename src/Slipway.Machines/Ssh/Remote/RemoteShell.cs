using System.Security.Cryptography;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Machines.Processes;
using Slipway.Machines.Ssh.Transport;

namespace Slipway.Machines.Ssh.Remote;

/// <summary>
/// Runs scripts on a host. The script goes by standard input, so that nothing of it is in an argument list; its last line tells the
/// true exit code, so that ssh's own 255 is never taken for the command's; and standard input stays open as a lifeline: whatever ends us
/// or the connection ends the command.
/// </summary>
internal sealed class RemoteShell(SshSettings settings, ProcessRunner runner, SshConnections connections, TimeProvider time)
{
    private const int NonceDigits = 32;
    private const int Tries = 3;

    // Little enough that the script, which would follow its own nonce, cannot be among them.
    private const int MostFirstWords = 2048;

    /// <summary>After the command's end, its output is on its way; what still holds the pipes is not waited for.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(2);

    /// <summary>On top of the command's grace, for the way there and back.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>On top of the time that a connection may take: for a shell to begin on a busy host.</summary>
    private static readonly TimeSpan ShellTime = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan LongestLimit = TimeSpan.FromDays(40);

    /// <summary>Runs a call to its end. Its time limit bounds all of it: the wait for a turn, the connection, and further tries.</summary>
    /// <param name="call">The call.</param>
    /// <param name="listener">Receives output and lines.</param>
    /// <param name="cancellationToken">Ends the worker there.</param>
    /// <returns>How it ended; a failure when the host was not reached, lacks a tool, or the connection broke.</returns>
    public async Task<Result<RemoteEnd>> RunAsync(RemoteCall call, IRemoteListener listener, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var limit = new CancellationTokenSource(call.Timeout is { } given ? given < LongestLimit ? given : LongestLimit : Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        Result<RemoteEnd>? last = null;
        try
        {
            for (var round = 1; ; round++)
            {
                var attempt = new Attempt(call, listener, RandomNumberGenerator.GetHexString(NonceDigits, lowercase: true));
                var ended = await OnceAsync(call, attempt, started, either.Token, cancellationToken).ConfigureAwait(false);

                // What may have begun is not repeated, and what was fed is gone.
                if (ended.IsOk || attempt.HasBegun || call.Feed is not null || round == Tries || !attempt.MayRepeat)
                {
                    return ended;
                }

                last = ended;
                var pause = TimeSpan.FromMilliseconds((1 << (round - 1)) * RandomNumberGenerator.GetInt32(750, 1250));
                await Task.Delay(attempt.Fault is SshFault.Multiplexing ? TimeSpan.Zero : pause, time, either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return last ?? Silent($"did not answer within the {call.Timeout!.Value.TotalSeconds:0.#} s that the call has");
        }
    }

    private async Task<Result<RemoteEnd>> OnceAsync(RemoteCall call, Attempt attempt, long started, CancellationToken opening, CancellationToken cancellationToken)
    {
        using var turn = await connections.EnterAsync(opening).ConfigureAwait(false);
        var opened = await connections.OpenAsync(opening).ConfigureAwait(false);
        if (!opened.TryGet(out var socket, out var failure))
        {
            attempt.MayRepeat = failure.Code == MachinesFailures.ConnectionLost;
            return failure;
        }

        var log = $"{connections.LogFolder}/log-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        using var abandon = new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, abandon.Token);
        try
        {
            var patience = settings.ConnectTimeout + ShellTime;
            await using var silence = time.CreateTimer(_ => attempt.GiveUp(abandon), state: null, patience, Timeout.InfiniteTimeSpan).ConfigureAwait(false);
            attempt.Begin(time.GetTimestamp(), () => abandon.CancelAfter(DrainTime));
            var ran = await runner.RunAsync(Command(call, attempt, socket, log, started), attempt, [], either.Token).ConfigureAwait(false);
            return ran.TryGet(out var outcome, out failure) ? Conclude(attempt, outcome, log)
                : failure.Code == MachinesFailures.ProgramNotFound ? SshConnections.NoClient() : failure;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Abandoned(attempt);
        }
        finally
        {
            _ = LocalFiles.RemoveFile(log);
        }
    }

    private ProcessCommand Command(RemoteCall call, Attempt attempt, string socket, string log, long started)
    {
        var left = call.Timeout - time.GetElapsedTime(started);
        return SshConnections.Ssh(SshArguments.Call(settings, socket.Length == 0 ? null : socket, log, RemoteScripts.Stub)) with
        {
            Feed = attempt.Feed,
            EndsWithFeed = call.Grace + Patience,
            Grace = TimeSpan.FromSeconds(1),
            Timeout = left < TimeSpan.Zero ? TimeSpan.Zero : left,
            CaptureLimit = 0,
        };
    }

    // The end was told and something still holds the pipes, or our script never came up.
    private Result<RemoteEnd> Abandoned(Attempt attempt)
    {
        attempt.Finish();
        return attempt.Code is { } code ? new RemoteEnd(code, TimedOut: false, attempt.Elapsed(time))
            : attempt.Need is { } need ? Missing(need)
            : attempt.FirstWords is { Length: > 0 } words
                ? new Failure(MachinesFailures.NoRemoteShell, $"{settings.Name} accepted the connection but ran no POSIX shell: it goes on talking.") { Detail = words }
            : Silent("accepted a connection and then said nothing");
    }

    private Failure Missing(string need) => new(MachinesFailures.RemoteToolMissing, $"{settings.Name} has no {need}, which Slipway needs there.");

    private Failure Silent(string what) => new(MachinesFailures.HostUnreachable, $"{settings.Name} {what}.");

    private Result<RemoteEnd> Conclude(Attempt attempt, ProcessOutcome outcome, string log)
    {
        attempt.Finish();
        if (outcome.End is ProcessEnd.TimedOut)
        {
            return new RemoteEnd(attempt.Code ?? -1, TimedOut: true, outcome.Duration);
        }

        if (attempt.Need is { } need)
        {
            return Missing(need);
        }

        if (attempt.Code is { } code)
        {
            return new RemoteEnd(code, TimedOut: false, outcome.Duration);
        }

        var words = SshConnections.ReadLog(log);
        var fault = SshDiagnosis.Classify(words);
        attempt.Fault = fault;
        attempt.MayRepeat = SshDiagnosis.IsTransient(fault);
        return outcome.Code == 255 || attempt.IsUp ? SshDiagnosis.Describe(settings, fault, words) : NotAShell(outcome, attempt, words);
    }

    // The session was there and did not do what it was asked: a forced command, a login shell that refuses, no POSIX sh.
    private Failure NotAShell(ProcessOutcome outcome, Attempt attempt, string words) => new(
        MachinesFailures.NoRemoteShell, $"{settings.Name} accepted the connection but ran no POSIX shell ({outcome.Describe()}).")
    {
        Detail = string.Join('\n', new[] { attempt.FirstWords, words.Trim() }.Where(static text => text.Length > 0)) is { Length: > 0 } text ? text : null,
    };

    /// <summary>One try: the process's sink, which takes our lines out of its output.</summary>
    private sealed class Attempt : IOutputSink
    {
        private readonly IRemoteListener _listener;
        private readonly ControlLines _error;
        private readonly ControlLines? _output;
        private readonly string _nonce;
        private readonly List<byte> _first = [];
        private long _started;
        private Action _ended = static () => { };

        public Attempt(RemoteCall call, IRemoteListener listener, string nonce)
        {
            _listener = listener;
            _nonce = nonce;
            var mark = Encoding.ASCII.GetBytes(nonce);
            _error = new ControlLines(OutputStream.Error, mark, listener, line => Line(OutputStream.Error, line));
            _output = call.MarksOutput ? new ControlLines(OutputStream.Output, mark, listener, line => Line(OutputStream.Output, line)) : null;
            Feed = call.Feed is { } given ? FeedPieces.Of(given) : new InputFeed();
            Feed.Prepend(RemoteScripts.Compose(call, nonce));
        }

        public InputFeed Feed { get; }

        public int? Code { get; private set; }

        public string? Need { get; private set; }

        public SshFault Fault { get; set; }

        public bool MayRepeat { get; set; }

        /// <summary>Whether our script runs there.</summary>
        public bool IsUp { get; private set; }

        /// <summary>Whether anything of the worker's was seen.</summary>
        public bool HasBegun { get; private set; }

        /// <summary>What was said in place of our script's running; nothing of the script, which something like <c>cat</c> gives back.</summary>
        public string FirstWords
        {
            get
            {
                var words = IsUp ? string.Empty : Encoding.UTF8.GetString([.. _first]);
                var echo = words.IndexOf(_nonce, StringComparison.Ordinal);
                return (echo < 0 ? words : words[..echo] + "…").Trim();
            }
        }

        public void Begin(long started, Action ended)
        {
            _started = started;
            _ended = ended;
        }

        /// <summary>Ends the try when our script has not come up.</summary>
        public void GiveUp(CancellationTokenSource abandon)
        {
            if (!IsUp)
            {
                abandon.Cancel();
            }
        }

        public TimeSpan Elapsed(TimeProvider time) => time.GetElapsedTime(_started);

        public void Write(OutputStream stream, ReadOnlySpan<byte> chunk)
        {
            if (!IsUp)
            {
                _first.AddRange(chunk[..Math.Min(chunk.Length, MostFirstWords - _first.Count)]);
            }

            if (stream is OutputStream.Error)
            {
                _error.Write(chunk);
            }
            else if (_output is not null)
            {
                _output.Write(chunk);
            }
            else
            {
                _listener.Write(stream, chunk);
            }
        }

        public void Finish()
        {
            _error.End();
            _output?.End();
        }

        private void Line(OutputStream stream, string line)
        {
            if (line is "up")
            {
                IsUp = true;
            }
            else if (line.StartsWith("rc ", StringComparison.Ordinal) && int.TryParse(line.AsSpan(3), out var code))
            {
                Code = code;
                Complete();
            }
            else if (line.StartsWith("need ", StringComparison.Ordinal))
            {
                Need = line[5..];
                Complete();
            }
            else
            {
                HasBegun = true;
                if (_listener.Line(stream, line) is { } answer)
                {
                    _ = Feed.WriteAsync(Encoding.UTF8.GetBytes(answer + "\n"));
                }
            }
        }

        private void Complete()
        {
            HasBegun = true;
            Feed.Complete();
            _ended();
        }
    }
}
