using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Slipway.SkyPilotApi.Tasks;

/// <summary>When an idle cluster ends.</summary>
/// <param name="IdleMinutes">After so many minutes; -1 is never.</param>
/// <param name="Down">Whether the machine is given back; otherwise it is stopped and its disk bills on.</param>
/// <param name="WaitFor">What counts as not idle: <c>jobs_and_ssh</c>, <c>jobs</c> or <c>none</c>.</param>
internal sealed record Autostop(long IdleMinutes, bool Down, string WaitFor)
{
    internal static Autostop None { get; } = new(-1, Down: false, "jobs_and_ssh");

    /// <summary>As it is set: 0 minutes are 1, and less than 0 is never.</summary>
    internal static Autostop Of(long minutes, bool down, string? waitFor) => new(minutes < 0 ? -1 : Math.Max(1, minutes), down && minutes >= 0, waitFor ?? "jobs_and_ssh");
}

/// <summary>One way in which a task's resources may be met.</summary>
internal sealed record Wanted(JsonObject Fields)
{
    private string[] Infra => (Text("infra") ?? string.Empty).Split('/');

    internal string? Cloud => Infra[0].Length > 0 && Infra[0] is not "*" ? Lower(Infra[0]) : Text("cloud") is { } cloud ? Lower(cloud) : null;

    internal string? Region => Infra.Length > 1 && Infra[1] is not "*" ? Infra[1] : Text("region");

    internal bool IsSpot => Fields["use_spot"]?.GetValue<bool>() ?? false;

    internal string? InstanceType => Text("instance_type");

    internal double? MostPerHour => Fields["max_hourly_cost"] is { } cost ? Number(cost.ToJsonString()) : null;

    internal string? Cpus => Fields["cpus"]?.ToString();

    internal string? Memory => Fields["memory"]?.ToString();

    internal string DiskSize => Fields["disk_size"]?.ToString() ?? "256";

    /// <summary>The accelerators that would do, with their numbers; empty where none is asked for.</summary>
    internal IReadOnlyList<(string Name, double Count)> Accelerators => Fields["accelerators"] switch
    {
        JsonValue one => [Accelerator(one.ToString())],
        JsonArray any => [.. any.Select(static one => Accelerator(one!.ToString()))],
        JsonObject map => [.. map.Select(static pair => (pair.Key, pair.Value is null ? 1 : Number(pair.Value.ToJsonString())))],
        _ => [],
    };

    internal Autostop Autostop => Fields["autostop"] switch
    {
        null => Autostop.None,
        JsonObject map => Autostop.Of(map["idle_minutes"]?.GetValue<long>() ?? 5, map["down"]?.GetValue<bool>() ?? false, map["wait_for"]?.GetValue<string>()),
        { } value when value.GetValueKind() is JsonValueKind.True => Autostop.Of(5, down: false, null),
        { } value when value.GetValueKind() is JsonValueKind.Number => Autostop.Of(value.GetValue<long>(), down: false, null),
        _ => Autostop.None,
    };

    private string? Text(string key) => Fields[key]?.GetValue<string>();

    private static (string Name, double Count) Accelerator(string text) =>
        text.Split(':') is [var name, var count] ? (name, Number(count)) : (text, 1);

    private static string Lower(string cloud) => cloud.ToLowerInvariant() is "k8s" ? "kubernetes" : cloud.ToLowerInvariant();

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>A task as it was sent: one document, or a name and one document.</summary>
internal sealed class SkyTask
{
    private readonly JsonObject _fields;

    private SkyTask(JsonObject fields, string? name)
    {
        _fields = fields;
        Name = _fields["name"]?.GetValue<string>() ?? name;
    }

    internal string? Name { get; }

    internal long Nodes => _fields["num_nodes"]?.GetValue<long>() ?? 1;

    internal string? Setup => _fields["setup"]?.GetValue<string>();

    internal string Run => _fields["run"]?.GetValue<string>() ?? string.Empty;

    internal JsonNode? Workdir => _fields["workdir"];

    internal JsonObject FileMounts => _fields["file_mounts"] as JsonObject ?? [];

    internal JsonObject Mapping => _fields["file_mounts_mapping"] as JsonObject ?? [];

    internal IReadOnlyDictionary<string, string> Labels => Texts(Resources["labels"]);

    /// <summary>The variables of the job, the secret ones among them.</summary>
    internal IReadOnlyDictionary<string, string> Variables =>
        Texts(_fields["envs"]).Concat(Texts(_fields["secrets"])).ToDictionary(StringComparer.Ordinal);

    internal Autostop Autostop => new Wanted(Resources).Autostop;

    /// <summary>The ways in which its resources may be met: one, or those of <c>any_of</c> and <c>ordered</c>.</summary>
    internal IReadOnlyList<Wanted> Alternatives
    {
        get
        {
            var among = (Resources["any_of"] ?? Resources["ordered"]) as JsonArray;
            return among is null ? [new Wanted(Resources)] : [.. among.OfType<JsonObject>().Select(Merge)];
        }
    }

    private JsonObject Resources => _fields["resources"] as JsonObject ?? [];

    /// <summary>Reads a task.</summary>
    /// <exception cref="SkyError">It is none, for this API version.</exception>
    internal static SkyTask Read(string yaml, int apiVersion)
    {
        var documents = Yaml.Documents(yaml).OfType<JsonObject>().ToList();
        var header = documents.Count > 1 && documents[0].All(static pair => pair.Key is "name") ? documents[0] : null;
        var tasks = documents.Skip(header is null ? 0 : 1).ToList();
        if (tasks.Count != 1)
        {
            throw SkyError.BadTask($"Expected one task, and found {tasks.Count}.");
        }

        TaskSchema.Check(tasks[0], apiVersion);
        return new SkyTask(tasks[0], header?["name"]?.GetValue<string>());
    }

    private Wanted Merge(JsonObject alternative)
    {
        var merged = Resources.DeepClone().AsObject();
        _ = merged.Remove("any_of") || merged.Remove("ordered");
        foreach (var (key, value) in alternative)
        {
            merged[key] = value?.DeepClone();
        }

        return new Wanted(merged);
    }

    private static Dictionary<string, string> Texts(JsonNode? map) =>
        (map as JsonObject ?? []).ToDictionary(static pair => pair.Key, static pair => pair.Value?.ToString() ?? string.Empty, StringComparer.Ordinal);
}
