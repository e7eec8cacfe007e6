using System.Diagnostics;
using Slipway.Cloud.Money;
using Slipway.TestKit;

namespace Slipway.Cloud.Tests.Money;

public sealed class LedgerTests : IDisposable
{
    private static readonly SpendLimits Limits = new(Some.Money("10.00"), Some.Money("20.00"), Some.Money("30.00"), 5);

    private readonly TempFolder _temp = new();
    private readonly ManualTimeProvider _time = new(Some.Now);

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("10.01", "per_run_max_usd")]
    [InlineData("9.00", "daily_max_usd")]
    public async Task Reservation_over_a_limit_is_refused_by_its_name(string ceiling, string key)
    {
        var ledger = Open();
        await Reserve(ledger, "6.00");
        await Reserve(ledger, "6.00");
        var refused = await ledger.ReserveAsync(Some.Request(ceiling), Limits, default);
        Assert.Equal("CLD0306", refused.Failure.Code.Id);
        Assert.Contains(key, refused.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settled_money_counts_for_its_day_and_month_and_only_once()
    {
        var ledger = Open();
        var run = Some.Run();
        await Reserve(ledger, "10.00", run, "1.00");
        var settled = await ledger.SettleAsync(new Settlement(run, "status", Some.Now, Some.Now.AddMinutes(90)), default);
        Assert.Equal("1.50", settled.Value.Settled.ToString());
        Assert.Equal("CLD0309", (await ledger.SettleAsync(new Settlement(run, "again"), default)).Failure.Code.Id);
        Assert.Equal("CLD0308", (await ledger.ReserveAsync(Some.Request("1.00", run), Limits, default)).Failure.Code.Id);
        var budget = (await Open().BudgetAsync(Limits, default)).Value;
        Assert.Equal(("1.50", "18.50", "28.50", 0), (budget.SpentToday.ToString(), budget.AvailableToday.ToString(), budget.AvailableThisMonth.ToString(), budget.OpenRuns));
        _time.Advance(TimeSpan.FromDays(1));
        budget = (await ledger.BudgetAsync(Limits, default)).Value;
        Assert.Equal(("20.00", "28.50"), (budget.AvailableToday.ToString(), budget.AvailableThisMonth.ToString()));
    }

    [Fact]
    public async Task Unknown_cost_settles_at_the_ceiling_and_zero_is_unknown()
    {
        var ledger = Open();
        var run = Some.Run();
        await Reserve(ledger, "6.84", run);
        Assert.Equal("6.84", (await ledger.SettleAsync(new Settlement(run, "gone", Reported: Usd.Zero), default)).Value.Settled.ToString());
    }

    [Fact]
    public async Task Released_money_is_there_again_and_open_money_blocks_the_next_day_too()
    {
        var ledger = Open();
        var run = Some.Run();
        await Reserve(ledger, "10.00", run);
        await Reserve(ledger, "10.00");
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal("CLD0306", (await ledger.ReserveAsync(Some.Request("1.00"), Limits, default)).Failure.Code.Id);
        Assert.True((await ledger.ReleaseAsync(run, "never launched", default)).IsOk);
        await Reserve(ledger, "10.00");
    }

    [Fact]
    public async Task Clock_that_goes_back_opens_no_period_again()
    {
        var ledger = Open();
        await Reserve(ledger, "10.00");
        await Reserve(ledger, "10.00");
        _time.SetUtcNow(Some.Now.AddMonths(-2));
        Assert.Equal("CLD0306", (await Open().ReserveAsync(Some.Request("1.00"), Limits, default)).Failure.Code.Id);
        Assert.Equal("2026-11", (await ledger.BudgetAsync(Limits, default)).Value.Month);
    }

    [Fact]
    public async Task Unpriced_runs_count_as_runs()
    {
        var ledger = Open();
        var one = Limits with { Concurrent = 1 };
        Assert.True((await ledger.ReserveAsync(Some.Request(null), one, default)).IsOk);
        Assert.Contains("max_concurrent_runs", (await ledger.ReserveAsync(Some.Request(null), one, default)).Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Thousand_reservations_at_once_never_overspend()
    {
        var limits = new SpendLimits(Some.Money("1.00"), Some.Money("100.00"), Some.Money("1000.00"), 100_000);
        var ledgers = new[] { Open(), Open(), Open() };
        var watch = Stopwatch.StartNew();
        var answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(number => Task.Run(() => ledgers[number % 3].ReserveAsync(Some.Request("0.37"), limits, default))));
        Assert.Equal(270, answers.Count(static answer => answer.IsOk)); // 270 × 0.37 = 99.90
        Assert.Equal("99.90", (await Open().BudgetAsync(limits, default)).Value.Reserved.ToString());
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"It took {watch.Elapsed}.");
    }

    [Fact]
    public async Task Cut_at_every_byte_it_is_whole_or_refuses()
    {
        await Reserve(Open(), "1.00");
        var (file, head) = (Some.Folder(_temp).LedgerFile, Some.Folder(_temp).LedgerFile + ".head");
        var (before, oldHead) = (await File.ReadAllBytesAsync(file), await File.ReadAllBytesAsync(head));
        await Reserve(Open(), "2.00");
        var (after, newHead) = (await File.ReadAllBytesAsync(file), await File.ReadAllBytesAsync(head));
        for (var length = 0; length < after.Length; length += length > before.Length - 3 ? 1 : 17)
        {
            // Killed before the line was on the disk: the head is the old one.
            await File.WriteAllBytesAsync(file, after[..length]);
            await File.WriteAllBytesAsync(head, oldHead);
            var budget = await Open().BudgetAsync(Limits, default);
            Assert.Equal(length >= before.Length ? "1.00" : "CLD0307", budget.IsOk ? budget.Value.Reserved.ToString() : budget.Failure.Code.Id);

            // Cut after it was answered for.
            await File.WriteAllBytesAsync(head, newHead);
            Assert.Equal("CLD0307", (await Open().ReserveAsync(Some.Request("1.00"), Limits, default)).Failure.Code.Id);
            Assert.Equal(length, (await File.ReadAllBytesAsync(file)).Length);
        }
    }

    [Fact]
    public async Task Torn_line_is_cut_off_by_the_next_one()
    {
        await Reserve(Open(), "1.00");
        var file = Some.Folder(_temp).LedgerFile;
        await File.AppendAllTextAsync(file, "{\"sum\":\"12");
        await Reserve(Open(), "2.00");
        Assert.Equal(2, (await File.ReadAllLinesAsync(file)).Length);
        Assert.Equal("3.00", (await Open().BudgetAsync(Limits, default)).Value.Reserved.ToString());
    }

    [Fact]
    public async Task Any_changed_byte_is_damage_and_a_person_repairs_it()
    {
        await Reserve(Open(), "1.00");
        await Reserve(Open(), "5.00");
        var file = Some.Folder(_temp).LedgerFile;
        var whole = await File.ReadAllBytesAsync(file);
        for (var at = 0; at < whole.Length; at += 7)
        {
            var changed = whole.ToArray();
            changed[at] ^= 1;
            await File.WriteAllBytesAsync(file, changed);
            Assert.Equal("CLD0307", (await Open().BudgetAsync(Limits, default)).Failure.Code.Id);
        }

        var ledger = Open();
        Assert.Equal("CLD0318", (await ledger.RepairAsync("ada", Usd.Zero, "mcp", default)).Failure.Code.Id);
        var bad = await File.ReadAllBytesAsync(file);
        var (copy, kept) = (await ledger.RepairAsync("ada", Some.Money("5.00"), null, default)).Value;
        Assert.Equal(bad, await File.ReadAllBytesAsync(copy));
        Assert.InRange(kept, 0, 1);
        var budget = (await Open().BudgetAsync(Limits, default)).Value;
        Assert.Equal("5.00", budget.SpentToday.ToString());
        Assert.Equal("CLD0310", (await ledger.RepairAsync("ada", Usd.Zero, null, default)).Failure.Code.Id);
    }

    [Fact]
    public async Task Deleted_ledger_is_no_new_budget()
    {
        await Reserve(Open(), "1.00");
        File.Delete(Some.Folder(_temp).LedgerFile);
        Assert.Equal("CLD0307", (await Open().ReserveAsync(Some.Request("1.00"), Limits, default)).Failure.Code.Id);
    }

    [Fact]
    public async Task Files_that_others_may_write_are_refused()
    {
        await Reserve(Open(), "1.00");
        var file = Some.Folder(_temp).LedgerFile;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite);
        Assert.Equal("CLD0304", (await Open().BudgetAsync(Limits, default)).Failure.Code.Id);
    }

    private Ledger Open() => new(Some.Folder(_temp), _time);

    private static async Task Reserve(Ledger ledger, string ceiling, Runs.Jobs.RunId? run = null, string? hourly = null)
    {
        var reserved = await ledger.ReserveAsync(Some.Request(ceiling, run, hourly), Limits, default);
        Assert.True(reserved.IsOk, reserved.ToString());
    }
}
