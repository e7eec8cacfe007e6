using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Runs.Jobs;

namespace Slipway.Cloud.Money;

/// <summary>
/// What was reserved and what was spent: an append-only file, one checksum chain, one lock for all processes. A reservation looks at everything that any process wrote, and is on the disk before it is
/// answered for; so no number of concurrent ones goes beyond a limit. A damaged ledger refuses every launch until a person repaired it.
/// </summary>
/// <remarks>The lines guard against crashes and against mistakes. Whoever may write the user's files can replace the whole directory: a provider's own budget is the guard against that.</remarks>
/// <param name="folder">Where it is.</param>
/// <param name="time">The clock.</param>
public sealed class Ledger(MoneyFolder folder, TimeProvider time)
{
    private const int LongestText = 500;

    private readonly RecordLog<LedgerBook> _log = new(folder, folder.LedgerFile, CloudFailures.LedgerCorrupt, static () => new LedgerBook(), static (book, record) => book.Apply(record));

    /// <summary>Reserves the ceiling of a run, or refuses and names the limit. Durable when it returns.</summary>
    public Task<Result<LedgerEntry>> ReserveAsync(ReservationRequest request, SpendLimits limits, CancellationToken cancellationToken) => _log.ChangeAsync<LedgerEntry>(
        book =>
        {
            var now = Now(book);
            if (Refusal(book, request, limits, now) is { } refusal)
            {
                return new Change<LedgerEntry>(refusal);
            }

            var entry = new LedgerEntry(
                request.Run.ToString(), request.Plan.ToString(), request.Backend, request.Cluster, request.Ceiling, request.Hourly, request.Extras, now, now + request.Longest);
            return new Change<LedgerEntry>(entry, Render(entry));
        },
        cancellationToken);

    /// <summary>Settles a run. Settling it again is refused, so that no second report undoes the first.</summary>
    public Task<Result<LedgerEntry>> SettleAsync(Settlement settlement, CancellationToken cancellationToken) =>
        CloseAsync(settlement.Run, LedgerState.Settled, entry => entry.AmountOf(settlement), settlement.EndedAt, settlement.Evidence, cancellationToken);

    /// <summary>Gives a reservation back. Only for a run of which it is certain that nothing was rented.</summary>
    public Task<Result<LedgerEntry>> ReleaseAsync(RunId run, string reason, CancellationToken cancellationToken) =>
        CloseAsync(run, LedgerState.Released, static _ => Usd.Zero, null, reason, cancellationToken);

    /// <summary>Where the budget stands.</summary>
    public Task<Result<BudgetView>> BudgetAsync(SpendLimits limits, CancellationToken cancellationToken) => _log.ReadAsync<BudgetView>(book =>
    {
        var day = LedgerBook.DayOf(Now(book));
        return new BudgetView(limits, day, book.SpentOn(day), book.SpentIn(day), book.Reserved, book.OpenRuns);
    }, cancellationToken);

    /// <summary>All runs, in the order of their reservations.</summary>
    public Task<Result<IReadOnlyList<LedgerEntry>>> EntriesAsync(CancellationToken cancellationToken) => _log.ReadAsync(
        static book => Result.Ok<IReadOnlyList<LedgerEntry>>([.. book.Entries.Values.OrderBy(static entry => entry.ReservedAt).ThenBy(static entry => entry.Run, StringComparer.Ordinal)]), cancellationToken);

    /// <summary>Puts a damaged ledger aside and goes on with what stands before the damage.</summary>
    /// <param name="person">Who looked at it.</param>
    /// <param name="assumed">What that person says the lost lines cost: counted for today and this month. Nothing lost is ever taken for free by itself.</param>
    /// <param name="caller">The value of <c>SLIPWAY_CALLER</c>: an assistant's child repairs nothing.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <returns>Where the copy is, and how many lines were kept.</returns>
    public Task<Result<(string Copy, long Kept)>> RepairAsync(string person, Usd assumed, string? caller, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(person) || ApprovalDesk.IsAssistant(caller))
        {
            return Task.FromResult<Result<(string Copy, long Kept)>>(new Failure(CloudFailures.ApprovalChannel, "Repairing the ledger needs a person with a name, in a process that no assistant started."));
        }

        var now = time.GetUtcNow();
        var record = JsonText.Of(writer =>
        {
            writer.WriteString("kind", "repaired");
            writer.Time("at", now);
            writer.WriteString("person", Short(person));
            writer.Amount("assumed_usd", assumed);
        });
        return _log.RestartAsync(now.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff"), record, cancellationToken);
    }

    internal static string Short(string text) => text.Length <= LongestText ? text : text[..LongestText];

    private DateTimeOffset Now(LedgerBook book) => time.GetUtcNow() is var now && now > book.Latest ? now : book.Latest;

    private static Failure? Refusal(LedgerBook book, ReservationRequest request, SpendLimits limits, DateTimeOffset now)
    {
        if (book.Entries.ContainsKey(request.Run.ToString()))
        {
            return new Failure(CloudFailures.RunAlreadyReserved, $"Money was already reserved for {request.Run}.");
        }

        if (book.OpenRuns >= limits.Concurrent)
        {
            return Exceeded($"{book.OpenRuns} runs are open, and max_concurrent_runs is {limits.Concurrent}.");
        }

        var day = LedgerBook.DayOf(now);
        var amount = request.Ceiling ?? Usd.Zero;
        return Over("per_run_max_usd", limits.PerRun, Usd.Zero, amount)
            ?? Over("daily_max_usd", limits.Daily, book.SpentOn(day) + book.Reserved, amount)
            ?? Over("monthly_max_usd", limits.Monthly, book.SpentIn(day) + book.Reserved, amount);
    }

    private static Failure? Over(string key, Usd limit, Usd used, Usd amount) => used + amount <= limit || amount.IsZero
        ? null
        : Exceeded($"The ceiling is {amount}, and {key} = {limit} has {limit - used} left{(used.IsZero ? string.Empty : $" ({used} is spent or reserved)")}.");

    private static Failure Exceeded(string message) => new(CloudFailures.BudgetExceeded, message);

    private Task<Result<LedgerEntry>> CloseAsync(RunId run, LedgerState state, Func<LedgerEntry, Usd> amountOf, DateTimeOffset? endedAt, string evidence, CancellationToken cancellationToken) =>
        _log.ChangeAsync<LedgerEntry>(
            book =>
            {
                if (!book.Entries.TryGetValue(run.ToString(), out var entry) || entry.State is not LedgerState.Reserved)
                {
                    return new Change<LedgerEntry>(new Failure(
                        CloudFailures.NoReservation, $"{Shown.Quote(run.ToString())} has no open reservation{(entry is null ? string.Empty : $": it is {entry.State.ToString().ToLowerInvariant()}")}."));
                }

                var closed = entry with { State = state, Settled = amountOf(entry), EndedAt = endedAt, Evidence = Short(evidence) };
                return new Change<LedgerEntry>(closed, Render(closed, Now(book)));
            },
            cancellationToken);

    private static byte[] Render(LedgerEntry entry) => JsonText.Of(writer =>
    {
        writer.WriteString("kind", "reserve");
        writer.WriteString("run", entry.Run);
        writer.WriteString("plan", entry.Plan);
        writer.WriteString("backend", entry.Backend);
        writer.WriteString("cluster", entry.Cluster);
        writer.Amount("ceiling_usd", entry.Ceiling);
        writer.Amount("hourly_usd_h", entry.Hourly);
        writer.Amount("extras_usd", entry.Extras);
        writer.Time("at", entry.ReservedAt);
        writer.Time("ends_by", entry.EndsBy);
    });

    private static byte[] Render(LedgerEntry closed, DateTimeOffset now) => JsonText.Of(writer =>
    {
        writer.WriteString("kind", closed.State is LedgerState.Settled ? "settle" : "release");
        writer.WriteString("run", closed.Run);
        writer.Amount("amount_usd", closed.Settled);
        writer.Time("ended_at", closed.EndedAt);
        writer.WriteString("evidence", closed.Evidence);
        writer.Time("at", now);
    });
}
