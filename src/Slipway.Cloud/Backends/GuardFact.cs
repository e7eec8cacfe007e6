using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Cloud.Backends;

/// <summary>A guard of a rented machine, and whether it was seen to hold.</summary>
/// <param name="Name"><c>timeout</c>, <c>autostop</c>, <c>max_hourly_cost</c>, <c>server_access</c>, <c>label</c> or <c>supervisor</c>.</param>
/// <param name="InForce">Whether it is in force: true where it was read back or cannot be otherwise; null where nobody looked yet.</param>
/// <param name="Text">What it is set to, or why it is not in force, for people.</param>
public sealed record GuardFact(string Name, bool? InForce, string Text);

/// <summary>The guards of a run.</summary>
/// <param name="Guards">One by one.</param>
public sealed record GuardReport(ImmutableArray<GuardFact> Guards)
{
    /// <summary>Whether all hold; null while one was not looked at.</summary>
    public bool? AllInForce => Guards.Any(static guard => guard.InForce is false) ? false : Guards.Any(static guard => guard.InForce is null) ? null : true;

    /// <summary>Writes the guards as an array of objects.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartArray();
        foreach (var guard in Guards)
        {
            writer.WriteStartObject();
            writer.WriteString("name", guard.Name);
            if (guard.InForce is { } holds)
            {
                writer.WriteBoolean("in_force", holds);
            }
            else
            {
                writer.WriteNull("in_force");
            }

            writer.WriteString("text", guard.Text);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
