using System.Globalization;
using Slipway.Core.Failures;
using Slipway.Machines.HandOff;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Processes;

/// <summary>Starts processes of this machine. Safe to use concurrently.</summary>
internal sealed class ProcessRunner(StartupEnvironment environment, TimeProvider time)
{
    private const int StackSize = 256 * 1024;

    /// <summary>A record that cannot be kept in this time is not waited for.</summary>
    private static readonly TimeSpan JournalTime = TimeSpan.FromSeconds(10);

    /// <summary>For tests of kernels without pidfd.</summary>
    internal bool UsePidFd { get; init; } = true;

    /// <summary>Runs a command to its end, in a session of its own.</summary>
    /// <param name="command">What to run.</param>
    /// <param name="sink">Receives output on the session's thread.</param>
    /// <param name="leases">Descriptors that the child inherits, at 200 and above.</param>
    /// <param name="cancellationToken">Ends the session.</param>
    public Task<Result<ProcessOutcome>> RunAsync(ProcessCommand command, IOutputSink? sink, int[] leases, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<Result<ProcessOutcome>>(cancellationToken);
        }

        var done = new TaskCompletionSource<Result<ProcessOutcome>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Complete(done, () => Run(command, sink, leases, cancellationToken)), StackSize)
        {
            IsBackground = true,
            Name = "process session",
        };
        thread.Start();
        return done.Task;
    }

    private Result<ProcessOutcome> Run(ProcessCommand command, IOutputSink? sink, int[] leases, CancellationToken cancellationToken)
    {
        if (!CommandResolver.Resolve(command, environment).TryGet(out var image, out var failure))
        {
            return failure;
        }

        if (CommandResolver.CheckDirectory(command.WorkingDirectory) is { } missing)
        {
            return missing;
        }

        if (!command.IsAttached && command.Journal is null)
        {
            return Session(command, image, sink, leases, static _ => { }, cancellationToken);
        }

        void Begin(int pid) => Note(command.Journal, "begin", Number(pid), Number(Environment.ProcessId));
        var ended = command.IsAttached
            ? AttachedProcess.Run(image, command.WorkingDirectory, leases, Begin, time, cancellationToken)
            : Session(command, image, sink, leases, Begin, cancellationToken);
        if (ended.TryGet(out var outcome, out failure))
        {
            Note(command.Journal, "end", Number(outcome.ShellCode), outcome.End is ProcessEnd.TimedOut ? "1" : string.Empty);
        }

        return ended;
    }

    private Result<ProcessOutcome> Session(ProcessCommand command, ExecImage image, IOutputSink? sink, int[] leases, Action<int> started, CancellationToken cancellationToken)
    {
        using var session = new ProcessSession(command, time);
        try
        {
            return session.Run(image, sink, leases, UsePidFd, started, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Note(command.Journal, "end", Number(ProcessOutcome.SignalBase + Signals.Terminate), "1");
            throw;
        }
    }

    private void Note(CommandJournal? journal, string part, string first, string second)
    {
        if (journal?.ToCommand(part, first, second) is { } command && CommandResolver.Resolve(command, environment).TryGet(out var image, out _))
        {
            using var session = new ProcessSession(command with { Timeout = JournalTime }, time);
            _ = session.Run(image, sink: null, [], UsePidFd, static _ => { }, CancellationToken.None);
        }
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The thread's outermost frame: whatever happens belongs to the awaiting caller.</summary>
    private static void Complete(TaskCompletionSource<Result<ProcessOutcome>> done, Func<Result<ProcessOutcome>> run)
    {
        try
        {
            done.SetResult(run());
        }
        catch (OperationCanceledException e)
        {
            done.SetCanceled(e.CancellationToken);
        }
        catch (Exception e)
        {
            done.SetException(e);
        }
    }
}
