using System.Text.Json;
using Slipway.Cloud.Backends;
using Slipway.Cloud.Money;
using Slipway.Runs.Jobs;

namespace Slipway.Cloud.Launching;

/// <summary>How far a launch came. Each is on the disk before what comes after it begins.</summary>
public enum LaunchStage
{
    /// <summary>Money is reserved, and nothing was sent that could rent anything.</summary>
    Prepared,

    /// <summary>It is being handed in: whether it arrived, only the backend can say.</summary>
    Posting,

    /// <summary>The backend has it.</summary>
    Posted,

    /// <summary>Its machines are gone and its money is settled.</summary>
    Ended,
}

/// <summary>What is kept of a rented run, in <c>cloud.json</c>. No secret is in it.</summary>
/// <param name="Run">The run.</param>
/// <param name="Plan">Its plan.</param>
/// <param name="Backend">Its backend.</param>
/// <param name="Workflow">Its template.</param>
/// <param name="Handle">How it is found.</param>
/// <param name="CreatedAt">When it was launched.</param>
internal sealed record CloudRecord(RunId Run, string Plan, string Backend, string Workflow, RunHandle Handle, DateTimeOffset CreatedAt)
{
    public string? Host { get; init; }

    public LaunchStage Stage { get; init; }

    public DateTimeOffset? PostingAt { get; init; }

    public BackendState State { get; init; } = BackendState.Queued;

    public string Raw { get; init; } = string.Empty;

    public string Phase { get; init; } = string.Empty;

    public string? Error { get; init; }

    /// <summary>Whether a job or a machine of it was ever seen.</summary>
    public bool WasSeen { get; init; }

    public bool HasMachines { get; init; }

    public DateTimeOffset? RentedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public int Recoveries { get; init; }

    public GuardReport Guards { get; init; } = new([]);

    public byte[] Render() => JsonText.Of(writer =>
    {
        writer.WriteString("schema", "slipway.cloud/1");
        writer.WriteString("run_id", Run.ToString());
        writer.WriteString("plan", Plan);
        writer.WriteString("backend", Backend);
        writer.WriteString("workflow", Workflow);
        writer.WriteString("host", Host);
        writer.WriteString("name", Handle.Name);
        writer.WriteString("request", Handle.RequestId);
        writer.WriteString("job", Handle.Job?.ToString(System.Globalization.CultureInfo.InvariantCulture));
        writer.WriteBoolean("managed", Handle.IsManaged);
        writer.WriteNumber("idle_minutes", Handle.IdleMinutes);
        writer.WriteString("package", Handle.Package);
        writer.Time("created_at", CreatedAt);
        writer.WriteString("stage", Stage.ToString().ToLowerInvariant());
        writer.Time("posting_at", PostingAt);
        writer.WriteString("state", State.Word());
        writer.WriteString("raw", Raw);
        writer.WriteString("phase", Phase);
        writer.WriteString("error", Error);
        writer.WriteBoolean("seen", WasSeen);
        writer.WriteBoolean("has_machines", HasMachines);
        writer.Time("rented_at", RentedAt);
        writer.Time("started_at", StartedAt);
        writer.Time("ended_at", EndedAt);
        writer.WriteNumber("recoveries", Recoveries);
        writer.WritePropertyName("guards");
        Guards.WriteTo(writer);
    });

    public static CloudRecord? Read(JsonElement json)
    {
        if (json.Text("run_id") is not { } id || RunId.Parse(id) is not { } run || json.Text("backend") is not { } backend || json.Text("name") is not { } name
            || json.Text("plan") is not { } plan || json.Time("created_at") is not { } created || !Enum.TryParse<LaunchStage>(json.Text("stage"), ignoreCase: true, out var stage))
        {
            return null;
        }

        var handle = new RunHandle(run, name)
        {
            RequestId = json.Text("request"),
            Job = long.TryParse(json.Text("job"), out var job) ? job : null,
            IsManaged = json.Flag("managed"),
            IdleMinutes = json.Whole("idle_minutes") ?? 0,
            Package = json.Text("package"),
        };
        return new CloudRecord(run, plan, backend, json.Text("workflow") ?? string.Empty, handle, created)
        {
            Host = json.Text("host"),
            Stage = stage,
            PostingAt = json.Time("posting_at"),
            State = BackendStates.Parse(json.Text("state")),
            Raw = json.Text("raw") ?? string.Empty,
            Phase = json.Text("phase") ?? string.Empty,
            Error = json.Text("error"),
            WasSeen = json.Flag("seen"),
            HasMachines = json.Flag("has_machines"),
            RentedAt = json.Time("rented_at"),
            StartedAt = json.Time("started_at"),
            EndedAt = json.Time("ended_at"),
            Recoveries = json.Whole("recoveries") ?? 0,
            Guards = ReadGuards(json),
        };
    }

    /// <summary>The record with what was just seen. An end that was seen once stays, whatever is forgotten later.</summary>
    public CloudRecord With(Observation seen)
    {
        var isForgotten = seen.State is BackendState.UnknownEnded && State.HasEnded() && State is not BackendState.UnknownEnded;
        return this with
        {
            Handle = Handle with { Job = seen.Job ?? Handle.Job },
            State = isForgotten ? State : seen.State,
            Raw = isForgotten ? Raw : seen.Raw,
            Phase = isForgotten ? "over" : seen.Phase,
            Error = seen.Error ?? Error,
            WasSeen = WasSeen || seen.Job is not null || seen.RentedAt is not null,
            HasMachines = seen.HasMachines,
            RentedAt = RentedAt ?? seen.RentedAt,
            StartedAt = seen.StartedAt ?? StartedAt,
            EndedAt = seen.EndedAt ?? EndedAt,
            Recoveries = Math.Max(Recoveries, seen.Recoveries),
            Guards = new GuardReport([.. Guards.Guards.Where(old => !seen.Guards.Any(now => now.Name == old.Name)), .. seen.Guards]),
        };
    }

    private static GuardReport ReadGuards(JsonElement json) => new(json.TryGetProperty("guards", out var guards) && guards.ValueKind is JsonValueKind.Array
        ? [.. guards.EnumerateArray().Select(static guard => new GuardFact(
            guard.Text("name") ?? string.Empty,
            guard.TryGetProperty("in_force", out var holds) && holds.ValueKind is JsonValueKind.True or JsonValueKind.False ? holds.GetBoolean() : null,
            guard.Text("text") ?? string.Empty))]
        : []);
}
