using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Cloud.Backends;
using Slipway.Cloud.Money;
using Slipway.Runs.Jobs;

namespace Slipway.Cloud.Launching;

/// <summary>A launch that was handed in. Nothing is waited for: how it goes on, a status tells.</summary>
/// <param name="Run">The run.</param>
/// <param name="Backend">The backend.</param>
/// <param name="Name">The name of the machines there, or the job there.</param>
/// <param name="State">How it stands.</param>
/// <param name="Ceiling">What is reserved; null where nobody bills.</param>
/// <param name="EndsBy">When its machines must be gone.</param>
/// <param name="Guards">The guards that are set; which of them hold, a status tells.</param>
/// <param name="IsAdopted">Whether the answer of the server was lost, and what it had done was found.</param>
/// <param name="Warnings">What people should know.</param>
public sealed record LaunchResult(
    RunId Run, string Backend, string Name, BackendState State, Usd? Ceiling, DateTimeOffset EndsBy, GuardReport Guards, bool IsAdopted, ImmutableArray<string> Warnings) : ICloudResult
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString("run_id", Run.ToString());
        writer.WriteString("backend", Backend);
        writer.WriteString("name", Name);
        writer.WriteString("state", State.Word());
        writer.Amount("ceiling_usd", Ceiling);
        writer.Time("ends_by", EndsBy);
        writer.WriteBoolean("adopted", IsAdopted);
        writer.WritePropertyName("guards");
        Guards.WriteTo(writer);
        writer.Sentences("warnings", Warnings);
        writer.WriteEndObject();
    }
}

/// <summary>What became of asking for a launch: the launch, or the plan that a person has to say yes to first.</summary>
/// <param name="Plan">The plan, where it was made by this call.</param>
/// <param name="Launch">The launch; null when the plan waits for a person.</param>
public sealed record LaunchAnswer(PlanResult? Plan, LaunchResult? Launch) : ICloudResult
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        Write(writer, "plan", Plan);
        Write(writer, "launch", Launch);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, ICloudResult? result)
    {
        writer.WritePropertyName(name);
        if (result is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            result.WriteTo(writer);
        }
    }
}

/// <summary>How a run stands.</summary>
/// <param name="Run">The run.</param>
/// <param name="Backend">The backend.</param>
/// <param name="Name">The name of the machines there, or the job there.</param>
/// <param name="Workflow">The template.</param>
/// <param name="State">How it stands.</param>
public sealed record RunView(RunId Run, string Backend, string Name, string Workflow, BackendState State) : ICloudResult
{
    /// <summary>The backend's own word for the state.</summary>
    public string RawState { get; init; } = string.Empty;

    /// <summary>What is happening, for people: <c>machines are being got</c>, <c>cleanup pending</c> and so on.</summary>
    public string Phase { get; init; } = string.Empty;

    /// <summary>The last words of progress; null for none.</summary>
    public string? Progress { get; init; }

    /// <summary>How often lost machines were got anew.</summary>
    public int Recoveries { get; init; }

    /// <summary>What it has cost so far by the backend's own times; null where nobody bills or nothing is known.</summary>
    public Usd? SpentSoFar { get; init; }

    /// <summary>What is reserved; null where nobody bills.</summary>
    public Usd? Ceiling { get; init; }

    /// <summary>How far its money is.</summary>
    public LedgerState? Money { get; init; }

    /// <summary>The guards.</summary>
    public GuardReport Guards { get; init; } = new([]);

    /// <summary>What still bills, sentences for people; empty when nothing does.</summary>
    public ImmutableArray<string> StillBills { get; init; } = [];

    /// <summary>The last lines of the log, where they were asked for.</summary>
    public ImmutableArray<string> LastLines { get; init; } = [];

    /// <summary>What people should know.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>When it was launched, by our clock.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the workload began, by the backend's clock.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended, by the backend's clock.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When its machines must be gone.</summary>
    public DateTimeOffset? EndsBy { get; init; }

    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString("run_id", Run.ToString());
        writer.WriteString("backend", Backend);
        writer.WriteString("name", Name);
        writer.WriteString("workflow", Workflow);
        writer.WriteString("state", State.Word());
        writer.WriteString("raw_state", RawState);
        writer.WriteString("phase", Phase);
        writer.WriteString("progress", Progress);
        writer.WriteNumber("recoveries", Recoveries);
        writer.Amount("spent_so_far_usd", SpentSoFar);
        writer.Amount("ceiling_usd", Ceiling);
        writer.WriteString("money", Money?.ToString().ToLowerInvariant());
        writer.WritePropertyName("guards");
        Guards.WriteTo(writer);
        writer.Sentences("still_bills", StillBills);
        writer.Sentences("last_lines", LastLines);
        writer.Sentences("notes", Notes);
        writer.Time("created_at", CreatedAt);
        writer.Time("started_at", StartedAt);
        writer.Time("ended_at", EndedAt);
        writer.Time("ends_by", EndsBy);
        writer.WriteEndObject();
    }
}

/// <summary>Machines of ours that the ledger does not know. They are only ever taken down by a person's own command.</summary>
/// <param name="Name">Their name.</param>
/// <param name="State">The server's word for their state.</param>
/// <param name="Where">The cloud and region.</param>
/// <param name="LaunchedAt">When.</param>
/// <param name="Why">Why they are taken for ours.</param>
public sealed record OrphanView(string Name, string State, string Where, DateTimeOffset? LaunchedAt, string Why) : ICloudResult
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString("name", Name);
        writer.WriteString("state", State);
        writer.WriteString("where", Where);
        writer.Time("launched_at", LaunchedAt);
        writer.WriteString("why", Why);
        writer.WriteEndObject();
    }
}

/// <summary>All runs, and machines that belong to none.</summary>
/// <param name="Runs">The runs, the newest first.</param>
/// <param name="Orphans">The orphans.</param>
/// <param name="Notes">Whom we could not ask, and what was mended.</param>
public sealed record ListResult(ImmutableArray<RunView> Runs, ImmutableArray<OrphanView> Orphans, ImmutableArray<string> Notes) : ICloudResult
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteStartArray("runs");
        foreach (var run in Runs)
        {
            run.WriteTo(writer);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("orphans");
        foreach (var orphan in Orphans)
        {
            orphan.WriteTo(writer);
        }

        writer.WriteEndArray();
        writer.Sentences("notes", Notes);
        writer.WriteEndObject();
    }
}
