using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Machines.Processes;

namespace Slipway.Machines.Programs;

/// <summary>The step that runs a process.</summary>
internal static class RunSteps
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static async Task<Result<ProgramOutcome>> ExecuteAsync(
        Step.Run step, ProcessRunner runner, ProgramScope scope, CancellationToken cancellationToken)
    {
        scope.Label = step.Label;
        scope.Observer.StepStarted(step.Label);
        var output = new CombinedOutput(step.Label, scope.Observer);

        // The combined tail is all that is used, so nothing is captured twice, unless it is asked for.
        var command = step.OutputFile is null ? step.Command with { CaptureLimit = 0 } : step.Command;
        var result = await runner.RunAsync(command, output, scope.InheritedByChildren, cancellationToken).ConfigureAwait(false);
        if (!result.TryGet(out var outcome, out var notStarted))
        {
            return new Failure(step.OnFailure, $"{step.Label} failed (it could not be started)") { Detail = notStarted.Message };
        }

        return outcome.Succeeded ? Keep(step, outcome)
            : new Failure(step.OnFailure, $"{step.Label} failed ({outcome.Describe()})") { Detail = output.LastLines() };
    }

    private static Result<ProgramOutcome> Keep(Step.Run step, ProcessOutcome outcome) => step.OutputFile is not { } file ? ProgramOutcome.Completed
        : outcome.Truncated ? new Failure(step.OnFailure, $"{step.Label} failed (it wrote more than {step.Command.CaptureLimit} bytes)")
        : LocalFiles.WriteUnsynced(file, outcome.StandardOutput, OwnerOnly).Map(static _ => ProgramOutcome.Completed);
}
