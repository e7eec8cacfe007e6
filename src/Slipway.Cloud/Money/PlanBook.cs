using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Machines.Files;
using Slipway.Runs.Jobs;

namespace Slipway.Cloud.Money;

/// <summary>
/// The plans: one file each, and one append-only record of what became of them, under the ledger's lock. A plan is used up once, however many ask at the same time.
/// </summary>
/// <param name="folder">Where they are.</param>
/// <param name="time">The clock.</param>
public sealed class PlanBook(MoneyFolder folder, TimeProvider time)
{
    private const long MostBytes = 64 * 1024;

    private readonly RecordLog<PlanRecords> _log = new(folder, folder.PlanLog, CloudFailures.PlanBookDamaged, static () => new PlanRecords(), static (records, record) => records.Apply(record));

    /// <summary>Keeps a plan. One for the same thing that is still open is the answer instead, so that planning twice is planning once.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="policy">Says whether a person is needed.</param>
    /// <param name="supersedes">A plan whose place it takes.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public async Task<Result<PlanStatus>> AddAsync(LaunchPlan plan, SpendPolicy policy, PlanId? supersedes, CancellationToken cancellationToken)
    {
        // The file comes first: a record without its plan would be damage, a plan without a record is nothing.
        var written = folder.Prepare().Then(_ => LocalFiles.Write(FileOf(plan.Id), plan.Canonical, MoneyFolder.Secret));
        if (!written.IsOk)
        {
            return written.Failure;
        }

        var kept = await _log.ChangeAsync(records => Add(records, plan, policy, supersedes), cancellationToken).ConfigureAwait(false);
        return kept.TryGet(out var id, out var failure) ? await GetAsync(id, cancellationToken).ConfigureAwait(false) : failure;
    }

    /// <summary>A plan and its state.</summary>
    public async Task<Result<PlanStatus>> GetAsync(PlanId id, CancellationToken cancellationToken)
    {
        var found = await _log.ReadAsync<(PlanRecord Record, DateTimeOffset Now)>(
            records => records.Plans.TryGetValue(id.ToString(), out var record) ? (record, Now(records)) : NotFound(id), cancellationToken).ConfigureAwait(false);
        return found.Then(one => Read(id, one.Record.Digest).Map(plan => StatusOf(plan, one.Record, one.Now)));
    }

    /// <summary>All plans that can still be answered or launched, the newest last.</summary>
    public async Task<Result<IReadOnlyList<PlanStatus>>> OpenAsync(CancellationToken cancellationToken)
    {
        var found = await _log.ReadAsync(
            records => Result.Ok<IReadOnlyList<string>>([.. records.Plans
                .Where(pair => pair.Value.StateAt(Now(records)) is PlanState.Waiting or PlanState.Approved or PlanState.AutoApproved)
                .OrderBy(static pair => pair.Value.At).ThenBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => pair.Key)]),
            cancellationToken).ConfigureAwait(false);
        if (!found.TryGet(out var ids, out var failure))
        {
            return failure;
        }

        var plans = new List<PlanStatus>();
        foreach (var id in ids)
        {
            var plan = await GetAsync(PlanId.Parse(id).Value, cancellationToken).ConfigureAwait(false);
            if (!plan.IsOk)
            {
                return plan.Failure;
            }

            plans.Add(plan.Value);
        }

        return plans;
    }

    /// <summary>Uses a plan up for a run: one of all who ask.</summary>
    internal Task<Result<Unit>> ConsumeAsync(PlanId id, RunId run, CancellationToken cancellationToken) => ChangeAsync(
        id,
        state => state is PlanState.Approved or PlanState.AutoApproved ? null : NotOpen(id, state),
        null,
        (writer, _) =>
        {
            writer.WriteString("kind", "consumed");
            writer.WriteString("run", run.ToString());
        },
        cancellationToken);

    /// <summary>Notes a person's answer; a ticket's nonce is burnt by the same line.</summary>
    internal Task<Result<Unit>> AnswerAsync(PlanId id, bool yes, PlanAnswer answer, string? nonce, CancellationToken cancellationToken) => ChangeAsync(
        id,
        state => state is PlanState.Waiting || (!yes && state is PlanState.Approved or PlanState.AutoApproved) ? null : NotOpen(id, state),
        nonce,
        (writer, _) =>
        {
            writer.WriteString("kind", yes ? "approved" : "declined");
            writer.WriteString("person", Ledger.Short(answer.Person));
            writer.WriteString("channel", answer.Channel.ToString().ToLowerInvariant());
            writer.WriteString("signature", answer.Signature);
            writer.WriteString("reason", answer.Reason is null ? null : Ledger.Short(answer.Reason));
        },
        cancellationToken);

    /// <summary>Why a plan in some state is not to be answered, or not to be launched.</summary>
    internal static Failure NotOpen(PlanId id, PlanState state) => state switch
    {
        PlanState.Waiting => new Failure(CloudFailures.ApprovalRequired, $"The plan {id} waits for a person's answer.") { Hint = $"In a terminal of your own: `slipway cloud approve {id}`." },
        PlanState.Declined => new Failure(CloudFailures.ApprovalDeclined, $"A person declined the plan {id}."),
        PlanState.Expired => new Failure(CloudFailures.PlanExpired, $"The plan {id} has expired."),
        PlanState.Consumed => new Failure(CloudFailures.PlanUsed, $"The plan {id} was used for a run already."),
        PlanState.Superseded => new Failure(CloudFailures.PlanUsed, $"Another plan took the place of {id}."),
        _ => new Failure(CloudFailures.PlanUsed, $"The plan {id} is approved already."),
    };

    private Task<Result<Unit>> ChangeAsync(PlanId id, Func<PlanState, Failure?> refuse, string? nonce, Action<Utf8JsonWriter, DateTimeOffset> members, CancellationToken cancellationToken) =>
        _log.ChangeAsync<Unit>(
            records =>
            {
                var now = Now(records);
                if (nonce is not null && records.Burnt.Contains(nonce))
                {
                    return new Change<Unit>(new Failure(CloudFailures.TicketInvalid, $"The question about {id} was answered already."));
                }

                if (!records.Plans.TryGetValue(id.ToString(), out var record))
                {
                    return new Change<Unit>(NotFound(id));
                }

                return refuse(record.StateAt(now)) is { } refused ? new Change<Unit>(refused) : new Change<Unit>(Unit.Value, JsonText.Of(writer =>
                {
                    members(writer, now);
                    writer.WriteString("plan", id.ToString());
                    writer.Time("at", now);
                    if (nonce is not null)
                    {
                        writer.WriteString("nonce", nonce);
                    }
                }));
            },
            cancellationToken);

    private Change<PlanId> Add(PlanRecords records, LaunchPlan plan, SpendPolicy policy, PlanId? supersedes)
    {
        var now = Now(records);
        var subject = plan.Subject.Hex;
        var same = records.Plans.FirstOrDefault(pair => pair.Value.Subject == subject && pair.Key != supersedes?.ToString()
            && pair.Value.StateAt(now) is PlanState.Waiting or PlanState.Approved or PlanState.AutoApproved);
        if (same.Key is not null)
        {
            return new Change<PlanId>(PlanId.Parse(same.Key));
        }

        if (plan.Expires <= now || records.Plans.ContainsKey(plan.Id.ToString()))
        {
            return new Change<PlanId>(new Failure(CloudFailures.PlanExpired, $"The plan {plan.Id} is over already: it was made at {plan.Created:u} and it is {now:u}."));
        }

        return new Change<PlanId>(plan.Id, JsonText.Of(writer =>
        {
            writer.WriteString("kind", "planned");
            writer.WriteString("plan", plan.Id.ToString());
            writer.WriteString("digest", plan.Digest.Hex);
            writer.WriteString("subject", subject);
            writer.Time("at", now);
            writer.Time("expires", plan.Expires);
            writer.WriteBoolean("needs_person", policy.NeedsApproval(plan));
            writer.WriteString("supersedes", supersedes?.ToString());
        }));
    }

    private Result<LaunchPlan> Read(PlanId id, string digest) => LocalFiles.Read(FileOf(id), MostBytes).Then(bytes => Sha256Digest.Of(bytes).Hex == digest
        ? LaunchPlanText.Parse(bytes)
        : new Failure(CloudFailures.PlanMismatch, $"{FileOf(id)} is not the plan that was recorded.") { Hint = "Plan again." });

    private static PlanStatus StatusOf(LaunchPlan plan, PlanRecord record, DateTimeOffset now) =>
        new(plan, record.StateAt(now), record.ExpiresAt, record.Refusal ?? record.Approval, record.Run);

    private static Failure NotFound(PlanId id) => new(CloudFailures.PlanNotFound, $"There is no plan {id}.");

    private string FileOf(PlanId id) => $"{folder.Plans}/{id}.json";

    private DateTimeOffset Now(PlanRecords records) => time.GetUtcNow() is var now && now > records.Latest ? now : records.Latest;
}
