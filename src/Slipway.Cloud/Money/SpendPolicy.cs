using Slipway.Core.Failures;

namespace Slipway.Cloud.Money;

/// <summary>What an assistant may run on this machine through the MCP server.</summary>
public enum McpRun
{
    /// <summary>A person is asked each time.</summary>
    Ask,

    /// <summary>It may.</summary>
    Allow,

    /// <summary>It may not.</summary>
    Deny,
}

/// <summary>
/// What may be spent, and on what: written by a person in a file of his own, never by a tool. An empty list allows any; an amount that is null sets no limit. Without a file
/// nothing is rented at all, and a file without the three amounts is refused.
/// </summary>
/// <param name="PerRunMax">The highest ceiling of one run.</param>
/// <param name="DailyMax">The most for one day of UTC.</param>
/// <param name="MonthlyMax">The most for one month of UTC.</param>
public sealed record SpendPolicy(Usd PerRunMax, Usd DailyMax, Usd MonthlyMax)
{
    /// <summary>Runs that may be open at once, unpriced ones included.</summary>
    public int MaxConcurrentRuns { get; init; } = 1;

    /// <summary>The highest price per hour of all nodes together.</summary>
    public Usd? MaxHourlyRate { get; init; }

    /// <summary>Plans with a ceiling up to this need no person. At 0 every plan does: the standing consent of a person, with its cap.</summary>
    public Usd ApproveAbove { get; init; }

    /// <summary>The backends that may be used.</summary>
    public IReadOnlyList<string> Backends { get; init; } = [];

    /// <summary>The clouds that may be used.</summary>
    public IReadOnlyList<string> Clouds { get; init; } = [];

    /// <summary>The regions that may be used.</summary>
    public IReadOnlyList<string> Regions { get; init; } = [];

    /// <summary>The GPUs that may be used.</summary>
    public IReadOnlyList<string> Gpus { get; init; } = [];

    /// <summary>The most machines of one run.</summary>
    public int MaxNodes { get; init; } = 1;

    /// <summary>The longest a run may last, all attempts together.</summary>
    public TimeSpan MaxRuntime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Whether machines without a price (Kubernetes, SSH, Slurm) may be used.</summary>
    public bool AllowUnpriced { get; init; }

    /// <summary>Whether a run that was planned on spot may be taken up on demand.</summary>
    public bool AllowOnDemandFallback { get; init; }

    /// <summary>The age of a price from which on it is warned of.</summary>
    public TimeSpan PriceWarnAge { get; init; } = TimeSpan.FromDays(14);

    /// <summary>The age of a price from which on it is refused.</summary>
    public TimeSpan PriceRefuseAge { get; init; } = TimeSpan.FromDays(60);

    /// <summary>By how many hundredths a price may have moved, either way, between plan and launch.</summary>
    public int PriceDriftPercent { get; init; } = 10;

    /// <summary>How long a plan waits for a person.</summary>
    public TimeSpan PlanExpiry { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Minutes of an idle GPU after which a run is ended; null: never.</summary>
    public int? GpuIdleMinutes { get; init; }

    /// <summary>Whether approvals need a PIN.</summary>
    public bool RequirePin { get; init; }

    /// <summary>What an assistant may run on this machine.</summary>
    public McpRun McpRun { get; init; } = McpRun.Ask;

    /// <summary>The limits that the ledger holds.</summary>
    public SpendLimits Limits => new(PerRunMax, DailyMax, MonthlyMax, MaxConcurrentRuns);

    /// <summary>Whether a plan needs a person. One without a ceiling, or with something in it whose price is not known, always does.</summary>
    public bool NeedsApproval(LaunchPlan plan) => plan.Ceiling is not { } ceiling || !plan.Unpriced.IsEmpty || ApproveAbove.IsZero || ceiling > ApproveAbove;

    /// <summary>Everything in a plan that this forbids; empty when it may go on.</summary>
    public IReadOnlyList<PolicyViolation> Check(LaunchPlan plan)
    {
        var found = new List<PolicyViolation>();
        AddNames(found, plan);
        AddAmounts(found, plan);
        Add(found, plan.Nodes > MaxNodes, "nodes", $"{plan.Nodes}", "max_nodes", $"{MaxNodes}");
        Add(found, plan.MaxRuntime > MaxRuntime, "max_runtime", PolicyText.Span(plan.MaxRuntime), "max_runtime", PolicyText.Span(MaxRuntime));
        Add(
            found, GpuIdleMinutes is { } idle && (plan.Guards.GpuIdleMinutes is not { } planned || planned > idle),
            "gpu_idle_minutes", plan.Guards.GpuIdleMinutes?.ToString() ?? "none", "gpu_idle_minutes", $"{GpuIdleMinutes}");
        return found;
    }

    /// <summary>The failure of some violations; null of none.</summary>
    public static Failure? Refusal(IReadOnlyList<PolicyViolation> violations) => violations.Count == 0
        ? null
        : new Failure(CloudFailures.PolicyForbids, violations[0].Text) { Detail = violations.Count == 1 ? null : string.Join('\n', violations.Select(static one => one.Text)) };

    private void AddNames(List<PolicyViolation> found, LaunchPlan plan)
    {
        AddName(found, Backends, "backend", plan.Backend, "backends");
        AddName(found, Clouds, "cloud", plan.Offer.Cloud, "clouds");
        AddName(found, Regions, "region", plan.Offer.Region, "regions");
        AddName(found, Gpus, "gpu", plan.Offer.Gpu ?? "none", "gpus");
    }

    private void AddAmounts(List<PolicyViolation> found, LaunchPlan plan)
    {
        Add(found, plan.Ceiling is null && !AllowUnpriced, "ceiling_usd", "unpriced", "allow_unpriced", "false");
        Add(found, plan.Ceiling > PerRunMax, "ceiling_usd", $"{plan.Ceiling}", "per_run_max_usd", $"{PerRunMax}");
        Add(found, MaxHourlyRate is { } rate && plan.Hourly > rate, "hourly_usd_h", $"{plan.Hourly}", "max_hourly_rate_usd_h", $"{MaxHourlyRate}");
    }

    private static void AddName(List<PolicyViolation> found, IReadOnlyList<string> allowed, string field, string value, string limit) =>
        Add(found, allowed.Count > 0 && !allowed.Contains(value, StringComparer.OrdinalIgnoreCase), field, value, limit, string.Join(", ", allowed));

    private static void Add(List<PolicyViolation> found, bool violated, string field, string value, string limit, string allowed)
    {
        if (violated)
        {
            found.Add(new PolicyViolation(field, value, limit, allowed));
        }
    }
}

/// <summary>One thing that a policy forbids.</summary>
/// <param name="Field">The field of the plan.</param>
/// <param name="Value">What it holds.</param>
/// <param name="Limit">The key of the policy.</param>
/// <param name="Allowed">What that allows.</param>
public sealed record PolicyViolation(string Field, string Value, string Limit, string Allowed)
{
    /// <summary>The sentence for people.</summary>
    public string Text => $"{Field} is {Core.Text.Shown.Quote(Value)}, but the policy has {Limit} = {Allowed}.";
}

/// <summary>The limits that the ledger holds.</summary>
/// <param name="PerRun">The highest ceiling of one run.</param>
/// <param name="Daily">The most for one day of UTC.</param>
/// <param name="Monthly">The most for one month of UTC.</param>
/// <param name="Concurrent">Runs that may be open at once.</param>
public sealed record SpendLimits(Usd PerRun, Usd Daily, Usd Monthly, int Concurrent);
