using System.Runtime.InteropServices;
using Slipway.Cli.Terminal;
using Slipway.Machines.Processes;

namespace Slipway.Cli;

/// <summary>Turns the first interrupt into an orderly cancellation; a second one ends the process as usual.</summary>
internal sealed class Cancellation : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    public Cancellation() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, Cancel),
    ];

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void Cancel(PosixSignalContext context)
    {
        // A workload runs in our place: it gets the signal, and its end is ours.
        if (SignalRelay.IsActive)
        {
            return;
        }

        // A question waits for a line, and nothing has begun that would have to be brought to an orderly end.
        context.Cancel = !_source.IsCancellationRequested && !Prompt.IsAsking;
        _source.Cancel();
    }
}
