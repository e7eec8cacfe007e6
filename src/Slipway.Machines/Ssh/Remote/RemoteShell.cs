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

    /// <summary>After the command's end, its output is on its way; what still holds the pipes is not waited for.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(2);

    /// <summary>On top of the command's grace, for the way there and back.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Runs a call to its end.</summary>
    /// <param name="call">The call.</param>
    /// <param name="listener">Receives output and lines.</param>
    /// <param name="cancellationToken">Ends the worker there.</param>
    /// <returns>How it ended; a failure when the host was not reached, lacks a tool, or the connection broke.</returns>
    public async Task<Result<RemoteEnd>> RunAsync(RemoteCall call, IRemoteListener listener, CancellationToken cancellationToken)
    {
        for (var round = 1; ; round++)
        {
            var attempt = new Attempt(call, listener, RandomNumberGenerator.GetHexString(NonceDigits, lowercase: true));
            var ended = await OnceAsync(call, attempt, cancellationToken).ConfigureAwait(false);

            // What may have begun is not repeated, and what was fed is gone.
            if (ended.IsOk || attempt.HasBegun || call.Feed is not null || round == Tries || !attempt.MayRepeat)
            {
                return ended;
            }

            var pause = TimeSpan.FromMilliseconds((1 << (round - 1)) * RandomNumberGenerator.GetInt32(750, 1250));
            await Task.Delay(attempt.Fault is SshFault.Multiplexing ? TimeSpan.Zero : pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<Result<RemoteEnd>> OnceAsync(RemoteCall call, Attempt attempt, CancellationToken cancellationToken)
    {
        using var turn = await connections.EnterAsync(cancellationToken).ConfigureAwait(false);
        var opened = await connections.OpenAsync(cancellationToken).ConfigureAwait(false);
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
            var command = SshConnections.Ssh(SshArguments.Call(settings, socket.Length == 0 ? null : socket, log, RemoteScripts.Stub)) with
            {
                Feed = attempt.Feed,
                EndsWithFeed = call.Grace + Patience,
                Grace = TimeSpan.FromSeconds(1),
                Timeout = call.Timeout,
                CaptureLimit = 0,
            };
            attempt.Begin(time.GetTimestamp(), () => abandon.CancelAfter(DrainTime));
            var ran = await runner.RunAsync(command, attempt, [], either.Token).ConfigureAwait(false);
            return ran.TryGet(out var outcome, out failure) ? Conclude(attempt, outcome, log)
                : failure.Code == MachinesFailures.ProgramNotFound ? SshConnections.NoClient() : failure;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && attempt.Code is { } code)
        {
            attempt.Finish();
            return new RemoteEnd(code, TimedOut: false, attempt.Elapsed(time));
        }
        finally
        {
            _ = LocalFiles.RemoveFile(log);
        }
    }

    private Result<RemoteEnd> Conclude(Attempt attempt, ProcessOutcome outcome, string log)
    {
        attempt.Finish();
        if (outcome.End is ProcessEnd.TimedOut)
        {
            return new RemoteEnd(attempt.Code ?? -1, TimedOut: true, outcome.Duration);
        }

        if (attempt.Need is { } need)
        {
            return new Failure(MachinesFailures.RemoteToolMissing, $"{settings.Name} has no {need}, which Slipway needs there.");
        }

        if (attempt.Code is { } code)
        {
            return new RemoteEnd(code, TimedOut: false, outcome.Duration);
        }

        var words = SshConnections.ReadLog(log);
        var fault = SshDiagnosis.Classify(words);
        attempt.Fault = fault;
        attempt.MayRepeat = SshDiagnosis.IsTransient(fault);
        return outcome.Code == 255 || attempt.HasBegun ? SshDiagnosis.Describe(settings, fault, words) : NotAShell(outcome, attempt, words);
    }

    // The session was there and did not do what it was asked: a forced command, a login shell that refuses, no POSIX sh.
    private Failure NotAShell(ProcessOutcome outcome, Attempt attempt, string words) => new(
        MachinesFailures.NoRemoteShell, $"{settings.Name} accepted the connection but ran no POSIX shell ({outcome.Describe()}).")
    {
        Detail = string.Join('\n', new[] { attempt.LastWords, words.Trim() }.Where(static text => text.Length > 0)) is { Length: > 0 } text ? text : null,
    };

    /// <summary>One try: the process's sink, which takes our lines out of its output.</summary>
    private sealed class Attempt : IOutputSink
    {
        private readonly IRemoteListener _listener;
        private readonly ControlLines _error;
        private readonly ControlLines? _output;
        private readonly TailBuffer _tail = new(4096);
        private long _started;
        private Action _ended = static () => { };

        public Attempt(RemoteCall call, IRemoteListener listener, string nonce)
        {
            _listener = listener;
            var mark = Encoding.ASCII.GetBytes(nonce);
            _error = new ControlLines(OutputStream.Error, mark, listener, line => Line(OutputStream.Error, line));
            _output = call.MarksOutput ? new ControlLines(OutputStream.Output, mark, listener, line => Line(OutputStream.Output, line)) : null;
            Feed = call.Feed ?? new InputFeed();
            Feed.Prepend(RemoteScripts.Compose(call, nonce));
        }

        public InputFeed Feed { get; }

        public int? Code { get; private set; }

        public string? Need { get; private set; }

        public SshFault Fault { get; set; }

        public bool MayRepeat { get; set; }

        /// <summary>Whether anything of the worker's was seen.</summary>
        public bool HasBegun { get; private set; }

        public string LastWords => Encoding.UTF8.GetString(_tail.ToArray()).Trim();

        public void Begin(long started, Action ended)
        {
            _started = started;
            _ended = ended;
        }

        public TimeSpan Elapsed(TimeProvider time) => time.GetElapsedTime(_started);

        public void Write(OutputStream stream, ReadOnlySpan<byte> chunk)
        {
            if (!HasBegun)
            {
                _tail.Append(chunk);
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
            if (line.StartsWith("rc ", StringComparison.Ordinal) && int.TryParse(line.AsSpan(3), out var code))
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
