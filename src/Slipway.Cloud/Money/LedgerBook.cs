using System.Text.Json;

namespace Slipway.Cloud.Money;

/// <summary>What the lines of the ledger add up to.</summary>
internal sealed class LedgerBook
{
    private const int MostDays = 366;
    private readonly Dictionary<DateOnly, Usd> _days = [];
    private readonly Dictionary<DateOnly, Usd> _months = [];

    /// <summary>All runs, by their ids.</summary>
    public Dictionary<string, LedgerEntry> Entries { get; } = new(StringComparer.Ordinal);

    /// <summary>The sum of what is reserved and open.</summary>
    public Usd Reserved { get; private set; }

    /// <summary>How many runs are open.</summary>
    public int OpenRuns { get; private set; }

    /// <summary>The latest time of any line: no later line is dated before it, so setting a clock back opens no period again.</summary>
    public DateTimeOffset Latest { get; private set; } = DateTimeOffset.MinValue;

    public Usd SpentOn(DateOnly day) => _days.GetValueOrDefault(day);

    public Usd SpentIn(DateOnly day) => _months.GetValueOrDefault(MonthOf(day));

    public void Apply(JsonElement record)
    {
        var at = record.Time("at") ?? Latest;
        Latest = at > Latest ? at : Latest;
        switch (record.Text("kind"))
        {
            case "reserve":
                Reserve(record, at);
                break;
            case "settle":
                Close(record, LedgerState.Settled, record.Amount("amount_usd"), at);
                break;
            case "release":
                Close(record, LedgerState.Released, Usd.Zero, at);
                break;
            case "repaired":
                Spend(DayOf(at), DayOf(at), record.Amount("assumed_usd") ?? Usd.Zero);
                break;
        }
    }

    public static DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime);

    private void Reserve(JsonElement record, DateTimeOffset at)
    {
        var entry = new LedgerEntry(
            record.Text("run") ?? string.Empty, record.Text("plan") ?? string.Empty, record.Text("backend") ?? string.Empty, record.Text("cluster") ?? string.Empty,
            record.Amount("ceiling_usd"), record.Amount("hourly_usd_h"), record.Amount("extras_usd") ?? Usd.Zero, at, record.Time("ends_by") ?? at);
        if (Entries.TryAdd(entry.Run, entry))
        {
            Reserved += entry.Ceiling ?? Usd.Zero;
            OpenRuns++;
        }
    }

    private void Close(JsonElement record, LedgerState state, Usd? settled, DateTimeOffset at)
    {
        if (record.Text("run") is not { } run || !Entries.TryGetValue(run, out var entry) || entry.State is not LedgerState.Reserved)
        {
            return;
        }

        var amount = settled ?? entry.Ceiling ?? Usd.Zero;
        Entries[run] = entry with { State = state, Settled = amount, EndedAt = record.Time("ended_at"), Evidence = record.Text("evidence") };
        Reserved -= entry.Ceiling ?? Usd.Zero;
        OpenRuns--;

        // Every period that the run was open in had room for it, and none of them gets room back for what it cost elsewhere: nobody knows how a bill is split over midnight.
        var end = entry.ReservedAt > (record.Time("ended_at") ?? at) ? entry.ReservedAt : record.Time("ended_at") ?? at;
        Spend(DayOf(entry.ReservedAt), DayOf(end > at ? at : end), amount);
    }

    private void Spend(DateOnly from, DateOnly to, Usd amount)
    {
        if (amount.IsZero)
        {
            return;
        }

        var last = to.DayNumber - from.DayNumber > MostDays ? from.AddDays(MostDays) : to;
        for (var day = from; day <= last; day = day.AddDays(1))
        {
            _days[day] = SpentOn(day) + amount;
        }

        for (var month = MonthOf(from); month <= MonthOf(last); month = month.AddMonths(1))
        {
            _months[month] = _months.GetValueOrDefault(month) + amount;
        }
    }

    private static DateOnly MonthOf(DateOnly day) => new(day.Year, day.Month, 1);
}
