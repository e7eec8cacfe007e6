using Slipway.Core.Failures;
using Slipway.Machines.HandOff;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Processes;

/// <summary>A child in the place of this process: it has our streams, group and terminal, and what is sent to us is passed on to it.</summary>
internal static class AttachedProcess
{
    /// <summary>Runs the child to its end.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before it was started.</exception>
    public static Result<ProcessOutcome> Run(
        ExecImage image, string? directory, ReadOnlySpan<int> leases, Action<int> started, TimeProvider time, CancellationToken cancellationToken)
    {
        // Signals first: from here on none of them cancels anything.
        using var relay = new SignalRelay();
        cancellationToken.ThrowIfCancellationRequested();
        var began = time.GetTimestamp();
        var errno = Spawner.StartAttached(image, directory, leases, out var pid);
        if (errno < 0)
        {
            return StartFailures.From(PosixText.Decode(image.Path), -errno);
        }

        relay.Start(pid);
        started(pid);
        ExitWatch.AwaitEnd(pid);

        // Before its number is free for another process.
        relay.Stop();
        var (signalled, code) = ExitWatch.ReapChild(pid);
        return new ProcessOutcome(signalled ? ProcessEnd.Signalled : ProcessEnd.Exited, code, default, default, Truncated: false, time.GetElapsedTime(began));
    }
}
