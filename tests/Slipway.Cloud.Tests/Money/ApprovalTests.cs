using Slipway.Cloud.Money;
using Slipway.Cloud.Offers;
using Slipway.Core.Failures;
using Slipway.TestKit;

namespace Slipway.Cloud.Tests.Money;

public sealed class ApprovalTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly ManualTimeProvider _time = new(Some.Now);
    private readonly MoneyFolder _folder;
    private readonly PlanBook _plans;
    private readonly Ledger _ledger;

    public ApprovalTests()
    {
        _folder = Some.Folder(_temp);
        _plans = new PlanBook(_folder, _time);
        _ledger = new Ledger(_folder, _time);
    }

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Plan_is_bound_to_all_it_holds()
    {
        var plan = Some.Plan();
        Assert.Equal(plan.Digest, LaunchPlanText.Parse(plan.Canonical).Value.Digest);
        Assert.Equal("disk", Assert.Single(LaunchPlanText.Parse((plan with { Unpriced = ["disk"] }).Canonical).Value.Unpriced));
        Assert.Matches("^p-[0-9a-f]{10}$", plan.Id.ToString());
        LaunchPlan[] others =
        [
            plan with { Nodes = 2 }, plan with { Spot = true }, plan with { MaxRuntime = TimeSpan.FromHours(5) }, plan with { Ceiling = Some.Money("6.83") }, plan with { Backend = "ssh" },
            plan with { Template = "full" }, plan with { Offer = Some.H100 }, plan with { Created = Some.Now.AddSeconds(1) }, plan with { Guards = plan.Guards with { GpuIdleMinutes = 5 } }, plan with { Unpriced = ["disk"] },
        ];
        Assert.DoesNotContain(plan.Digest, others.Select(static other => other.Digest));
        Assert.Equal(plan.Subject, (plan with { Created = Some.Now.AddSeconds(1) }).Subject);
        Assert.Equal("1.71", plan.Guards.MaxHourlyPerNode.ToString()); // 1.5484 × 1.10 = 1.70324
    }

    [Fact]
    public async Task Plan_goes_from_waiting_to_a_launch_once()
    {
        var plan = await Add(Some.Plan());
        Assert.Equal(PlanState.Waiting, plan.State);
        Assert.Equal(plan.Plan.Id, (await Add(Some.Plan(now: Some.Now.AddSeconds(5)))).Plan.Id);
        Assert.Equal("CLD0315", (await Launch(plan)).Failure.Code.Id);
        Assert.Equal(PlanState.Approved, (await Approve(plan)).Value.State);

        var launches = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Launch(plan, policy: Some.Policy with { MaxConcurrentRuns = 100, DailyMax = Some.Money("1000"), MonthlyMax = Some.Money("1000") })));
        var permit = Assert.Single(launches, static launch => launch.IsOk).Value;
        Assert.All(launches.Where(static launch => !launch.IsOk), static launch => Assert.Equal("CLD0317", launch.Failure.Code.Id));
        Assert.Equal("6.84", permit.Entry.Ceiling.ToString());
        var budget = (await _ledger.BudgetAsync(Some.Policy.Limits, default)).Value;
        Assert.Equal(("6.84", 1), (budget.Reserved.ToString(), budget.OpenRuns));
        Assert.Equal(PlanState.Consumed, (await new PlanBook(_folder, _time).GetAsync(plan.Plan.Id, default)).Value.State);
    }

    [Theory]
    [InlineData("6.83", null, "CLD0319")]
    [InlineData("yes", null, "CLD0319")]
    [InlineData(null, null, "CLD0319")]
    [InlineData("6.84", "00", "CLD0313")]
    public async Task Yes_to_something_else_does_not_count(string? typed, string? digest, string code)
    {
        var plan = await Add(Some.Plan());
        var answer = await Desk().ApproveAsync(new Approval(plan.Plan.Id, digest ?? plan.Plan.Digest.Hex, "ada", ApprovalChannel.Terminal, typed), default);
        Assert.Equal(code, answer.Failure.Code.Id);
    }

    [Theory]
    [InlineData(ApprovalChannel.Terminal)]
    [InlineData(ApprovalChannel.Web)]
    public async Task Child_of_an_assistant_approves_nothing(ApprovalChannel channel)
    {
        var plan = await Add(Some.Plan());
        var answer = await new ApprovalDesk(_folder, _plans, _time, "mcp").ApproveAsync(new Approval(plan.Plan.Id, plan.Plan.Digest.Hex, "ada", channel, "6.84"), default);
        Assert.Equal("CLD0318", answer.Failure.Code.Id);
    }

    [Fact]
    public async Task Expired_declined_and_superseded_plans_are_over()
    {
        var old = await Add(Some.Plan());
        Assert.Equal(PlanState.Declined, (await Desk().DeclineAsync(old.Plan.Id, "ada", ApprovalChannel.Terminal, "too dear", default)).Value.State);
        Assert.Equal("CLD0316", (await Approve(old)).Failure.Code.Id);
        var first = await Add(Some.Plan(parameters: "one"));
        var second = (await _plans.AddAsync(Some.Plan(parameters: "two"), Some.Policy, first.Plan.Id, default)).Value;
        Assert.Equal("CLD0317", (await Approve(first)).Failure.Code.Id);
        Assert.Equal(second.Plan.Id, Assert.Single((await _plans.OpenAsync(default)).Value).Plan.Id);
        _time.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal("CLD0314", (await Approve(second)).Failure.Code.Id);
        Assert.True((await _ledger.ReserveAsync(Some.Request("1.00"), Some.Policy.Limits, default)).IsOk);
    }

    [Fact]
    public async Task Approval_ends_too()
    {
        var plan = await Add(Some.Plan());
        _time.Advance(TimeSpan.FromMinutes(14));
        await Approve(plan);
        _time.Advance(TimeSpan.FromMinutes(14));
        Assert.Equal(PlanState.Approved, (await _plans.GetAsync(plan.Plan.Id, default)).Value.State);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("CLD0314", (await Launch(plan)).Failure.Code.Id);
        _time.SetUtcNow(Some.Now);
        Assert.Equal("CLD0313", await TamperAsync(plan));
    }

    [Fact]
    public async Task Launch_looks_at_price_policy_and_consent_again()
    {
        var cheap = Some.Policy with { ApproveAbove = Some.Money("7.00") };
        var plan = (await _plans.AddAsync(Some.Plan(), cheap, null, default)).Value;
        Assert.Equal(PlanState.AutoApproved, plan.State);
        Assert.Equal("CLD0315", (await Launch(plan)).Failure.Code.Id);
        Assert.Equal("CLD0312", (await Launch(plan, Some.L40S with { OnDemand = Some.Money("1.71") }, cheap)).Failure.Code.Id);
        Assert.Equal("CLD0312", (await Launch(plan, Some.L40S with { OnDemand = Some.Money("1.38") }, cheap)).Failure.Code.Id);
        Assert.Equal("CLD0204", (await Launch(plan, Some.L40S with { OnDemand = null }, cheap)).Failure.Code.Id);
        Assert.Equal("CLD0205", (await Launch(plan, Some.L40S with { AsOf = Some.Now.AddDays(-90) }, cheap)).Failure.Code.Id);
        Assert.Equal("CLD0312", (await Launch(plan, Some.H100, cheap)).Failure.Code.Id);
        Assert.Equal("CLD0305", (await Launch(plan, null, cheap with { Clouds = ["aws"] })).Failure.Code.Id);
        Assert.Equal("CLD0306", (await Launch(plan, null, cheap with { DailyMax = Some.Money("6.00") })).Failure.Code.Id);
        var risen = await Launch(plan, Some.L40S with { OnDemand = Some.Money("1.60") }, cheap);
        Assert.Equal("7.07", risen.Value.Entry.Ceiling.ToString()); // 6.84 × 1.60 / 1.5484 = 7.0680
    }

    [Fact]
    public async Task Ticket_is_bound_and_burnt()
    {
        var plan = await Add(Some.Plan());
        var other = await Add(Some.Plan(parameters: "other"));
        var desk = new ApprovalDesk(_folder, _plans, _time, "mcp");
        var ticket = desk.Ask(plan, "session-1").Value;
        Approval Yes(PlanStatus about, string? state, string principal) =>
            new(about.Plan.Id, about.Plan.Digest.Hex, "client", ApprovalChannel.Elicitation, "6.84") { Ticket = state, Principal = principal };
        Assert.Equal("CLD0322", (await desk.ApproveAsync(Yes(other, ticket, "session-1"), default)).Failure.Code.Id);
        Assert.Equal("CLD0322", (await desk.ApproveAsync(Yes(plan, ticket, "session-2"), default)).Failure.Code.Id);
        Assert.Equal("CLD0322", (await desk.ApproveAsync(Yes(plan, null, "session-1"), default)).Failure.Code.Id);
        for (var at = 0; at < ticket.Length; at += 5)
        {
            var changed = ticket[..at] + (ticket[at] is 'A' ? 'B' : 'A') + ticket[(at + 1)..];
            Assert.Equal("CLD0322", (await desk.ApproveAsync(Yes(plan, changed, "session-1"), default)).Failure.Code.Id);
        }

        Assert.True((await desk.ApproveAsync(Yes(plan, ticket, "session-1"), default)).IsOk);
        Assert.False((await desk.ApproveAsync(Yes(plan, ticket, "session-1"), default)).IsOk);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_temp.Combine("money", "tickets.key")));
        _time.Advance(TimeSpan.FromMinutes(16));
        Assert.Equal("CLD0322", (await desk.ApproveAsync(Yes(other, new ElicitationTickets(_folder, new ManualTimeProvider(Some.Now)).Issue(other, "s").Value, "s"), default)).Failure.Code.Id);
    }

    [Fact]
    public async Task Pin_signs_and_wrong_ones_wait()
    {
        const string Pin = "correct horse";
        Assert.Equal("CLD0321", ApprovalKey.Create(_folder, "123").Failure.Code.Id);
        Assert.True(ApprovalKey.Create(_folder, Pin).IsOk);
        Assert.Equal("CLD0321", ApprovalKey.Create(_folder, Pin).Failure.Code.Id);
        var plan = await Add(Some.Plan());
        Assert.Equal("CLD0321", (await Approve(plan)).Failure.Code.Id);
        Assert.Equal("CLD0321", (await Approve(plan, "wrong horse")).Failure.Code.Id);
        Assert.Equal("CLD0321", (await Approve(plan, "wrong horse")).Failure.Code.Id);
        Assert.Equal("CLD0321", (await Approve(plan, "wrong horse")).Failure.Code.Id);
        Assert.Contains("next try", (await Approve(plan, Pin)).Failure.Message, StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromSeconds(8));
        Assert.True((await Approve(plan, Pin)).IsOk);
        Assert.True((await Launch(plan)).IsOk);

        var policy = new PolicyFile(_temp.WriteFile("policy.toml", PolicyText.Example));
        File.SetUnixFileMode(policy.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.True(ApprovalKey.Find(_folder).Value.TryGet(out var key));
        Assert.Equal("CLD0323", policy.Read(key).Failure.Code.Id);
        using (var signer = (await key.UnlockAsync(_folder, Pin, _time, default)).Value)
        {
            Assert.True(policy.Sign(signer).IsOk);
        }

        Assert.True(policy.Read(key).IsOk);
        await File.AppendAllTextAsync(policy.Path, "\n# more\n");
        Assert.Equal("CLD0323", policy.Read(key).Failure.Code.Id);
    }

    [Fact]
    public async Task Approval_without_the_pin_does_not_launch()
    {
        var plan = await Add(Some.Plan());
        Assert.True((await Approve(plan)).IsOk);
        Assert.True(ApprovalKey.Create(_folder, "correct horse").IsOk);
        Assert.Equal("CLD0323", (await Launch(plan)).Failure.Code.Id);
    }

    private ApprovalDesk Desk() => new(_folder, _plans, _time, null);

    private async Task<PlanStatus> Add(LaunchPlan plan)
    {
        var added = await _plans.AddAsync(plan, Some.Policy, null, default);
        return added.IsOk ? added.Value : throw new InvalidOperationException(added.ToString());
    }

    private Task<Result<PlanStatus>> Approve(PlanStatus plan, string? pin = null) =>
        Desk().ApproveAsync(new Approval(plan.Plan.Id, plan.Plan.Digest.Hex, "ada", ApprovalChannel.Terminal, "6.84") { Pin = pin }, default);

    private Task<Result<LaunchPermit>> Launch(PlanStatus plan, Offer? offer = null, SpendPolicy? policy = null) =>
        new LaunchGate(_folder, _plans, _ledger, _time).AdmitAsync(plan.Plan.Id, offer ?? Some.L40S, policy ?? Some.Policy, Some.Run(), "slipway-x", default);

    private async Task<string> TamperAsync(PlanStatus plan)
    {
        await File.WriteAllBytesAsync($"{_folder.Plans}/{plan.Plan.Id}.json", (plan.Plan with { Nodes = 9 }).Canonical);
        return (await _plans.GetAsync(plan.Plan.Id, default)).Failure.Code.Id;
    }
}
