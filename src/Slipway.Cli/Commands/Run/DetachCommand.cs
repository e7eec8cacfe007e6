using Slipway.Cli.Commands.Host;
using Slipway.Cli.Commands.Jobs;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Projects.Discovery;
using Slipway.Runs;
using Slipway.Runs.Arguments;
using Slipway.Runs.Jobs;
using Slipway.Runs.Services;

namespace Slipway.Cli.Commands.Run;

/// <summary><c>run --detach</c> and <c>serve</c>: starts the workload as a job in the background of this machine.</summary>
internal sealed class DetachCommand(Output output, Services services, BuildHost host)
{
    public async Task<int> ExecuteAsync(RunUseCase useCase, RunArguments arguments, WorkloadDeclaration declaration, CancellationToken cancellationToken)
    {
        var started = await OnceAsync(useCase, arguments, declaration, cancellationToken).ConfigureAwait(false);
        if (!started.IsOk)
        {
            var setup = new ToolSetup(output, services, host with { IsOffline = declaration.IsOffline });
            var left = await setup
                .AfterAsync(started.Failure, declaration.Request.Provisioner, arguments.Has(RunOptions.Bootstrap), new Prompt(output, arguments.Has(RunOptions.Yes)), cancellationToken)
                .ConfigureAwait(false);
            started = left is null ? await OnceAsync(useCase, arguments, declaration, cancellationToken).ConfigureAwait(false) : left;
        }

        return !started.TryGet(out var job, out var failure) ? output.Fail(failure)
            : job.Record.Spec.Service is null ? JobStarted.Tell(output, job, host.Machine.Name)
            : await ReadyAsync(job, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Result<JobInfo>> OnceAsync(RunUseCase useCase, RunArguments arguments, WorkloadDeclaration declaration, CancellationToken cancellationToken)
    {
        using var progress = new BuildProgressView(output, services.Time);
        foreach (var warning in declaration.Warnings)
        {
            progress.Warn(warning);
        }

        // The workload's machine passes on all that Slipway was started with, secrets too.
        var runner = new JobRunner(host with { Machine = services.WorkloadMachine }, services.Time, Services.Version);
        return await useCase.DetachAsync(arguments, declaration, runner, progress, environment => BeforeLaunch(environment, progress, arguments, declaration), cancellationToken).ConfigureAwait(false);
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
    }

    private async Task<int> ReadyAsync(JobInfo job, CancellationToken cancellationToken)
    {
        output.Say($"slipway: {job.Record.Name} ({job.Id}) was started; waiting until it is ready.");
        Result<JobInfo> waited;
        try
        {
            waited = await new ServiceReadiness(host, services.Time).WaitAsync(job, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            output.Say($"slipway: the service goes on; `slipway job cancel {job.Id}` ends it.");
            return (int)ExitCode.Cancelled;
        }

        if (!waited.TryGet(out var ready, out var failure))
        {
            return output.Fail(failure);
        }

        var url = $"http://127.0.0.1:{ready.Record.Spec.Service!.Port}";
        if (output.IsJson)
        {
            output.Json(new ServiceDocument("slipway.service/1", url, JobEntry.From(ready, host.Machine.Name)), JobDocuments.Default.ServiceDocument);
            return 0;
        }

        output.Data.WriteLine(url);
        output.Say($"slipway: {ready.Record.Name} is ready; `slipway job logs {ready.Id}` shows its log, `slipway job cancel {ready.Id}` ends it.");
        return 0;
    }
}
