using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;

namespace Slipway.Store.Tests.Support;

/// <summary>This machine, on which something happens once, just before the next program: the moment that a race would need.</summary>
internal sealed class InterveningMachine(IMachine inner, Action intervene) : IMachine
{
    private Action? _pending = intervene;

    public string Name => inner.Name;

    public Task<Result<MachineFacts>> GetFactsAsync(CancellationToken cancellationToken) => inner.GetFactsAsync(cancellationToken);

    public Task<Result<ProcessOutcome>> RunAsync(ProcessCommand command, IOutputSink? output, CancellationToken cancellationToken) =>
        inner.RunAsync(command, output, cancellationToken);

    public Task<Result<byte[]>> ReadFileAsync(string path, long maxBytes, CancellationToken cancellationToken) =>
        inner.ReadFileAsync(path, maxBytes, cancellationToken);

    public Task<Result<Unit>> WriteFileAsync(string path, ReadOnlyMemory<byte> content, UnixFileMode mode, CancellationToken cancellationToken) =>
        inner.WriteFileAsync(path, content, mode, cancellationToken);

    public Task<Result<FileStatus>> StatAsync(string path, CancellationToken cancellationToken) => inner.StatAsync(path, cancellationToken);

    public Task<Result<GuardedOutcome>> RunGuardedAsync(MachineProgram guards, ProcessCommand command, IOutputSink? output, CancellationToken cancellationToken) =>
        inner.RunGuardedAsync(guards, command, output, cancellationToken);

    public Task<Result<ProgramOutcome>> ExecuteAsync(MachineProgram program, IProgramObserver observer, CancellationToken cancellationToken)
    {
        Interlocked.Exchange(ref _pending, null)?.Invoke();
        return inner.ExecuteAsync(program, observer, cancellationToken);
    }
}
