using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Runs.Jobs;

namespace Slipway.Runs.Services;

/// <summary>Waits for services.</summary>
/// <param name="host">The machine and its store.</param>
/// <param name="time">The clock.</param>
public sealed class ServiceReadiness(BuildHost host, TimeProvider time)
{
    // The supervisor there keeps the deadline; this is for what it takes to end the service and to tell.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(60);

    /// <summary>Waits until a service is ready. One that ends before, or is not ready in time, is a failure with its last words.</summary>
    /// <param name="service">The job.</param>
    /// <param name="cancellationToken">Ends the wait; the service goes on.</param>
    public async Task<Result<JobInfo>> WaitAsync(JobInfo service, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(service);
        var limit = TimeSpan.FromSeconds(service.Record.Spec.Service?.ReadySeconds ?? 0) + Slack;
        var asked = await new JobBook(host, time).WaitReadyAsync(service.Id, limit, cancellationToken).ConfigureAwait(false);
        if (!asked.TryGet(out var answer, out var failure))
        {
            return failure;
        }

        if (answer.Jobs is not [var info, ..])
        {
            return JobScripts.Missing(host, service.Id.ToString());
        }

        if (info is { IsOver: false, IsReady: true })
        {
            return info;
        }

        var name = $"{info.Record.Name} ({info.Id})";
        var late = info.Exit is { End: "not_ready" } || !info.IsOver;
        return new Failure(
            late ? ServiceFailures.NotReady : ServiceFailures.EndedEarly,
            late ? $"{name} was not ready within {info.Record.Spec.Service?.ReadySeconds} seconds." : $"{name} ended before it was ready: {info.Describe()}.")
        {
            Detail = string.Join('\n', answer.Tail),
        };
    }
}
