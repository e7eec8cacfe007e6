using System.Collections.Immutable;
using System.Globalization;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Core.Toml;
using Slipway.Runs.Jobs;

namespace Slipway.Cloud.Money;

/// <summary>The text of a policy: TOML, strictly the keys that are known, and amounts as text, because a float of TOML is binary.</summary>
public static class PolicyText
{
    private const string Amounts = "per_run_max_usd";
    private const int MostRuns = 10_000;
    private const int MostMinutes = 60 * 24 * 30;

    private static readonly string[] Keys =
    [
        Amounts, "daily_max_usd", "monthly_max_usd", "max_concurrent_runs", "max_hourly_rate_usd_h", "approve_above_usd", "backends", "clouds", "regions", "gpus", "max_nodes",
        "max_runtime", "allow_unpriced", "allow_on_demand_fallback", "price_warn_days", "price_refuse_days", "price_drift_percent", "plan_expiry_minutes", "gpu_idle_minutes",
        "require_pin", "mcp",
    ];

    /// <summary>A policy to begin with: small amounts, and a person is asked for everything.</summary>
    public static string Example =>
        """
        # Written by you, read by slipway; no tool changes it. Periods are UTC.
        per_run_max_usd = "10.00"
        daily_max_usd = "20.00"
        monthly_max_usd = "100.00"
        max_concurrent_runs = 1
        max_nodes = 1
        max_runtime = "8h"
        approve_above_usd = "0.00"   # 0: every launch asks a person
        allow_unpriced = false       # true: also what nobody bills for by the hour: this machine, SSH, Kubernetes, Slurm

        [mcp]
        run = "ask"                  # ask, allow or deny
        """;

    /// <summary>Reads a policy.</summary>
    /// <param name="text">The text.</param>
    /// <param name="source">The file's name for messages.</param>
    public static Result<SpendPolicy> Parse(string text, string source)
    {
        if (!TomlReader.Parse(text, source).TryGet(out var table, out var failure))
        {
            return Invalid(failure);
        }

        if (table.AllowOnly(Keys) is { IsOk: false } unknown)
        {
            return Invalid(unknown.Failure);
        }

        try
        {
            return Read(new Reader(table));
        }
        catch (Refused refused)
        {
            return Invalid(refused.Failure);
        }
    }

    /// <summary>A length of time as policies and plans have it.</summary>
    internal static string Span(TimeSpan span) =>
        span.Ticks % TimeSpan.TicksPerHour == 0 ? $"{span.Ticks / TimeSpan.TicksPerHour}h"
        : span.Ticks % TimeSpan.TicksPerMinute == 0 ? $"{span.Ticks / TimeSpan.TicksPerMinute}m"
        : $"{span.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)}s";

    private static Failure Invalid(Failure failure) => new(CloudFailures.PolicyInvalid, failure.Message) { Hint = failure.Hint, Location = failure.Location, Detail = failure.Detail };

    private static SpendPolicy Read(Reader from)
    {
        var basis = new SpendPolicy(from.Need(Amounts), from.Need("daily_max_usd"), from.Need("monthly_max_usd"));
        var policy = basis with
        {
            MaxConcurrentRuns = from.Count("max_concurrent_runs", 0, MostRuns) ?? basis.MaxConcurrentRuns,
            MaxHourlyRate = from.Amount("max_hourly_rate_usd_h"),
            ApproveAbove = from.Amount("approve_above_usd") ?? Usd.Zero,
            Backends = from.Names("backends"),
            Clouds = from.Names("clouds"),
            Regions = from.Names("regions"),
            Gpus = from.Names("gpus"),
            MaxNodes = from.Count("max_nodes", 1, MostRuns) ?? basis.MaxNodes,
            MaxRuntime = from.Span("max_runtime") ?? basis.MaxRuntime,
            AllowUnpriced = from.Flag("allow_unpriced"),
            AllowOnDemandFallback = from.Flag("allow_on_demand_fallback"),
        };
        return ReadRest(from, policy);
    }

    private static SpendPolicy ReadRest(Reader from, SpendPolicy policy)
    {
        policy = policy with
        {
            PriceWarnAge = from.Count("price_warn_days", 0, 365) is { } warn ? TimeSpan.FromDays(warn) : policy.PriceWarnAge,
            PriceRefuseAge = from.Count("price_refuse_days", 1, 365) is { } refuse ? TimeSpan.FromDays(refuse) : policy.PriceRefuseAge,
            PriceDriftPercent = from.Count("price_drift_percent", 0, 100) ?? policy.PriceDriftPercent,
            PlanExpiry = from.Count("plan_expiry_minutes", 1, 24 * 60) is { } minutes ? TimeSpan.FromMinutes(minutes) : policy.PlanExpiry,
            GpuIdleMinutes = from.Count("gpu_idle_minutes", 1, MostMinutes),
            RequirePin = from.Flag("require_pin"),
            McpRun = from.Run(),
        };
        return policy.ApproveAbove > policy.PerRunMax
            ? throw new Refused(new Failure(CloudFailures.PolicyInvalid, "approve_above_usd is more than per_run_max_usd."))
            : policy;
    }

    // Reading two dozen keys one after the other is a sequence of steps that may each end it; the exception never leaves this file.
    private sealed class Refused(Failure failure) : Exception(failure.Message)
    {
        public Failure Failure { get; } = failure;
    }

    private sealed class Reader(TomlTable table)
    {
        public Usd Need(string key) => Amount(key) ?? throw new Refused(
            new Failure(CloudFailures.PolicyInvalid, $"{key} is missing: without it nothing is rented.") { Hint = $"Add a line such as {key} = \"10.00\".", Location = table.Location });

        public Usd? Amount(string key)
        {
            if (!table.TryGet(key, out var value))
            {
                return null;
            }

            if (value is TomlFloat)
            {
                throw Wrong(key, $"{key} is written as a number with a point, which is a binary float.", $"Put it in quotation marks, as in {key} = \"10.00\".");
            }

            var text = value is TomlInteger whole ? whole.Value.ToString(CultureInfo.InvariantCulture) : Take(table.GetString(key));
            return Usd.Parse(text, key).TryGet(out var amount, out var failure) ? amount : throw Wrong(key, failure.Message, failure.Remedy);
        }

        public int? Count(string key, int least, int most)
        {
            if (!Take(table.FindInteger(key)).TryGet(out var number))
            {
                return null;
            }

            return number >= least && number <= most ? (int)number : throw Wrong(key, $"{key} is {number}: it goes from {least} to {most}.", null);
        }

        public bool Flag(string key) => Take(table.FindBoolean(key)).Or(false);

        public ImmutableArray<string> Names(string key)
        {
            var names = Take(table.GetStrings(key));
            return !table.TryGet(key, out _) || names.Length > 0
                ? names
                : throw Wrong(key, $"{key} is an empty list, which allows nothing.", "Remove the key to allow any, or name what is allowed.");
        }

        public TimeSpan? Span(string key)
        {
            if (!Take(table.FindString(key)).TryGet(out var text))
            {
                return null;
            }

            return Duration.Parse(text, key).TryGet(out var span, out var failure) ? span : throw Wrong(key, failure.Message, failure.Remedy);
        }

        public McpRun Run()
        {
            var mcp = Take(table.FindTable("mcp"));
            if (!mcp.TryGet(out var section))
            {
                return McpRun.Ask;
            }

            Take(section.AllowOnly("run"));
            return Take(section.FindString("run")).Or("ask") switch
            {
                "ask" => McpRun.Ask,
                "allow" => McpRun.Allow,
                "deny" => McpRun.Deny,
                var other => throw Wrong("mcp", $"mcp.run is {Shown.Quote(other)}: it is ask, allow or deny.", null),
            };
        }

        private static T Take<T>(Result<T> read)
            where T : notnull => read.IsOk ? read.Value : throw new Refused(read.Failure);

        private Refused Wrong(string key, string message, string? hint) =>
            new(new Failure(CloudFailures.PolicyInvalid, message) { Hint = hint, Location = table.KeyLocation(key) });
    }
}
