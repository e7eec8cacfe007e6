using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Cloud.Cost;
using Slipway.Cloud.Money;
using Slipway.Cloud.Offers;

namespace Slipway.Cloud.Launching;

/// <summary>An answer that other programs read: snake_case names, money as strings.</summary>
public interface ICloudResult
{
    /// <summary>Writes it as one value.</summary>
    void WriteTo(Utf8JsonWriter writer);
}

/// <summary>What can be rented.</summary>
/// <param name="Backend">The backend.</param>
/// <param name="Offers">The offers that match, cheapest first.</param>
/// <param name="Total">How many the backend has in all.</param>
/// <param name="FetchedAt">When they were fetched.</param>
/// <param name="Age">How long ago that is.</param>
/// <param name="Notes">What people should know of them.</param>
public sealed record OffersResult(string Backend, ImmutableArray<Offer> Offers, int Total, DateTimeOffset FetchedAt, TimeSpan Age, ImmutableArray<string> Notes) : ICloudResult
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString("backend", Backend);
        writer.WriteNumber("total", Total);
        writer.Time("fetched_at", FetchedAt);
        writer.WriteNumber("age_seconds", (long)Age.TotalSeconds);
        writer.Sentences("notes", Notes);
        writer.WriteStartArray("offers");
        foreach (var offer in Offers)
        {
            writer.OfferObject(offer);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}

/// <summary>What a run may cost, and whether it fits.</summary>
/// <param name="Offer">The machine: the cheapest that matches.</param>
/// <param name="Spot">Whether as spot.</param>
/// <param name="Nodes">How many.</param>
/// <param name="MaxRuntime">The run's limit.</param>
/// <param name="Cost">The estimate.</param>
/// <param name="Fit">Whether the model fits; null when nobody can tell what it needs.</param>
/// <param name="Alternatives">What comes near: the next cheapest.</param>
/// <param name="IsManaged">Whether the server manages the job, and gets lost machines anew.</param>
public sealed record EstimateResult(
    Offer Offer, bool Spot, int Nodes, TimeSpan MaxRuntime, CostEstimate Cost, VramAnswer? Fit, ImmutableArray<OfferAlternative> Alternatives, bool IsManaged) : ICloudResult
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        Members(writer);
        writer.WriteEndObject();
    }

    internal void Members(Utf8JsonWriter writer)
    {
        writer.WritePropertyName("offer");
        writer.OfferObject(Offer);
        writer.WriteBoolean("spot", Spot);
        writer.WriteNumber("nodes", Nodes);
        writer.WriteBoolean("managed", IsManaged);
        writer.WriteNumber("max_runtime_seconds", (long)MaxRuntime.TotalSeconds);
        writer.Amount("hourly_usd_h", Cost.Hourly);
        writer.Amount("expected_usd", Cost.Expected);
        writer.Amount("ceiling_usd", Cost.Ceiling);
        writer.WriteNumber("ceiling_seconds", (long)Cost.CeilingTime.TotalSeconds);
        writer.WriteStartArray("line_items");
        foreach (var line in Cost.Lines)
        {
            writer.WriteStartObject();
            writer.WriteString("item", line.Item);
            writer.WriteString("text", line.Text);
            writer.Amount("amount_usd", line.Amount);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.Sentences("unpriced", Cost.Unpriced);
        writer.Sentences("assumptions", Cost.Assumptions);
        writer.WriteString("warning", Cost.Warning);
        WriteFit(writer);
        writer.WriteStartArray("alternatives");
        foreach (var other in Alternatives)
        {
            writer.WriteStartObject();
            writer.WriteString("why", other.Why);
            writer.WriteBoolean("spot", other.Spot);
            writer.WritePropertyName("offer");
            writer.OfferObject(other.Offer);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void WriteFit(Utf8JsonWriter writer)
    {
        if (Fit is null)
        {
            writer.WriteNull("fit");
            return;
        }

        writer.WriteStartObject("fit");
        writer.WriteString("fits", Fit.Fit.Fits switch { true => "yes", false => "no", null => "unknown" });
        writer.WriteString("text", Fit.Text);
        writer.WriteNumber("needed_gib", decimal.Round(Fit.Fit.Need.Total, 2));
        writer.Sentences("assumptions", Fit.Assumptions);
        writer.WriteStartArray("offers");
        foreach (var offer in Fit.Alternatives)
        {
            writer.OfferObject(offer);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}

/// <summary>A plan that was made, and what a person has to see of it.</summary>
/// <param name="Status">The plan and whether it waits for an answer.</param>
/// <param name="Estimate">What it may cost.</param>
/// <param name="Budget">Where the budget stands, this plan not counted.</param>
/// <param name="Script">The script that will run.</param>
/// <param name="Yaml">The task as the server will read it, without secrets; null where there is no server.</param>
/// <param name="Warnings">What people should know.</param>
public sealed record PlanResult(PlanStatus Status, EstimateResult Estimate, BudgetView Budget, string Script, string? Yaml, ImmutableArray<string> Warnings) : ICloudResult
{
    /// <summary>Whether a person has to say yes first.</summary>
    public bool NeedsApproval => Status.State is PlanState.Waiting;

    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString("plan_id", Status.Plan.Id.ToString());
        writer.WriteString("digest", Status.Plan.Digest.Hex);
        writer.WriteString("state", Status.State.Word());
        writer.WriteString("approval", NeedsApproval ? "needed" : "none");
        writer.Time("expires_at", Status.ExpiresAt);
        writer.WriteString("backend", Status.Plan.Backend);
        writer.WriteString("workflow", Status.Plan.Template);
        writer.Amount("available_usd", Budget.Available);
        Estimate.Members(writer);
        writer.WriteString("script", Script);
        writer.WriteString("yaml", Yaml);
        writer.Sentences("warnings", Warnings);
        writer.WriteEndObject();
    }
}
