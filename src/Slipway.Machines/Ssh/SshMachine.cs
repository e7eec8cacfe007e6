using Slipway.Core.Failures;
using Slipway.Machines.HandOff;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;
using Slipway.Machines.Ssh.Remote;
using Slipway.Machines.Ssh.Transport;

namespace Slipway.Machines.Ssh;

/// <summary>
/// A host that answers SSH, reached by the OpenSSH client, which knows the user's configuration, agent and jump hosts. Nothing is
/// installed there: commands and programs are rendered as POSIX sh and sent by standard input, one call each.
/// </summary>
public sealed class SshMachine : IMachine, IDisposable
{
    private readonly SshConnections _connections;
    private readonly RemoteShell _shell;
    private readonly RemoteCommands _commands;
    private readonly RemoteFiles _files;
    private readonly RemoteTerminal _terminal;
    private readonly SemaphoreSlim _asking = new(1);
    private readonly SshSettings _settings;
    private MachineFacts? _facts;

    /// <summary>A host; nothing is connected yet.</summary>
    /// <param name="settings">How it is reached.</param>
    /// <param name="time">For waits and limits; null means the system's clock.</param>
    /// <param name="environment">What the OpenSSH client inherits; null means what this process was started with.</param>
    public SshMachine(SshSettings settings, TimeProvider? time = null, StartupEnvironment? environment = null)
    {
        var clock = time ?? TimeProvider.System;
        var runner = new ProcessRunner(environment ?? StartupEnvironment.Read(), clock);
        _settings = settings;
        _connections = new SshConnections(settings, runner, clock);
        _shell = new RemoteShell(settings, runner, _connections, clock);
        _commands = new RemoteCommands(_shell);
        _files = new RemoteFiles(_commands);
        _terminal = new RemoteTerminal(settings, runner, _connections, _commands);
    }

    /// <inheritdoc/>
    public string Name => _settings.Name;

    /// <inheritdoc/>
    public async Task<Result<MachineFacts>> GetFactsAsync(CancellationToken cancellationToken)
    {
        await _asking.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_facts is not null)
            {
                return _facts;
            }

            var asked = await RunAsync(RemoteFacts.Question, output: null, cancellationToken).ConfigureAwait(false);
            var facts = asked.Then(outcome => RemoteFacts.Read(Name, outcome));
            _facts = facts.IsOk ? facts.Value : null;
            return facts;
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <inheritdoc/>
    public Task<Result<ProcessOutcome>> RunAsync(ProcessCommand command, IOutputSink? output, CancellationToken cancellationToken) =>
        command.IsAttached
            ? _terminal.RunAsync(command, string.Empty, new CommandListener(output, command.CaptureLimit), cancellationToken)
            : _commands.RunAsync(command, string.Empty, new CommandListener(output, command.CaptureLimit), cancellationToken);

    /// <inheritdoc/>
    public Task<Result<byte[]>> ReadFileAsync(string path, long maxBytes, CancellationToken cancellationToken) => _files.ReadAsync(path, maxBytes, cancellationToken);

    /// <inheritdoc/>
    public async Task<Result<Unit>> WriteFileAsync(string path, ReadOnlyMemory<byte> content, UnixFileMode mode, CancellationToken cancellationToken)
    {
        var written = await ExecuteAsync(RemoteFiles.Writing(path, content, mode), SilentObserver.Instance, cancellationToken).ConfigureAwait(false);
        return written.Map(static _ => Unit.Value);
    }

    /// <inheritdoc/>
    public Task<Result<FileStatus>> StatAsync(string path, CancellationToken cancellationToken) => _files.StatAsync(path, cancellationToken);

    /// <inheritdoc/>
    public async Task<Result<ProgramOutcome>> ExecuteAsync(MachineProgram program, IProgramObserver observer, CancellationToken cancellationToken)
    {
        ProgramShape.Check(program);
        if (ProgramText.Check(program) is { } invalid)
        {
            return invalid;
        }

        var text = ProgramText.Of(program);
        var listener = new ProgramListener(program, text, observer);
        var call = new RemoteCall(text.ToScript()) { Payloads = text.Payloads, Input = text.Asks ? InputUse.Answers : InputUse.Lifeline, MarksOutput = true };
        var ended = await _shell.RunAsync(call, listener, cancellationToken).ConfigureAwait(false);
        return !ended.TryGet(out var end, out var failure) ? failure
            : listener.Failure is { } why ? why
            : end.Code == 0 ? listener.Outcome
            : new Failure(MachinesFailures.ConnectionLost, $"{program.Title} was ended on {Name} (exit code {end.Code}).");
    }

    /// <inheritdoc/>
    public async Task<Result<GuardedOutcome>> RunGuardedAsync(MachineProgram guards, ProcessCommand command, IOutputSink? output, CancellationToken cancellationToken)
    {
        ProgramShape.CheckGuards(guards);
        var text = ProgramText.Of(guards);
        var program = new ProgramListener(guards, text, SilentObserver.Instance);
        var listener = new GuardedListener(program, output, command.CaptureLimit);
        var ran = await (command.IsAttached
            ? _terminal.RunAsync(command, text.ToPrefix(), listener, cancellationToken)
            : _commands.RunAsync(command, text.ToPrefix(), listener, cancellationToken)).ConfigureAwait(false);
        return !ran.TryGet(out var process, out var failure) ? failure
            : program.Failure is { } why ? why
            : new GuardedOutcome(program.Outcome, program.Outcome is ProgramOutcome.Completed ? process : null);
    }

    /// <summary>
    /// The OpenSSH client, with exactly the options and the shared connection of this machine, for a program that brings its own protocol:
    /// POSIX shell text, complete up to the host's name, to be followed by the words of the remote command.
    /// </summary>
    /// <param name="cancellationToken">Ends the connecting.</param>
    public async Task<Result<string>> ClientTextAsync(CancellationToken cancellationToken)
    {
        var opened = await _connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        return opened.Map(socket => string.Join(' ', SshArguments.Client(_settings, socket.Length == 0 ? null : socket).Prepend("ssh").Select(ShellText.Quote)));
    }

    /// <summary>
    /// Opens or closes a forward on the connection that calls share: a port of this machine, for its own programs, leads to a port of the host's. It lasts as long as
    /// the connection does, which a running command keeps open.
    /// </summary>
    /// <param name="isOpening">Whether it is opened.</param>
    /// <param name="localPort">The port here.</param>
    /// <param name="remotePort">The port there, on whichever address <c>localhost</c> is.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>How the client's request ended.</returns>
    public async Task<Result<ProcessOutcome>> ForwardAsync(bool isOpening, int localPort, int remotePort, CancellationToken cancellationToken)
    {
        var opened = await _connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        return opened.TryGet(out var socket, out var failure)
            ? await _connections.ForwardAsync(socket, isOpening ? "forward" : "cancel", localPort, remotePort, cancellationToken).ConfigureAwait(false)
            : failure;
    }

    /// <summary>Ends the connection that calls share.</summary>
    public Task CloseAsync(CancellationToken cancellationToken) => _connections.CloseAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _connections.Dispose();
        _asking.Dispose();
    }
}
