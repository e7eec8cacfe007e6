using Slipway.Cli.Commands.Host;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Projects.Discovery;
using Slipway.Runs;
using Slipway.Runs.Arguments;

namespace Slipway.Cli.Commands.Run;

/// <summary><c>run</c>: becomes the workload, or says why it cannot.</summary>
internal sealed class RunCommand(Output output, Services services, BuildHost host)
{
    public async Task<int> ExecuteAsync(RunUseCase useCase, RunArguments arguments, WorkloadDeclaration declaration, CancellationToken cancellationToken)
    {
        var failure = await OnceAsync(useCase, arguments, declaration, cancellationToken).ConfigureAwait(false);
        var setup = new ToolSetup(output, services, host with { IsOffline = declaration.IsOffline });
        return output.Fail(
            await setup.AfterAsync(failure, declaration.Request.Provisioner, arguments.Has(RunOptions.Bootstrap), new Prompt(output, arguments.Has(RunOptions.Yes)), cancellationToken).ConfigureAwait(false)
            ?? await OnceAsync(useCase, arguments, declaration, cancellationToken).ConfigureAwait(false));
    }

    // Returns only when the workload could not be started.
    private async Task<Failure> OnceAsync(RunUseCase useCase, RunArguments arguments, WorkloadDeclaration declaration, CancellationToken cancellationToken)
    {
        using var progress = new BuildProgressView(output, services.Time);
        foreach (var warning in declaration.Warnings)
        {
            progress.Warn(warning);
        }

        return await useCase
            .RunAsync(arguments, declaration, progress, environment => BeforeLaunch(environment, progress, arguments, declaration), cancellationToken)
            .ConfigureAwait(false);
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
