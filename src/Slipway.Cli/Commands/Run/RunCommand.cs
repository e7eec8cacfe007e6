using Slipway.Cli.Terminal;
using Slipway.Environments;
using Slipway.Projects.Discovery;
using Slipway.Runs;
using Slipway.Runs.Arguments;

namespace Slipway.Cli.Commands.Run;

/// <summary><c>run</c>: becomes the workload, or says why it cannot.</summary>
internal sealed class RunCommand(Output output, TimeProvider time)
{
    public async Task<int> ExecuteAsync(RunUseCase useCase, RunArguments arguments, WorkloadDeclaration declaration, CancellationToken cancellationToken)
    {
        using var progress = new BuildProgressView(output, time);
        foreach (var warning in declaration.Warnings)
        {
            progress.Warn(warning);
        }

        var failure = await useCase
            .RunAsync(arguments, declaration, progress, environment => BeforeLaunch(environment, progress, arguments, declaration), cancellationToken)
            .ConfigureAwait(false);
        progress.Dispose();
        return output.Fail(failure);
    }

    private void BeforeLaunch(ReadyEnvironment environment, BuildProgressView progress, RunArguments arguments, WorkloadDeclaration declaration)
    {
        progress.Complete();
        foreach (var warning in environment.Plan.Warnings)
        {
            progress.Warn(warning);
        }

        if (arguments.Has(RunOptions.Explain) || output.IsVerbose)
        {
            output.People.Write(PlanText.Render(environment.Plan, declaration));
        }

        output.People.Flush();
    }
}
