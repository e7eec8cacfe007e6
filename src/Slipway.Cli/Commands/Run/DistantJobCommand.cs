using System.Collections.Immutable;
using Slipway.Cli.Commands.Jobs;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Runs.Arguments;
using Slipway.Runs.Distant;
using Slipway.Runs.Hosts;
using Slipway.Runs.Jobs;
using Slipway.Runs.Services;

namespace Slipway.Cli.Commands.Run;

/// <summary><c>run --detach --on</c> and <c>serve --on</c>: the workload becomes a job on other machines, which goes on without this one.</summary>
internal sealed class DistantJobCommand(Output output, Services services, BuildHost here)
{
    public async Task<int> ExecuteAsync(RunArguments arguments, CancellationToken cancellationToken)
    {
        if (!HostChoice.ParseAll(arguments.Values(RunOptions.On)).TryGet(out var choices, out var failure) || !services.Hosts().TryGet(out var hosts, out failure))
        {
            return output.Fail(failure);
        }

        if (choices is [var only])
        {
            using var progress = new BuildProgressView(output, services.Time);
            return Tell(only, await StartAsync(hosts, only, arguments, progress, progress.Complete, cancellationToken).ConfigureAwait(false));
        }

        if (output.IsJson)
        {
            return output.Fail(new Failure(CliFailures.NoJson, "A job on several hosts is several documents.") { Hint = "Start them one by one, or look with `slipway job list --on all --json`." });
        }

        var started = await Task.WhenAll(choices.Select(async choice =>
            (Choice: choice, Job: await StartAsync(hosts, choice, arguments, new HostProgress(output, choice.On), static () => { }, cancellationToken).ConfigureAwait(false)))).ConfigureAwait(false);
        return started.Max(one => Tell(one.Choice, one.Job));
    }

    private async Task<Result<JobInfo>> StartAsync(
        HostDirectory hosts, HostChoice choice, RunArguments arguments, IBuildProgress progress, Action ready, CancellationToken cancellationToken)
    {
        if (!hosts.Connect(choice.On).TryGet(out var machine, out var failure))
        {
            return failure;
        }

        using (machine)
        {
            var own = choice.Apply(arguments);
            var run = new DistantRun(services.Distant(hosts, here));
            var prepared = await new DistantTools(output, services, here, hosts)
                .WithAsync(machine, choice, own, () => run.PrepareAsync(machine, choice.On, own, progress, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
            if (!prepared.TryGet(out var start, out failure)
                || !start.ToJob(arguments).TryGet(out var spec, out failure)
                || !(await run.ClaimAsync(start, arguments, progress, cancellationToken).ConfigureAwait(false)).TryGet(out var command, out failure))
            {
                return failure;
            }

            ready();
            var started = await new JobRunner(start.Host, services.Time, Services.Version).StartAsync(spec with { Command = spec.Command with { Executable = command.Executable, ArgumentZero = command.ArgumentZero, Arguments = command.Arguments } }, cancellationToken).ConfigureAwait(false);
            return started.TryGet(out var job, out failure) && job.Record.Spec.Service is not null
                ? await new ServiceReadiness(start.Host, services.Time).WaitAsync(job, cancellationToken).ConfigureAwait(false)
                : started;
        }
    }

    private int Tell(HostChoice choice, Result<JobInfo> started)
    {
        if (!started.TryGet(out var job, out var failure))
        {
            output.People.WriteLine($"{choice.On}:");
            return output.Fail(failure);
        }

        if (output.IsJson)
        {
            output.Json(JobDocument.From(job, choice.On), JobDocuments.Default.JobDocument);
            return 0;
        }

        output.Data.WriteLine(job.Id.ToString());
        output.Say(job.Record.Spec.Service is { } service
            ? $"slipway: {job.Record.Name} is ready on {choice.On}; `slipway host forward {choice.On} {service.Port}` brings its port here, `slipway job cancel --on {choice.On} {job.Id}` ends it."
            : $"slipway: {job.Record.Name} runs on {choice.On}; `slipway job logs -f --on {choice.On} {job.Id}` follows it, `slipway job cancel --on {choice.On} {job.Id}` ends it.");
        return 0;
    }
}
