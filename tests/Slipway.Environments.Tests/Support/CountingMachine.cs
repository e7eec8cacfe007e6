using System.Collections.Concurrent;
using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;

namespace Slipway.Environments.Tests.Support;

/// <summary>A machine that writes down every process that it is asked to start.</summary>
internal sealed class CountingMachine(IMachine machine) : IMachine
{
    /// <summary>The processes, those in programs among them whether or not the program came so far.</summary>
    public ConcurrentQueue<ProcessCommand> Processes { get; } = new();

    public string Name => machine.Name;

    public Task<Result<MachineFacts>> GetFactsAsync(CancellationToken cancellationToken) => machine.GetFactsAsync(cancellationToken);

    public Task<Result<ProcessOutcome>> RunAsync(ProcessCommand command, IOutputSink? output, CancellationToken cancellationToken)
    {
        Processes.Enqueue(command);
        return machine.RunAsync(command, output, cancellationToken);
    }

    public Task<Result<byte[]>> ReadFileAsync(string path, long maxBytes, CancellationToken cancellationToken) =>
        machine.ReadFileAsync(path, maxBytes, cancellationToken);

    public Task<Result<Unit>> WriteFileAsync(string path, ReadOnlyMemory<byte> content, UnixFileMode mode, CancellationToken cancellationToken) =>
        machine.WriteFileAsync(path, content, mode, cancellationToken);

    public Task<Result<FileStatus>> StatAsync(string path, CancellationToken cancellationToken) => machine.StatAsync(path, cancellationToken);

    public Task<Result<GuardedOutcome>> RunGuardedAsync(MachineProgram guards, ProcessCommand command, IOutputSink? output, CancellationToken cancellationToken) =>
        machine.RunGuardedAsync(guards, command, output, cancellationToken);

    public Task<Result<ProgramOutcome>> ExecuteAsync(MachineProgram program, IProgramObserver observer, CancellationToken cancellationToken)
    {
        Note(program.Steps);
        return machine.ExecuteAsync(program, observer, cancellationToken);
    }

    private void Note(IEnumerable<Step> steps)
    {
        foreach (var step in steps)
        {
            if (step is Step.Run run)
            {
                Processes.Enqueue(run.Command);
            }
            else if (step is Step.WithBuildLock guarded)
            {
                Note(guarded.Body);
            }
        }
    }
}
