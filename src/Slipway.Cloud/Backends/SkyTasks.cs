using System.Collections.Immutable;
using System.Globalization;
using Slipway.Cloud.SkyPilot;

namespace Slipway.Cloud.Backends;

/// <summary>
/// The task of a run (SkyPilot's task YAML, API 55). All guards are in it: the timeout around the one command, autostop that deletes, the cap of the hourly price, no credentials of the server, our label.
/// It has no <c>setup</c>, for no timeout would hold for that.
/// </summary>
internal static class SkyTasks
{
    public const string Label = "slipway-run";
    private const string BucketName = "slipway-bucket";
    private const int KillAfterSeconds = 120;
    private static readonly ImmutableSortedDictionary<string, string> None = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    public static SkyTask Of(LaunchSpec spec, ImmutableSortedDictionary<string, string> secrets)
    {
        var plan = spec.Plan;
        var offer = plan.Offer;
        var seconds = ((long)Math.Ceiling(plan.MaxRuntime.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        var resources = new SkyResources
        {
            Infra = offer.Region.Length > 0 ? $"{offer.Cloud}/{offer.Region}" : offer.Cloud,
            InstanceType = offer.InstanceType.Length > 0 ? offer.InstanceType : null,
            Accelerator = offer.Gpu,
            AcceleratorCount = Math.Max(1, offer.GpuCount),
            UseSpot = plan.Spot,
            DiskGib = spec.DiskGib,
            MaxHourlyUsd = plan.Guards.MaxHourlyPerNode?.Value,
            Labels = None.Add(Label, spec.Run.ToString()),
            Autostop = new SkyAutostop(spec.IdleMinutes, Down: true, SkyWaitFor.Jobs),
        };
        // Only the machine's shell knows its home; below the bucket each run has a folder of its own.
        var checkpoints = spec.Bucket is null ? string.Empty : $"export SLIPWAY_CHECKPOINTS=\"$HOME/{BucketName}/{spec.Name}\"\n";
        return new SkyTask(spec.Name, $"{checkpoints}timeout --signal=TERM --kill-after={KillAfterSeconds} {seconds} bash ~/sky_workdir/run.sh", resources)
        {
            Nodes = plan.Nodes,
            Envs = None.Add("SLIPWAY_RUN_ID", spec.Run.ToString()),
            Buckets = spec.Bucket is { } bucket ? None.Add($"~/{BucketName}", bucket) : None,
            Secrets = secrets,
            Workdir = WorkdirPacker.RemotePath,
            ServerAccess = false,
        };
    }
}
