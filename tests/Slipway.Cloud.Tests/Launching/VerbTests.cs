using System.Diagnostics;
using Slipway.Cloud.Backends;
using Slipway.Cloud.Cost;
using Slipway.Cloud.Launching;
using Slipway.Cloud.Offers;
using Slipway.Cloud.Tests.Money;
using Slipway.SkyPilotApi.Faults;
using Xunit.Abstractions;

namespace Slipway.Cloud.Tests.Launching;

/// <summary>What the desk answers besides runs.</summary>
public sealed class VerbTests(ITestOutputHelper output)
{
    private static readonly TimeSpan MostOwnTime = TimeSpan.FromSeconds(1);

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task Offers_check_and_budget_say_what_the_server_and_the_policy_say()
    {
        await using var bench = await Bench.StartAsync();
        using var desk = bench.Desk();
        var offers = (await desk.OffersAsync("skypilot", null, new OfferQuery { Gpu = "L40S", Limit = 1 }, refresh: false, None)).Value;
        Assert.Equal("gpu-l40s-a_1gpu-8vcpu-32gb", Assert.Single(offers.Offers).InstanceType);
        Assert.True(offers.Total > 1);
        Assert.Equal("local", Assert.Single((await desk.OffersAsync("local", null, new OfferQuery(), refresh: false, None)).Value.Offers).Cloud);
        Assert.Equal(CloudFailures.BackendUnknown, (await desk.OffersAsync("moon", null, new OfferQuery(), refresh: false, None)).Failure.Code);

        var check = (await desk.CheckAsync(None)).Value;
        Assert.True(check.IsOk);
        Assert.Equal(["server", "version", "credentials", "clouds", "policy", "ledger"], check.Lines.Select(static line => line.Name), StringComparer.Ordinal);
        Assert.Contains("nebius", check.Clouds.Keys, StringComparer.OrdinalIgnoreCase);

        var launch = await bench.LaunchAsync(desk, Bench.Request("sleep 60"));
        var budget = (await desk.BudgetAsync(None)).Value;
        Assert.Equal(launch.Ceiling, Assert.Single(budget.Open).Ceiling);
        Assert.Equal((launch.Ceiling, "50.00"), (budget.View.Reserved, budget.View.Limits.Daily.ToString()));
    }

    [Fact]
    public async Task A_login_page_in_the_place_of_an_answer_is_said_so_and_costs_nothing()
    {
        await using var bench = await Bench.StartAsync();
        bench.Server.Faults.Next("/api/health", Fault.HtmlLogin);
        using (var desk = bench.Desk())
        {
            var line = (await desk.CheckAsync(None)).Value.Lines.Single(static one => one.Name == "server");
            Assert.False(line.IsOk);
            Assert.NotNull(line.Hint);
        }

        using var other = bench.Desk();
        var plan = (await other.PlanAsync(Bench.Request("sleep 60"), None)).Value.Status.Plan.Id;
        bench.Server.Faults.Next("/validate", Fault.HtmlLogin);
        var refused = await other.LaunchAsync(plan, None);
        Assert.Equal(CloudFailures.AuthRequired, refused.Failure.Code);
        Assert.Equal("0.00", (await other.BudgetAsync(None)).Value.View.Reserved.ToString());
        Assert.Empty(bench.Server.LiveClusters);
    }

    [Theory]
    [InlineData("skypilot")]
    [InlineData("local")]
    public async Task What_does_not_fit_the_card_that_was_named_is_refused(string backend)
    {
        await using var bench = await Bench.StartAsync();
        using var desk = bench.Desk();
        var work = new Bench.Work("true") { Sizing = new VramRequest(new ModelShape(70_000_000_000m), TrainingMethod.Full, 2048, 1) };
        var request = Bench.Request("true", backend) with { Work = work, Gpu = "L40S" };
        var refused = await desk.PlanAsync(request, None);
        Assert.Equal(CloudFailures.ModelTooLarge, refused.Failure.Code);
        Assert.Contains("the card has 48", refused.Failure.Message, StringComparison.Ordinal);
        if (backend is "local")
        {
            var unsaid = (await desk.PlanAsync(request with { Gpu = null }, None)).Value;
            Assert.Contains(unsaid.Warnings, static warning => warning.Contains("name the GPU", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_second_fetch_renames_what_is_there_with_another_content()
    {
        await using var bench = await Bench.StartAsync();
        using var desk = bench.Desk();
        var launch = await bench.LaunchAsync(desk, Bench.Request());
        await Bench.EndOfAsync(desk, launch.Run);
        var first = (await desk.FetchAsync(launch.Run, bench.Combine("results"), None)).Value;
        Assert.Empty(first.Notes);
        var again = (await desk.FetchAsync(launch.Run, bench.Combine("results"), None)).Value;
        Assert.Empty(again.Notes);
        Assert.Equal(first.Files.Select(static file => file.Sha256), again.Files.Select(static file => file.Sha256), StringComparer.Ordinal);

        await File.WriteAllTextAsync(bench.Combine("results/results/params.json"), "mine", None);
        Assert.Contains("params.json.before-1", Assert.Single((await desk.FetchAsync(launch.Run, bench.Combine("results"), None)).Value.Notes), StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(bench.Combine("results/results/params.json.before-1"), None));
        Assert.Equal("{}\n", await File.ReadAllTextAsync(bench.Combine("results/results/params.json"), None));
    }

    [Fact]
    public async Task A_launch_that_needs_nobodys_yes_takes_less_than_a_second_of_our_own()
    {
        await using var bench = await Bench.StartAsync();
        using var waits = new WaitCounter();
        bench.Handler = waits;
        using var desk = bench.Desk();

        // The first launch of a process also compiles what it runs.
        Assert.NotNull((await desk.LaunchAsync(Bench.Request("sleep 60"), None)).Value.Launch);
        var before = waits.Total;
        var watch = Stopwatch.StartNew();
        Assert.NotNull((await desk.LaunchAsync(Bench.Request("sleep 61"), None)).Value.Launch);
        var (whole, server) = (watch.Elapsed, waits.Total - before);
        output.WriteLine($"launch: {whole.TotalMilliseconds:0} ms, of which the server took {server.TotalMilliseconds:0} ms, and we {(whole - server).TotalMilliseconds:0} ms");
        Assert.InRange(whole - server, TimeSpan.Zero, MostOwnTime);
    }

    private sealed class WaitCounter() : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        private long _ticks;

        public TimeSpan Total => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var watch = Stopwatch.StartNew();
            var answer = await base.SendAsync(request, cancellationToken);
            Interlocked.Add(ref _ticks, watch.Elapsed.Ticks);
            return answer;
        }
    }
}
