using Slipway.Cli.Commands.Host;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Machines.Processes;
using Slipway.Projects.Discovery;
using Slipway.Runs;
using Slipway.Runs.Arguments;
using Slipway.Runs.Jobs;
using Slipway.Runs.Reports;

namespace Slipway.Cli.Commands.Run;

/// <summary><c>run</c>: becomes the workload, or says why it cannot; with a report it waits for the workload's end.</summary>
internal sealed class RunCommand(Output output, Services services, BuildHost host, RunReport? report)
{
    public async Task<int> ExecuteAsync(RunUseCase useCase, RunArguments arguments, WorkloadDeclaration declaration, CancellationToken cancellationToken)
    {
        var ran = await OnceAsync(useCase, arguments, declaration, cancellationToken).ConfigureAwait(false);
        if (!ran.IsOk)
        {
            var setup = new ToolSetup(output, services, host with { IsOffline = declaration.IsOffline });
            var left = await setup
                .AfterAsync(ran.Failure, declaration.Request.Provisioner, arguments.Has(RunOptions.Bootstrap), new Prompt(output, arguments.Has(RunOptions.Yes)), cancellationToken)
                .ConfigureAwait(false);
            ran = left is null ? await OnceAsync(useCase, arguments, declaration, cancellationToken).ConfigureAwait(false) : left;
        }

        return ran.TryGet(out var outcome, out var failure) ? ReportedRun.End(output, report!, outcome) : output.Fail(failure);
    }

    // Without a report it returns only when the workload could not be started.
    private async Task<Result<ProcessOutcome>> OnceAsync(RunUseCase useCase, RunArguments arguments, WorkloadDeclaration declaration, CancellationToken cancellationToken)
    {
        using var progress = new BuildProgressView(output, services.Time);
        foreach (var warning in declaration.Warnings)
        {
            progress.Warn(warning);
        }

        return report is null
            ? await useCase.RunAsync(arguments, declaration, progress, environment => BeforeLaunch(environment, progress, arguments, declaration), cancellationToken).ConfigureAwait(false)
            : await useCase.RunReportedAsync(arguments, declaration, new AttachedRun(report.Id, Services.Version, services.Time), progress, BeforeReported, cancellationToken).ConfigureAwait(false);

        void BeforeReported(ReadyEnvironment environment)
        {
            BeforeLaunch(environment, progress, arguments, declaration);
            ReportedRun.Warn(output, report.Start(new RunFacts(JobEnvironment.Of(host, environment), environment.Plan.Decision, WorkspaceSnapshot: null)));
        }
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
