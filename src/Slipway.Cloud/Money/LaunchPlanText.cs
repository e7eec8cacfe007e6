using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Cloud.Offers;
using Slipway.Core.Failures;
using Slipway.Core.Identity;

namespace Slipway.Cloud.Money;

/// <summary>Plans as canonical JSON.</summary>
public static class LaunchPlanText
{
    private const string Schema = "slipway.launch-plan/1";
    private const int MostNodes = 1000;
    private static readonly TimeSpan MostTime = TimeSpan.FromDays(365);

    /// <summary>The canonical bytes (RFC 8785).</summary>
    public static byte[] Render(LaunchPlan plan) => JsonText.Of(writer =>
    {
        writer.WriteString("schema", Schema);
        writer.WriteString("backend", plan.Backend);
        writer.WriteString("template", plan.Template);
        writer.WriteString("parameters", plan.Parameters.Hex);
        writer.WriteStartObject("offer");
        OfferText.Write(writer, plan.Offer);
        writer.WriteEndObject();
        writer.WriteBoolean("spot", plan.Spot);
        writer.WriteNumber("nodes", plan.Nodes);
        Seconds(writer, "max_runtime_s", plan.MaxRuntime);
        writer.WriteStartObject("guards");
        Seconds(writer, "provision_allowance_s", plan.Guards.ProvisionAllowance);
        Seconds(writer, "idle_tail_s", plan.Guards.IdleTail);
        writer.Amount("max_hourly_per_node_usd_h", plan.Guards.MaxHourlyPerNode);
        if (plan.Guards.GpuIdleMinutes is { } idle)
        {
            writer.WriteNumber("gpu_idle_minutes", idle);
        }

        writer.WriteBoolean("api_server_access", false);
        writer.WriteEndObject();
        writer.Amount("extras_usd", plan.Extras);
        writer.WriteStartArray("unpriced");
        foreach (var item in plan.Unpriced)
        {
            writer.WriteStringValue(item);
        }

        writer.WriteEndArray();
        writer.Amount("hourly_usd_h", plan.Hourly);
        writer.Amount("ceiling_usd", plan.Ceiling);
        writer.Time("created", plan.Created);
        writer.Time("expires", plan.Expires);
    });

    /// <summary>Reads a plan.</summary>
    /// <returns>The plan; <see cref="CloudFailures.PlanInvalid"/> for anything that would not render to the same bytes.</returns>
    public static Result<LaunchPlan> Parse(ReadOnlyMemory<byte> bytes)
    {
        if (JsonText.Read(bytes) is not { } value || value.Text("schema") != Schema || !value.TryGetProperty("guards", out var guards) || guards.ValueKind is not JsonValueKind.Object
            || !value.TryGetProperty("offer", out var offered) || !OfferText.Read(offered).TryGet(out var offer, out _)
            || !Sha256Digest.Parse(value.Text("parameters") ?? string.Empty).TryGet(out var parameters, out _))
        {
            return Invalid();
        }

        if (value.Text("backend") is not { Length: > 0 } backend || value.Text("template") is not { Length: > 0 } template || value.Whole("nodes") is not ({ } nodes and > 0 and <= MostNodes)
            || Span(value, "max_runtime_s") is not { } runtime || Span(guards, "provision_allowance_s") is not { } provision || Span(guards, "idle_tail_s") is not { } tail
            || value.Time("created") is not { } created || value.Time("expires") is not { } expires
            || !value.TryAmount("ceiling_usd", out var ceiling, out _) || !value.TryAmount("extras_usd", out var extras, out _) || !guards.TryAmount("max_hourly_per_node_usd_h", out var cap, out _))
        {
            return Invalid();
        }

        var plan = new LaunchPlan(
            backend, template, parameters, offer, value.Flag("spot"), nodes, runtime, new PlanGuards(provision, tail, cap, guards.Whole("gpu_idle_minutes")), ceiling, created, expires)
        {
            Extras = extras ?? Usd.Zero,
            Unpriced = Names(value, "unpriced"),
        };
        return plan.Canonical.AsSpan().SequenceEqual(bytes.Span) ? plan : Invalid();
    }

    private static ImmutableArray<string> Names(JsonElement value, string name) => value.TryGetProperty(name, out var names) && names.ValueKind is JsonValueKind.Array
        ? [.. names.EnumerateArray().Select(static item => item.ValueKind is JsonValueKind.String ? item.GetString()! : string.Empty)]
        : [];

    private static Failure Invalid() => new(CloudFailures.PlanInvalid, "A plan is malformed.");

    private static void Seconds(Utf8JsonWriter writer, string name, TimeSpan span) => writer.WriteNumber(name, (long)span.TotalSeconds);

    private static TimeSpan? Span(JsonElement value, string name) =>
        value.Number(name) is { } seconds && seconds >= 0 && seconds <= (decimal)MostTime.TotalSeconds ? TimeSpan.FromSeconds((double)seconds) : null;
}
