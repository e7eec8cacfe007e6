using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Slipway.Cloud.Backends;
using Slipway.Cloud.Cost;
using Slipway.Cloud.Launching;
using Slipway.Cloud.Money;
using Slipway.Cloud.Offers;
using Slipway.Cloud.Tests.Money;
using Slipway.Runs.Jobs;
using Slipway.TestKit;

namespace Slipway.Cloud.Tests.Launching;

/// <summary>What programs read of each answer: a change of a name here is a change for all of them.</summary>
public sealed class ResultTextTests
{
    private static readonly RunId Run = RunId.Parse("20261122t100000-00000001")!.Value;
    private static readonly GuardReport Guards = new([new GuardFact("timeout", true, "TERM after 04:00:00"), new GuardFact("autostop", null, "read back once it is up"), new GuardFact("label", false, "none")]);
    private static readonly FetchResult Fetched = new(Run, "/results", [new FetchedFile("results/params.json", 3, "ab12")], ["a note"]);
    private static readonly OrphanView Orphan = new("slipway-x", "UP", "nebius/eu-north1", Some.Now, "its name is one of ours");
    private static readonly BudgetView Budget = new(Some.Policy.Limits, new DateOnly(2026, 11, 22), Some.Money("1.50"), Some.Money("7.25"), Some.Money("6.84"), 1);

    private static readonly RunView View = new(Run, "skypilot", "slipway-x", "lora", BackendState.Running)
    {
        RawState = "RUNNING UP",
        Phase = "runs",
        Progress = "step 7",
        Recoveries = 1,
        SpentSoFar = Some.Money("0.52"),
        Ceiling = Some.Money("6.84"),
        Money = LedgerState.Reserved,
        Guards = Guards,
        StillBills = ["slipway-x: 1.55 USD an hour"],
        LastLines = ["step 6", "step 7"],
        Notes = ["a note"],
        CreatedAt = Some.Now,
        StartedAt = Some.Now.AddMinutes(2),
        EndsBy = Some.Now.AddHours(5),
    };

    private static readonly LaunchResult Launch = new(Run, "skypilot", "slipway-x", BackendState.Queued, Some.Money("6.84"), Some.Now.AddHours(5), Guards, true, ["a warning"]);

    [Fact]
    public void Offers() => Match(new OffersResult("skypilot", [Some.L40S, Some.H100], 17, Some.Now, TimeSpan.FromMinutes(3), ["one was left out"]));

    [Fact]
    public void Estimate() => Match(Estimated());

    [Fact]
    public void Plan() => Match(new PlanResult(Planned(), Estimated(), Budget, "#!/bin/bash\n", "name: x\n", ["a warning"]));

    [Fact]
    public void LaunchOfAPlan() => Match(Launch);

    [Fact]
    public void LaunchOfARequest() => Match(new LaunchAnswer(null, Launch));

    [Fact]
    public void Status() => Match(View);

    [Fact]
    public void List() => Match(new ListResult([View with { Guards = new GuardReport([]), SpentSoFar = null, Money = null, Progress = null }], [Orphan], ["a note"]));

    [Fact]
    public void Stop() => Match(new StopResult(Run, BackendState.Cancelled, ["It was told to end."], ["slipway-x is there still"], Some.Money("0.52"), Fetched));

    [Fact]
    public void Fetch() => Match(Fetched);

    [Fact]
    public void BudgetOfToday() => Match(new BudgetResult(Budget, [new LedgerEntry(Run.ToString(), "p-0123456789", "skypilot", "slipway-x", Some.Money("6.84"), Some.Money("1.55"), Usd.Zero, Some.Now, Some.Now.AddHours(5))]));

    [Fact]
    public void Reconcile() => Match(new ReconcileResult([new Repair(Run.ToString(), "Its money was given back.", false), new Repair(null, "The server does not answer.", true)], [Orphan]));

    [Fact]
    public void Check() => Match(new CheckReport(
        [new CheckLine("server", true, "It answers.", null), new CheckLine("policy", false, "There is none.", "Write one.")],
        ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.Add("nebius", ["compute", "storage"])));

    [Fact]
    public void Logs()
    {
        var page = new LogPage(["one", "two"], new LogCursor(2), true);
        Snapshot.Match(Text(page.WriteTo));
    }

    private static PlanStatus Planned()
    {
        var plan = Some.Plan();
        return new PlanStatus(plan, PlanState.Waiting, plan.Expires, null, null);
    }

    private static EstimateResult Estimated()
    {
        var cost = CostEstimator.Estimate(new CostRequest(Some.L40S, false, 1, TimeSpan.FromHours(4)) { ExpectedRuntime = TimeSpan.FromHours(2), Disk = new DiskCost(100) }, Some.Now).Value;
        var fit = VramSizing.Check(new VramRequest(new ModelShape(70_000_000_000m), TrainingMethod.Full, 2048, 1) { Sharded = true }, Some.L40S, [Some.L40S, Some.H100x8], spot: false).Value;
        return new EstimateResult(Some.L40S, false, 1, TimeSpan.FromHours(4), cost, fit, [new OfferAlternative(Some.H100, true, "as spot")], false);
    }

    private static void Match(ICloudResult result, [System.Runtime.CompilerServices.CallerMemberName] string test = "") => Snapshot.Match(Text(result.WriteTo), test: test);

    private static string Text(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
