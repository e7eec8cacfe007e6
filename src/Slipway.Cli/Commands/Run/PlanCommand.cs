using Slipway.Cli.Terminal;
using Slipway.Projects.Discovery;
using Slipway.Runs;
using Slipway.Runs.Arguments;

namespace Slipway.Cli.Commands.Run;

/// <summary><c>plan</c>: the decision, and why.</summary>
internal sealed class PlanCommand(Output output, TimeProvider time)
{
    public async Task<int> ExecuteAsync(RunUseCase useCase, RunArguments arguments, WorkloadDeclaration declaration, CancellationToken cancellationToken)
    {
        using var progress = new BuildProgressView(output, time);
        var planned = await useCase
            .PlanAsync(arguments, declaration, PlanDepths.Of(arguments), progress, cancellationToken)
            .ConfigureAwait(false);
        progress.Dispose();
        if (!planned.TryGet(out var plan, out var failure))
        {
            return output.Fail(failure);
        }

        progress.Complete();
        if (output.IsJson)
        {
            output.Json(PlanDocument.From(plan, declaration), PlanJson.Default.PlanDocument);
        }
        else
        {
            output.Data.Write(PlanText.Render(plan, declaration));
        }

        return 0;
    }
}
