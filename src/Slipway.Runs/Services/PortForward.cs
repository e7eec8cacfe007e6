using System.Net;
using System.Net.Sockets;
using Slipway.Core.Failures;
using Slipway.Machines.Processes;
using Slipway.Machines.Ssh;

namespace Slipway.Runs.Services;

/// <summary>A port of this machine that leads to a port of a host's, over the connection that all calls share. It is closed when this is disposed of, or the connection is lost.</summary>
public sealed class PortForward : IAsyncDisposable
{
    // Keeps the connection open, and ends with it. Its first word says that it is there.
    private const string Hold = "echo up; while :; do sleep 3600; done";

    private readonly SshMachine _machine;
    private readonly CancellationTokenSource _ending = new();

    private PortForward(SshMachine machine, int localPort, int remotePort)
    {
        _machine = machine;
        LocalPort = localPort;
        RemotePort = remotePort;
        var first = new FirstWord();
        Ended = HoldAsync(first);
        Up = Task.WhenAny(first.Heard, Ended);
    }

    /// <summary>The port here, on 127.0.0.1.</summary>
    public int LocalPort { get; }

    /// <summary>The port there.</summary>
    public int RemotePort { get; }

    /// <summary>Ends when the forward does; with the reason, when it was lost.</summary>
    public Task<Failure?> Ended { get; }

    private Task Up { get; }

    /// <summary>Opens a forward.</summary>
    /// <param name="machine">The host.</param>
    /// <param name="localPort">The port here; 0 for any that is free.</param>
    /// <param name="remotePort">The port there.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    public static async Task<Result<PortForward>> OpenAsync(SshMachine machine, int localPort, int remotePort, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(machine);
        var forward = new PortForward(machine, localPort == 0 ? FreePort() : localPort, remotePort);
        Failure? refused;
        try
        {
            refused = await forward.AskAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await forward.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        if (refused is null)
        {
            return forward;
        }

        await forward.DisposeAsync().ConfigureAwait(false);
        return refused;
    }

    private async Task<Failure?> AskAsync(CancellationToken cancellationToken)
    {
        await Up.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (Ended.IsCompleted)
        {
            return await Ended.ConfigureAwait(false);
        }

        var asked = await _machine.ForwardAsync(isOpening: true, LocalPort, RemotePort, cancellationToken).ConfigureAwait(false);
        return !asked.TryGet(out var outcome, out var failure) ? failure : outcome.Succeeded ? null : Refused(outcome.ErrorText);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!Ended.IsCompleted)
        {
            _ = await _machine.ForwardAsync(isOpening: false, LocalPort, RemotePort, CancellationToken.None).ConfigureAwait(false);
        }

        await _ending.CancelAsync().ConfigureAwait(false);
        _ = await Ended.ConfigureAwait(false);
        _ending.Dispose();
    }

    private async Task<Failure?> HoldAsync(FirstWord first)
    {
        try
        {
            var ran = await _machine.RunAsync(ProcessCommand.Create("sh", "-c", Hold), first, _ending.Token).ConfigureAwait(false);
            return ran.TryGet(out _, out var failure) ? Refused("The session on the host was ended.") : failure;
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            return null;
        }
    }

    private Failure Refused(string words) =>
        new(ServiceFailures.ForwardRefused, $"Port {LocalPort} of this machine cannot lead to port {RemotePort} of {_machine.Name}.") { Detail = words.Trim() };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class FirstWord : IOutputSink
    {
        private readonly TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Heard => _heard.Task;

        public void Write(OutputStream stream, ReadOnlySpan<byte> chunk)
        {
            if (stream is OutputStream.Output)
            {
                _heard.TrySetResult();
            }
        }
    }
}
