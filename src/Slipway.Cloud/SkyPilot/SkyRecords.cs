using System.Text.Json;

namespace Slipway.Cloud.SkyPilot;

/// <summary>A row of a cloud's catalogue, as the server has it.</summary>
/// <param name="Cloud">The cloud.</param>
/// <param name="InstanceType">The machine type; null where the cloud has none.</param>
/// <param name="Accelerator">The card.</param>
/// <param name="Count">How many of them one machine has.</param>
/// <param name="Cpus">Virtual CPUs.</param>
/// <param name="DeviceGib">Memory of one card in GiB; null where it is unknown.</param>
/// <param name="HostGib">Memory of the machine in GiB.</param>
/// <param name="OnDemandUsdPerHour">US dollars an hour for the whole machine; null where there is no price.</param>
/// <param name="SpotUsdPerHour">The same for an interruptible one; null where there is none.</param>
/// <param name="Region">The region.</param>
public sealed record SkyAccelerator(
    string Cloud, string? InstanceType, string Accelerator, double Count, double? Cpus, double? DeviceGib, double? HostGib, decimal? OnDemandUsdPerHour, decimal? SpotUsdPerHour, string Region)
{
    internal static SkyAccelerator? Read(JsonElement row)
    {
        // Rows are positional: a shorter one is of another version and tells nothing safely.
        if (row.ValueKind != JsonValueKind.Array || row.GetArrayLength() < 10 || row[0].ValueKind != JsonValueKind.String || row[2].ValueKind != JsonValueKind.String || row[3].Number() is not { } count)
        {
            return null;
        }

        return new SkyAccelerator(
            row[0].GetString()!, Text(row[1]), row[2].GetString()!, count, row[4].Number(), row[5].Number() is > 0 and var memory ? memory : null, row[6].Number(), row[7].Money(), row[8].Money(), Text(row[9]) ?? string.Empty);
    }

    private static string? Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>A cluster. It has no price, and its credentials are never asked for.</summary>
/// <param name="Name">Its name, which we chose.</param>
/// <param name="State">Its state.</param>
/// <param name="RawState">The server's word for that.</param>
public sealed record SkyCluster(string Name, SkyClusterState State, string RawState)
{
    /// <summary>Minutes of idleness after which it ends by itself; null where it does not.</summary>
    public int? AutostopMinutes { get; init; }

    /// <summary>Whether it is then deleted rather than stopped.</summary>
    public bool AutostopDeletes { get; init; }

    /// <summary>When it was last launched, UTC.</summary>
    public DateTimeOffset? LaunchedAt { get; init; }

    /// <summary>The user hash that owns it.</summary>
    public string? UserHash { get; init; }

    /// <summary>The server's own identity for this life of the name.</summary>
    public string? ClusterHash { get; init; }

    /// <summary>How many machines it has.</summary>
    public int? Nodes { get; init; }

    /// <summary>The cloud.</summary>
    public string? Cloud { get; init; }

    /// <summary>The region.</summary>
    public string? Region { get; init; }

    /// <summary>What each machine is, in the server's words.</summary>
    public string? Resources { get; init; }

    /// <summary>What happened last, in the server's words.</summary>
    public string? LastEvent { get; init; }

    /// <summary>Whether the server manages it for a managed job.</summary>
    public bool IsManaged { get; init; }

    /// <summary>Its labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    internal static SkyCluster Read(JsonElement json)
    {
        var raw = json.Text("status") ?? string.Empty;
        return new SkyCluster(json.Text("name") ?? string.Empty, SkyStates.Cluster(raw), raw)
        {
            AutostopMinutes = json.Whole("autostop") is >= 0 and <= int.MaxValue and var minutes ? (int)minutes : null,
            AutostopDeletes = json.Flag("to_down") ?? false,
            LaunchedAt = json.Instant("launched_at"),
            UserHash = json.Text("user_hash"),
            ClusterHash = json.Text("cluster_hash"),
            Nodes = json.Whole("nodes") is >= 0 and <= int.MaxValue and var nodes ? (int)nodes : null,
            Cloud = json.Text("cloud"),
            Region = json.Text("region"),
            Resources = json.Text("resources_str"),
            LastEvent = json.Text("last_event"),
            IsManaged = json.Flag("is_managed") ?? false,
            Labels = json.Texts("labels"),
        };
    }
}

/// <summary>A job of a cluster, or a managed job.</summary>
/// <param name="Id">Its number, on the cluster or among the managed ones.</param>
/// <param name="Name">Its name.</param>
/// <param name="State">Its state.</param>
/// <param name="RawState">The server's word for that.</param>
public sealed record SkyJob(long Id, string Name, SkyJobState State, string RawState)
{
    /// <summary>When it was handed in, UTC.</summary>
    public DateTimeOffset? SubmittedAt { get; init; }

    /// <summary>When it began, UTC.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended, UTC.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How often its machine was replaced; only of managed jobs.</summary>
    public int Recoveries { get; init; }

    /// <summary>Why it failed, in the server's words; only of managed jobs.</summary>
    public string? FailureReason { get; init; }

    /// <summary>The cluster that it runs on now; only of managed jobs.</summary>
    public string? ClusterName { get; init; }

    /// <summary>Where its logs lie on the cluster; only of jobs of a cluster.</summary>
    public string? LogPath { get; init; }

    internal static SkyJob Read(JsonElement json)
    {
        var raw = json.Text("status") ?? string.Empty;
        return new SkyJob(json.Whole("job_id") ?? 0, json.Text("job_name") ?? string.Empty, SkyStates.Job(raw), raw)
        {
            SubmittedAt = json.Instant("submitted_at"),
            StartedAt = json.Instant("start_at"),
            EndedAt = json.Instant("end_at"),
            Recoveries = json.Whole("recovery_count") is > 0 and <= int.MaxValue and var count ? (int)count : 0,
            FailureReason = json.Text("failure_reason"),
            ClusterName = json.Text("current_cluster_name"),
            LogPath = json.Text("log_path"),
        };
    }
}

/// <summary>What the server thinks that a cluster has cost.</summary>
/// <param name="Name">The cluster's name.</param>
/// <param name="TotalUsd">US dollars; null where the server says 0, which is what it says when it knows no price.</param>
/// <param name="Duration">How long it was up.</param>
/// <param name="Nodes">How many machines it had.</param>
public sealed record SkyCost(string Name, decimal? TotalUsd, TimeSpan? Duration, int? Nodes)
{
    /// <summary>The server's own identity for that life of the name.</summary>
    public string? ClusterHash { get; init; }

    internal static SkyCost Read(JsonElement json) => new(
        json.Text("name") ?? string.Empty,
        json.TryGetProperty("total_cost", out var cost) && cost.Money() is > 0 and var total ? total : null,
        json.Number("duration") is >= 0 and < 1e10 and var seconds ? TimeSpan.FromSeconds(seconds) : null,
        json.Whole("num_nodes") is >= 0 and <= int.MaxValue and var nodes ? (int)nodes : null)
    { ClusterHash = json.Text("cluster_hash") };
}
