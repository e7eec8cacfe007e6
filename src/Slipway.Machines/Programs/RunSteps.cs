using Slipway.Core.Failures;
using Slipway.Machines.Processes;

namespace Slipway.Machines.Programs;

/// <summary>The step that runs a process.</summary>
internal static class RunSteps
{
    public static async Task<Result<ProgramOutcome>> ExecuteAsync(
        Step.Run step, ProcessRunner runner, ProgramScope scope, CancellationToken cancellationToken)
    {
        scope.Label = step.Label;
        scope.Observer.StepStarted(step.Label);
        var output = new CombinedOutput(step.Label, scope.Observer);

        // The combined tail is all that is used, so nothing is captured twice.
        var command = step.Command with { CaptureLimit = 0 };
        var result = await runner.RunAsync(command, output, scope.InheritedByChildren, cancellationToken).ConfigureAwait(false);
        if (!result.TryGet(out var outcome, out var notStarted))
        {
            return new Failure(step.OnFailure, $"{step.Label} failed (it could not be started)") { Detail = notStarted.Message };
        }

        return outcome.Succeeded
            ? ProgramOutcome.Completed
            : new Failure(step.OnFailure, $"{step.Label} failed ({outcome.Describe()})") { Detail = output.LastLines() };
    }
}
