using System.Collections.Immutable;
using Slipway.Cloud.Money;
using Slipway.Cloud.Offers;
using Slipway.Cloud.SkyPilot;
using Slipway.Core.Failures;
using Slipway.Machines.Files;

namespace Slipway.Cloud.Backends;

/// <summary>Machines of clouds, through a SkyPilot API server.</summary>
internal sealed partial class SkyPilotBackend(SkyPilotClient client, TimeProvider time) : IBackend
{
    public const string Word = "skypilot";

    private const int CostDays = 30;

    public string Backend => Word;

    public BackendCapabilities Capabilities { get; } = new(Spot: true, Autostop: true, Priced: true, HardTimeout: true, MultiNode: true);

    public SkyPilotClient Client => client;

    public void Dispose() => client.Dispose();

    public async Task<Result<OfferList>> FetchAsync(CancellationToken cancellationToken)
    {
        var listed = await client.ListAcceleratorsAsync(new SkyAcceleratorQuery(), cancellationToken).ConfigureAwait(false);
        return listed.Map(rows => OfferList.Of(Word, time.GetUtcNow(), rows.Select(Row), $"the SkyPilot server {client.Endpoint}"));
    }

    public Result<string> Preview(LaunchSpec spec)
    {
        var placeholders = spec.Secrets.ToImmutableSortedDictionary(static pair => pair.Key, static _ => "(taken from the environment at the launch)", StringComparer.Ordinal);
        return client.Render(SkyTasks.Of(spec, placeholders)).Map(static yaml => string.Join(string.Empty, yaml.Warnings.Select(static warning => $"# {warning}\n")) + yaml.Text);
    }

    public async Task<Result<RunHandle>> PrepareAsync(LaunchSpec spec, string package, CancellationToken cancellationToken)
    {
        if (!client.Render(SkyTasks.Of(spec, spec.Secrets)).TryGet(out var yaml, out var failure))
        {
            return failure;
        }

        var valid = await client.ValidateAsync(yaml.Text, cancellationToken).ConfigureAwait(false);
        var zip = package + ".zip";
        LocalFiles.RemoveFile(zip);
        if (!valid.TryGet(out _, out failure) || !WorkdirPacker.Pack(package, zip, cancellationToken).TryGet(out var packed, out failure))
        {
            return failure;
        }

        var uploaded = await client.UploadAsync(packed, cancellationToken).ConfigureAwait(false);
        LocalFiles.RemoveFile(zip);
        return uploaded.Map(blob => new RunHandle(spec.Run, spec.Name) { IsManaged = spec.IsManaged, IdleMinutes = spec.IdleMinutes, Package = blob.Id });
    }

    public async Task<Result<Submission>> SubmitAsync(LaunchSpec spec, RunHandle handle, CancellationToken cancellationToken)
    {
        if (!client.Render(SkyTasks.Of(spec, spec.Secrets)).TryGet(out var yaml, out var failure))
        {
            return failure;
        }

        var launched = await client.LaunchOrAdoptAsync(new SkyLaunch(spec.Name, yaml) { BlobId = handle.Package, IsManaged = spec.IsManaged }, cancellationToken).ConfigureAwait(false);
        return launched.Map(one => new Submission(handle with { RequestId = one.RequestId }, one.Adopted is not null));
    }

    public async Task<Result<bool>> IsThereAsync(RunHandle handle, CancellationToken cancellationToken)
    {
        var sighting = await client.FindByClusterAsync(handle.Name, handle.IsManaged, cancellationToken).ConfigureAwait(false);
        // Of which cannot be told whether it is ours counts as there: money is not given back on a guess.
        return sighting.Map(static seen => !seen.IsNothing);
    }

    public Task<Result<Unit>> SetGuardsAsync(RunHandle handle, CancellationToken cancellationToken) =>
        client.AutostopAsync(handle.Name, new SkyAutostop(handle.IdleMinutes, Down: true, SkyWaitFor.Jobs), cancellationToken);

    public async Task<Result<Unit>> CancelAsync(RunHandle handle, CancellationToken cancellationToken)
    {
        if (handle.Job is { } job)
        {
            return handle.IsManaged
                ? await client.CancelManagedJobsAsync([job], cancellationToken).ConfigureAwait(false)
                : await client.CancelJobsAsync(handle.Name, [job], cancellationToken).ConfigureAwait(false);
        }

        // Nothing runs yet: what would start it is ended.
        return handle.RequestId is { } request
            ? (await client.CancelRequestsAsync([request], cancellationToken).ConfigureAwait(false)).Map(static _ => Unit.Value)
            : Unit.Value;
    }

    public async Task<Result<ImmutableArray<string>>> DisposeAsync(RunHandle handle, CancellationToken cancellationToken)
    {
        if (handle.IsManaged)
        {
            return await DisposeManagedAsync(handle, cancellationToken).ConfigureAwait(false);
        }

        // A launch that is still under way would rent again what is taken down here; the server leaves alone what has ended.
        if (handle is { Job: null, RequestId: { } request })
        {
            await client.CancelRequestsAsync([request], cancellationToken).ConfigureAwait(false);
        }

        var down = await client.DownAsync(handle.Name, cancellationToken).ConfigureAwait(false);
        if (!down.TryGet(out _, out var failure) && failure.Code != CloudFailures.ClusterMissing)
        {
            return failure;
        }

        // The server's word that it is down is not the cloud's: only an empty status is.
        var left = await client.StatusAsync([handle.Name], refresh: true, cancellationToken).ConfigureAwait(false);
        return left.Map(clusters => clusters.Select(cluster =>
            $"{cluster.Name} ({cluster.RawState}) on {cluster.Cloud ?? "its cloud"}{(cluster.Region is { } region ? $"/{region}" : string.Empty)} is there still; end it in the cloud's console.").ToImmutableArray());
    }

    public async Task<Result<Settlement>> CostAsync(RunHandle handle, CancellationToken cancellationToken)
    {
        if (handle.IsManaged)
        {
            return new Settlement(handle.Run, "the times of the managed job");
        }

        var report = await client.CostReportAsync(CostDays, cancellationToken).ConfigureAwait(false);
        return report.Map(costs =>
        {
            var own = costs.Where(cost => cost.Name == handle.Name).ToList();
            var total = own.Sum(static cost => cost.TotalUsd ?? 0);
            return new Settlement(handle.Run, own.Count == 0 ? "the server's cost report does not have it" : "the server's cost report", Reported: total > 0 ? Usd.Of(total).Value : null);
        });
    }

    private async Task<Result<ImmutableArray<string>>> DisposeManagedAsync(RunHandle handle, CancellationToken cancellationToken)
    {
        var found = await client.FindByClusterAsync(handle.Name, managed: true, cancellationToken).ConfigureAwait(false);
        if (!found.TryGet(out var seen, out var failure))
        {
            return failure;
        }

        if (seen.ManagedJob is { } job && !job.State.HasEnded())
        {
            var cancelled = await client.CancelManagedJobsAsync([job.Id], cancellationToken).ConfigureAwait(false);
            found = cancelled.IsOk ? await client.FindByClusterAsync(handle.Name, managed: true, cancellationToken).ConfigureAwait(false) : cancelled.Failure;
        }

        return found.Map(now => now.ManagedJob is { } left && !left.State.HasEnded()
            ? ImmutableArray.Create($"The managed job {left.Id} ({left.RawState}) is not over yet; ask again.")
            : []);
    }

    private static Result<AcceleratorRow> Row(SkyAccelerator row)
    {
        var price = Price(row.OnDemandUsdPerHour);
        var spot = Price(row.SpotUsdPerHour);
        return row.Count is <= 0 or > 1024 ? new Failure(CloudFailures.OfferInvalid, $"{row.Cloud} offers {row.Count} of a {row.Accelerator}.")
            : !price.IsOk ? price.Failure : !spot.IsOk ? spot.Failure
            : new AcceleratorRow(
                row.Cloud, row.InstanceType, row.Accelerator, (decimal)row.Count, (decimal?)row.Cpus, (decimal?)row.DeviceGib, (decimal?)row.HostGib,
                price.Value.Amount, spot.Value.Amount, row.Region);
    }

    private static Result<PriceHolder> Price(decimal? price) => price is { } known ? Usd.Of(known, "its price").Map(static one => new PriceHolder(one)) : new PriceHolder(null);

    private sealed record PriceHolder(Usd? Amount);
}
