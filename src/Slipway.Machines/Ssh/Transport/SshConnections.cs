using System.Collections.Immutable;
using System.Net.Sockets;
using System.Security.Cryptography;
using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Machines.Locks;
using Slipway.Machines.Posix;
using Slipway.Machines.Processes;

namespace Slipway.Machines.Ssh.Transport;

/// <summary>
/// The connection that all calls to one host share, also those of other processes of this user: ssh's own master process, which ends by
/// itself some time after its last use. Where it cannot be had, each call makes its own connection.
/// </summary>
internal sealed class SshConnections(SshSettings settings, ProcessRunner runner, TimeProvider time) : IDisposable
{
    // sshd allows ten sessions a connection by default; a refused one costs a connection of its own.
    private const int SessionsAtOnce = 8;
    private static readonly TimeSpan ForwardLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LockWait = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _sessions = new(SessionsAtOnce);
    private readonly BuildLocks _locks = new(time);
    private readonly string? _socket = settings.ControlDirectory is { } folder ? $"{folder}/{Identity(settings)}" : null;

    /// <summary>Where ssh writes what it has to say.</summary>
    public string LogFolder => settings.ControlDirectory ?? "/tmp";

    /// <summary>A turn on the shared connection; nothing is waited for where there is none.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await _sessions.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Turn(_sessions);
    }

    /// <summary>The socket of a connection that is open now, made where it is missing; an empty text for calls that make their own.</summary>
    public async Task<Result<string>> OpenAsync(CancellationToken cancellationToken)
    {
        if (_socket is null || Answers(_socket))
        {
            return _socket ?? string.Empty;
        }

        var taken = await _locks.TakeAsync($"{_socket}.lock", $"connects to {settings.Name}", LockWait, static _ => { }, cancellationToken).ConfigureAwait(false);
        if (!taken.TryGet(out var held, out _))
        {
            return string.Empty;
        }

        using (held)
        {
            if (Answers(_socket))
            {
                return _socket;
            }

            // Of a master that was killed; a new one would refuse to take its place.
            _ = LocalFiles.RemoveFile(_socket);
            return await StartAsync(_socket, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends the shared connection, if there is one; calls that use it now come to their end.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        if (_socket is not null && Answers(_socket))
        {
            _ = await runner.RunAsync(Ssh(SshArguments.Control(settings, _socket, "-O", "exit")), sink: null, [], cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Opens or closes a forward on the shared connection.</summary>
    public Task<Result<ProcessOutcome>> ForwardAsync(string socket, string request, int localPort, int remotePort, CancellationToken cancellationToken) =>
        runner.RunAsync(Ssh(SshArguments.Forward(settings, socket, request, localPort, remotePort)) with { Timeout = ForwardLimit }, sink: null, [], cancellationToken);

    public void Dispose() => _sessions.Dispose();

    /// <summary>The client, told to speak English, because its words are read.</summary>
    public static ProcessCommand Ssh(ImmutableArray<string> arguments) => new("ssh", arguments)
    {
        // Its messages are read, so they have to be English; no more than that, since many a configuration sends what we set on to the host.
        Environment = EnvironmentChanges.None with { Set = EnvironmentChanges.None.Set.Add("LC_MESSAGES", "C"), Unset = EnvironmentChanges.None.Unset.Add("LC_ALL") },
    };

    private async Task<Result<string>> StartAsync(string socket, CancellationToken cancellationToken)
    {
        var log = $"{LogFolder}/log-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        try
        {
            // The process that stays keeps what it was given: our pipes would never end.
            var ssh = Ssh(SshArguments.Master(settings, socket, log));
            var command = ssh with { Executable = "/bin/sh", Arguments = ["-c", "exec ssh \"$@\" >/dev/null 2>&1", "ssh", .. ssh.Arguments] };
            var started = await runner.RunAsync(command, sink: null, [], cancellationToken).ConfigureAwait(false);
            if (!started.TryGet(out var outcome, out var failure))
            {
                return failure;
            }

            if (outcome.Succeeded)
            {
                return socket;
            }

            if (outcome is { End: ProcessEnd.Exited, Code: 126 or 127 })
            {
                return NoClient();
            }

            var words = ReadLog(log);
            var fault = SshDiagnosis.Classify(words);
            return fault is SshFault.Other or SshFault.Multiplexing ? string.Empty : SshDiagnosis.Describe(settings, fault, words);
        }
        finally
        {
            _ = LocalFiles.RemoveFile(log);
        }
    }

    /// <summary>What ssh wrote to a log.</summary>
    public static string ReadLog(string log)
    {
        const long MaxBytes = 64 * 1024;
        return LocalFiles.Read(log, MaxBytes).TryGet(out var bytes, out _) ? PosixText.Decode(bytes).Replace("\r", string.Empty, StringComparison.Ordinal) : string.Empty;
    }

    /// <summary>The failure where the OpenSSH client is missing.</summary>
    public static Failure NoClient() => new(MachinesFailures.ClientMissing, "The OpenSSH client is not here: there is no ssh on PATH.");

    private static bool Answers(string socket)
    {
        if (!LocalFiles.Exists(socket))
        {
            return false;
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(socket));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string Identity(SshSettings settings)
    {
        const int Digits = 20;
        var text = string.Join('\0', [.. SshArguments.Connection(settings), settings.Address.Host]);
        return Convert.ToHexStringLower(SHA256.HashData(PosixText.Encode(text)))[..Digits];
    }

    private sealed class Turn(SemaphoreSlim sessions) : IDisposable
    {
        public void Dispose() => sessions.Release();
    }
}
