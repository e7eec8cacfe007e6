using System.Text.Json;
using Slipway.Runs.Jobs;

namespace Slipway.Cloud.Money;

/// <summary>What the record says of one plan.</summary>
internal sealed record PlanRecord(string Digest, string Subject, DateTimeOffset At, DateTimeOffset Expires, bool NeedsPerson)
{
    public PlanAnswer? Approval { get; init; }

    public PlanAnswer? Refusal { get; init; }

    public RunId? Run { get; init; }

    public bool IsSuperseded { get; init; }

    public DateTimeOffset ExpiresAt => Approval is { } yes ? yes.At + (Expires - At) : Expires;

    /// <summary>The state at a time; what a person or a launch did comes before what the clock does.</summary>
    public PlanState StateAt(DateTimeOffset now) =>
        Run is not null ? PlanState.Consumed
        : Refusal is not null ? PlanState.Declined
        : IsSuperseded ? PlanState.Superseded
        : now >= ExpiresAt ? PlanState.Expired
        : Approval is not null ? PlanState.Approved
        : NeedsPerson ? PlanState.Waiting
        : PlanState.AutoApproved;
}

/// <summary>What the lines of the plans' record add up to.</summary>
internal sealed class PlanRecords
{
    public Dictionary<string, PlanRecord> Plans { get; } = new(StringComparer.Ordinal);

    /// <summary>Tickets that were used.</summary>
    public HashSet<string> Burnt { get; } = new(StringComparer.Ordinal);

    /// <summary>The latest time of any line; plans do not come back to life when a clock is set back.</summary>
    public DateTimeOffset Latest { get; private set; } = DateTimeOffset.MinValue;

    public void Apply(JsonElement record)
    {
        var at = record.Time("at") ?? Latest;
        Latest = at > Latest ? at : Latest;
        if (record.Text("nonce") is { } nonce)
        {
            Burnt.Add(nonce);
        }

        var id = record.Text("plan") ?? string.Empty;
        switch (record.Text("kind"))
        {
            case "planned":
                Plans.TryAdd(id, new PlanRecord(record.Text("digest") ?? string.Empty, record.Text("subject") ?? string.Empty, at, record.Time("expires") ?? at, record.Flag("needs_person")));
                Supersede(record.Text("supersedes"));
                break;
            case "approved" when Plans.TryGetValue(id, out var plan):
                Plans[id] = plan with { Approval = Answer(record, at) };
                break;
            case "declined" when Plans.TryGetValue(id, out var plan):
                Plans[id] = plan with { Refusal = Answer(record, at) };
                break;
            case "consumed" when Plans.TryGetValue(id, out var plan):
                Plans[id] = plan with { Run = RunId.Parse(record.Text("run") ?? string.Empty) ?? default(RunId) };
                break;
        }
    }

    private void Supersede(string? id)
    {
        if (id is not null && Plans.TryGetValue(id, out var old))
        {
            Plans[id] = old with { IsSuperseded = true };
        }
    }

    private static PlanAnswer Answer(JsonElement record, DateTimeOffset at) => new(
        record.Text("person") ?? string.Empty,
        record.Text("channel") switch { "terminal" => ApprovalChannel.Terminal, "web" => ApprovalChannel.Web, _ => ApprovalChannel.Elicitation },
        at,
        record.Text("signature"),
        record.Text("reason"));
}
