using System.Text.Json;
using Slipway.Cloud.Money;
using Slipway.Cloud.Offers;

namespace Slipway.Cloud.Launching;

/// <summary>What all answers write in one way.</summary>
internal static class CloudJson
{
    public static void OfferObject(this Utf8JsonWriter writer, Offer offer)
    {
        writer.WriteStartObject();
        OfferText.Write(writer, offer);
        writer.WriteEndObject();
    }

    public static void Sentences(this Utf8JsonWriter writer, string name, IEnumerable<string> sentences)
    {
        writer.WriteStartArray(name);
        foreach (var sentence in sentences)
        {
            writer.WriteStringValue(sentence);
        }

        writer.WriteEndArray();
    }

    public static string Word(this PlanState state) => state is PlanState.AutoApproved ? "auto_approved" : state.ToString().ToLowerInvariant();
}
