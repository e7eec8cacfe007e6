using Slipway.Cloud.Money;
using Slipway.TestKit;

namespace Slipway.Cloud.Tests.Money;

public sealed class PolicyTests : IDisposable
{
    private const string Amounts = "per_run_max_usd = \"10\"\ndaily_max_usd = 20\nmonthly_max_usd = \"100.00\"\n";
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Example_is_a_policy_that_asks_for_everything()
    {
        var policy = PolicyText.Parse(PolicyText.Example, "policy.toml").Value;
        Assert.True(policy.NeedsApproval(Some.Plan()));
        Assert.True(policy.NeedsApproval(Some.Plan() with { Ceiling = null }));
        Assert.Equal((McpRun.Ask, 1, false), (policy.McpRun, policy.MaxConcurrentRuns, policy.AllowUnpriced));
    }

    [Fact]
    public void Every_key_is_read()
    {
        var policy = PolicyText.Parse(
            Amounts + """
            max_concurrent_runs = 4
            max_hourly_rate_usd_h = "3.5"
            approve_above_usd = "2"
            backends = ["skypilot"]
            clouds = ["nebius"]
            regions = ["eu-north1"]
            gpus = ["H100"]
            max_nodes = 2
            max_runtime = "90m"
            allow_unpriced = true
            allow_on_demand_fallback = true
            price_warn_days = 1
            price_refuse_days = 2
            price_drift_percent = 5
            plan_expiry_minutes = 30
            gpu_idle_minutes = 20
            require_pin = true
            [mcp]
            run = "deny"
            """,
            "policy.toml").Value;
        Assert.Equal((4, 2, TimeSpan.FromMinutes(90), 5, 20, McpRun.Deny), (policy.MaxConcurrentRuns, policy.MaxNodes, policy.MaxRuntime, policy.PriceDriftPercent, policy.GpuIdleMinutes, policy.McpRun));
        Assert.False(policy.NeedsApproval(Some.Plan() with { Ceiling = Some.Money("2.00") }));
        Assert.True(policy.NeedsApproval(Some.Plan() with { Ceiling = Some.Money("2.01") }));
        Assert.True(policy.NeedsApproval(Some.Plan() with { Ceiling = Some.Money("1.00"), Unpriced = ["disk"] }));
    }

    [Theory]
    [InlineData("daily_max_usd = \"20\"\nmonthly_max_usd = \"100\"", "per_run_max_usd")]
    [InlineData(Amounts + "max_dayly_usd = \"1\"", "max_dayly_usd")]
    [InlineData(Amounts + "approve_above_usd = 0.5", "binary float")]
    [InlineData(Amounts + "approve_above_usd = \"-1\"", "approve_above_usd")]
    [InlineData(Amounts + "approve_above_usd = \"11\"", "approve_above_usd")]
    [InlineData(Amounts + "max_nodes = 0", "max_nodes")]
    [InlineData(Amounts + "clouds = []", "clouds")]
    [InlineData(Amounts + "clouds = [1]", "clouds")]
    [InlineData(Amounts + "max_runtime = \"soon\"", "max_runtime")]
    [InlineData(Amounts + "[mcp]\nrun = \"yes\"", "mcp.run")]
    [InlineData(Amounts + "[mcp]\nrunn = \"ask\"", "runn")]
    [InlineData("per_run_max_usd = ", "")]
    public void Wrong_policy_is_refused_by_its_key(string text, string named)
    {
        var failure = PolicyText.Parse(text, "policy.toml").Failure;
        Assert.Equal("CLD0303", failure.Code.Id);
        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_text_never_throws() => Property.Check(200, static gen => Assert.True(PolicyText.Parse(gen.Mutate(gen.Mutate(PolicyText.Example)), "p") is not null));

    [Fact]
    public void File_must_be_there_and_its_owners_alone()
    {
        var file = new PolicyFile(_temp.Combine("slipway", "policy.toml"));
        var missing = file.Read().Failure;
        Assert.Equal("CLD0302", missing.Code.Id);
        Assert.True(PolicyText.Parse(missing.Detail!, "example").IsOk);
        Assert.Contains(file.Path, missing.Remedy, StringComparison.Ordinal);

        _temp.WriteFile("slipway/policy.toml", PolicyText.Example);
        File.SetUnixFileMode(file.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.SetUnixFileMode(_temp.Combine("slipway"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.True(file.Read().IsOk, file.Read().ToString());
        File.SetUnixFileMode(file.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite);
        Assert.Equal("CLD0304", file.Read().Failure.Code.Id);
        File.SetUnixFileMode(file.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.SetUnixFileMode(_temp.Combine("slipway"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupWrite);
        Assert.Equal("CLD0304", file.Read().Failure.Code.Id);
    }

    [Fact]
    public void Violations_name_field_and_value()
    {
        var policy = Some.Policy with { Clouds = ["aws"], MaxRuntime = TimeSpan.FromHours(1), MaxHourlyRate = Some.Money("20"), Gpus = ["l40s"], GpuIdleMinutes = 10 };
        var found = policy.Check(Some.Plan(Some.H100x8, nodes: 2)).Select(static one => (one.Field, one.Limit)).ToArray();
        Assert.Equal(
            [("cloud", "clouds"), ("gpu", "gpus"), ("ceiling_usd", "per_run_max_usd"), ("hourly_usd_h", "max_hourly_rate_usd_h"), ("nodes", "max_nodes"), ("max_runtime", "max_runtime"), ("gpu_idle_minutes", "gpu_idle_minutes")],
            found);
        Assert.Contains("208.47", SpendPolicy.Refusal(policy.Check(Some.Plan(Some.H100x8, nodes: 2)))!.Detail, StringComparison.Ordinal);
        Assert.Empty(Some.Policy.Check(Some.Plan()));
        Assert.Null(SpendPolicy.Refusal([]));
    }
}
