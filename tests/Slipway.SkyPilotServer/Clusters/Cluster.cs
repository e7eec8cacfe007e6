using System.Globalization;
using System.Text.Json.Nodes;
using Slipway.SkyPilotApi.Catalogue;
using Slipway.SkyPilotApi.Requests;
using Slipway.SkyPilotApi.Tasks;

namespace Slipway.SkyPilotApi.Clusters;

/// <summary>A rented machine, which is a directory here. Its state changes under the lock of <see cref="ClusterTable"/>.</summary>
internal sealed class Cluster(string name, string home, Choice choice, long nodes, string userHash, string userName, DateTimeOffset launchedAt)
{
    private readonly List<(DateTimeOffset From, DateTimeOffset? To)> _billed = [(launchedAt, null)];

    internal string Name => name;

    /// <summary>What jobs have as their home.</summary>
    internal string Home => home;

    internal Choice Choice => choice;

    internal string UserHash => userHash;

    internal string Hash { get; } = Guid.NewGuid().ToString();

    internal string Status { get; set; } = "INIT";

    internal Autostop Autostop { get; set; } = Autostop.None;

    internal IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    internal List<Job> Jobs { get; } = [];

    /// <summary>Whether it belongs to a managed job, or steers them: then it is in no list of clusters.</summary>
    internal bool IsManaged { get; init; }

    internal bool IsGone { get; set; }

    internal bool EverUp { get; set; }

    internal string LastEvent { get; set; } = "Cluster launch started.";

    internal DateTimeOffset ChangedAt { get; set; }

    internal GrowingLog ProvisionLog { get; } = new();

    /// <summary>Rings when it has been idle for long enough.</summary>
    internal ITimer? IdleTimer { get; set; }

    /// <summary>US dollars an hour for all nodes.</summary>
    internal decimal HourlyPrice => choice.Price * nodes;

    internal string Resources
    {
        get
        {
            var spot = choice.Wanted.IsSpot ? "[Spot]" : string.Empty;
            var gpus = choice.Offer.Accelerator is null ? $"cpus={choice.Offer.Vcpus}" : $"gpus={choice.Offer.Accelerator}:{choice.Offer.Count}";
            return $"{nodes}x {spot}({gpus}, {choice.Offer.InstanceType ?? "-"}, ...)";
        }
    }

    internal void StopBilling(DateTimeOffset at)
    {
        if (_billed[^1].To is null)
        {
            _billed[^1] = (_billed[^1].From, at);
        }
    }

    internal void ResumeBilling(DateTimeOffset at) => _billed.Add((at, null));

    /// <summary>What it has cost until now, in US dollars: whole machine, all nodes, by the second.</summary>
    internal decimal Spend(DateTimeOffset now) => HourlyPrice * (decimal)_billed.Sum(span => ((span.To ?? now) - span.From).TotalHours);

    internal JsonObject ToRecord(int callerVersion, bool withCredentials, bool withHandle)
    {
        var offer = choice.Offer;
        var record = new JsonObject
        {
            ["name"] = name,
            ["launched_at"] = launchedAt.ToUnixTimeSeconds(),
            ["status"] = Status is "AUTOSTOPPING" && callerVersion < 29 ? "INIT" : Status,
            ["autostop"] = Autostop.IdleMinutes,
            ["to_down"] = Autostop.Down,
            ["user_hash"] = userHash,
            ["user_name"] = userName,
            ["workspace"] = "default",
            ["cluster_hash"] = Hash,
            ["cluster_ever_up"] = EverUp,
            ["is_managed"] = IsManaged,
            ["nodes"] = nodes,
            ["cloud"] = Optimizer.Display(offer.Cloud),
            ["region"] = offer.Region,
            ["cpus"] = offer.Vcpus?.ToString(CultureInfo.InvariantCulture),
            ["memory"] = offer.MemoryGib?.ToString(CultureInfo.InvariantCulture),
            ["accelerators"] = offer.Accelerator is null ? null : $"{{'{offer.Accelerator}': {offer.Count.ToString(CultureInfo.InvariantCulture)}}}",
            ["resources_str"] = Resources,
            ["resources_str_full"] = Resources,
            ["last_event"] = LastEvent,
            ["launch_status_reason"] = null,
            ["labels"] = new JsonObject([.. Labels.Select(static pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))]),
            ["last_use"] = "launch",
            ["status_updated_at"] = ChangedAt.ToUnixTimeSeconds(),
        };
        if (withCredentials)
        {
            record["credentials"] = new JsonObject { ["ssh_user"] = "sky", ["ssh_private_key_content"] = "-----BEGIN A PRIVATE KEY THAT NOBODY ASKED FOR-----" };
        }

        if (withHandle)
        {
            record["handle"] = Pickles.New();
        }

        return record;
    }

    /// <summary>A row of the cost report; its cost is 0.0 where the price could not be found.</summary>
    internal JsonObject ToCost(DateTimeOffset now)
    {
        var record = ToRecord(int.MaxValue, withCredentials: false, withHandle: false);
        var spans = _billed.Select(span => (JsonNode)new JsonArray(span.From.ToUnixTimeSeconds(), span.To?.ToUnixTimeSeconds()));
        return new JsonObject
        {
            ["name"] = name,
            ["launched_at"] = launchedAt.ToUnixTimeSeconds(),
            ["duration"] = (long)_billed.Sum(span => ((span.To ?? now) - span.From).TotalSeconds),
            ["num_nodes"] = nodes,
            ["cluster_hash"] = Hash,
            ["usage_intervals"] = new JsonArray([.. spans]),
            ["total_cost"] = JsonNode.Parse(Spend(now).ToString("0.0###########", CultureInfo.InvariantCulture)),
            ["user_hash"] = userHash,
            ["user_name"] = userName,
            ["workspace"] = "default",
            ["status"] = IsGone ? null : Status,
            ["cloud"] = record["cloud"]!.DeepClone(),
            ["region"] = choice.Offer.Region,
            ["cpus"] = record["cpus"]?.DeepClone(),
            ["memory"] = record["memory"]?.DeepClone(),
            ["accelerators"] = record["accelerators"]?.DeepClone(),
            ["resources_str"] = Resources,
            ["resources_str_full"] = Resources,
        };
    }
}
