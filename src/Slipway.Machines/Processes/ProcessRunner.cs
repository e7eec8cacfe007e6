using Slipway.Core.Failures;
using Slipway.Machines.HandOff;

namespace Slipway.Machines.Processes;

/// <summary>Starts processes of this machine. Safe to use concurrently.</summary>
internal sealed class ProcessRunner(StartupEnvironment environment, TimeProvider time)
{
    private const int StackSize = 256 * 1024;

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

        using var session = new ProcessSession(command, time);
        return session.Run(image, sink, leases, UsePidFd, cancellationToken);
    }

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
