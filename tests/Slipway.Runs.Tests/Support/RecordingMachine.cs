using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;

namespace Slipway.Runs.Tests.Support;

/// <summary>The local machine, except that a hand-off is noted in place of made: the test's own process must live on.</summary>
internal sealed class RecordingMachine(LocalMachine inner, Action beforeWork) : IMachine
{
    private static readonly FailureCode Code = new("TST0001", ExitCode.Defect, "Noted.", "Nothing is to be done.");

    public static bool IsNoted(Failure failure) => ReferenceEquals(failure.Code, Code);

    /// <summary>The last command that would have replaced this process.</summary>
    public ProcessCommand? HandedOff { get; private set; }

    public string Name => inner.Name;

    public Task<Result<MachineFacts>> GetFactsAsync(CancellationToken cancellationToken) => inner.GetFactsAsync(cancellationToken);

    public Task<Result<ProcessOutcome>> RunAsync(ProcessCommand command, IOutputSink? output, CancellationToken cancellationToken) =>
        inner.RunAsync(command, output, cancellationToken);

    public Task<Result<byte[]>> ReadFileAsync(string path, long maxBytes, CancellationToken cancellationToken)
    {
        beforeWork();
        return inner.ReadFileAsync(path, maxBytes, cancellationToken);
    }

    public Task<Result<Unit>> WriteFileAsync(string path, ReadOnlyMemory<byte> content, UnixFileMode mode, CancellationToken cancellationToken) =>
        inner.WriteFileAsync(path, content, mode, cancellationToken);

    public Task<Result<FileStatus>> StatAsync(string path, CancellationToken cancellationToken) => inner.StatAsync(path, cancellationToken);

    public Task<Result<GuardedOutcome>> RunGuardedAsync(MachineProgram guards, ProcessCommand command, IOutputSink? output, CancellationToken cancellationToken) =>
        inner.RunGuardedAsync(guards, command, output, cancellationToken);

    public Task<Result<ProgramOutcome>> ExecuteAsync(MachineProgram program, IProgramObserver observer, CancellationToken cancellationToken)
    {
        beforeWork();
        if (program.Steps.OfType<Step.HandOff>().FirstOrDefault() is not { } last)
        {
            return inner.ExecuteAsync(program, observer, cancellationToken);
        }

        HandedOff = last.Command;
        return Task.FromResult<Result<ProgramOutcome>>(new Failure(Code, "Handed off."));
    }
}
