using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Machines.HandOff;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;

namespace Slipway.Machines;

/// <summary>This machine: by system calls, without starting other programs.</summary>
public sealed class LocalMachine : IMachine
{
    /// <summary>The name of this machine.</summary>
    public const string LocalName = "local";

    private readonly ProcessRunner _runner;
    private readonly ProgramInterpreter _interpreter;
    private readonly Lazy<MachineFacts> _facts = new(LocalFacts.Probe);

    /// <summary>This machine as this process sees it.</summary>
    /// <param name="time">For waits and limits; null means the system's clock.</param>
    /// <param name="environment">What processes inherit; null means what this process was started with.</param>
    public LocalMachine(TimeProvider? time = null, StartupEnvironment? environment = null)
    {
        var clock = time ?? TimeProvider.System;
        var inherited = environment ?? StartupEnvironment.Read();
        _runner = new ProcessRunner(inherited, clock);
        _interpreter = new ProgramInterpreter(_runner, inherited, clock);
    }

    /// <inheritdoc/>
    public string Name => LocalName;

    /// <inheritdoc/>
    public Task<Result<MachineFacts>> GetFactsAsync(CancellationToken cancellationToken) =>
        Task.Run<Result<MachineFacts>>(() => _facts.Value, cancellationToken);

    /// <inheritdoc/>
    public Task<Result<ProcessOutcome>> RunAsync(ProcessCommand command, IOutputSink? output, CancellationToken cancellationToken) =>
        _runner.RunAsync(command, output, [], cancellationToken);

    /// <inheritdoc/>
    public Task<Result<byte[]>> ReadFileAsync(string path, long maxBytes, CancellationToken cancellationToken) =>
        Task.Run(() => LocalFiles.Read(path, maxBytes), cancellationToken);

    /// <inheritdoc/>
    public Task<Result<Unit>> WriteFileAsync(string path, ReadOnlyMemory<byte> content, UnixFileMode mode, CancellationToken cancellationToken) =>
        Task.Run(() => LocalFiles.Write(path, content, mode), cancellationToken);

    /// <inheritdoc/>
    public Task<Result<FileStatus>> StatAsync(string path, CancellationToken cancellationToken) =>
        Task.Run(() => LocalFiles.Stat(path), cancellationToken);

    /// <inheritdoc/>
    public Task<Result<ProgramOutcome>> ExecuteAsync(MachineProgram program, IProgramObserver observer, CancellationToken cancellationToken) =>
        Task.Run(() => _interpreter.ExecuteAsync(program, observer, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<Result<GuardedOutcome>> RunGuardedAsync(MachineProgram guards, ProcessCommand command, IOutputSink? output, CancellationToken cancellationToken) =>
        Task.Run(() => _interpreter.RunGuardedAsync(guards, command, output, cancellationToken), cancellationToken);
}
