using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Cloud.Backends;

/// <summary>Where reading a log goes on.</summary>
/// <param name="Line">How many lines were read already.</param>
public readonly record struct LogCursor(long Line)
{
    /// <summary>The beginning.</summary>
    public static LogCursor Start => default;

    /// <summary>The cursor that a text is; null when it is none.</summary>
    public static LogCursor? Parse(string? text) =>
        long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var line) ? new LogCursor(line) : null;

    /// <inheritdoc/>
    public override string ToString() => Line.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Some lines of a run's log.</summary>
/// <param name="Lines">The lines, without their ends, without control characters.</param>
/// <param name="Next">Where to go on.</param>
/// <param name="Truncated">Whether there is more already.</param>
public sealed record LogPage(ImmutableArray<string> Lines, LogCursor Next, bool Truncated)
{
    /// <summary>Writes it as an object.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteStartArray("lines");
        foreach (var line in Lines)
        {
            writer.WriteStringValue(line);
        }

        writer.WriteEndArray();
        writer.WriteString("next_cursor", Next.ToString());
        writer.WriteBoolean("truncated", Truncated);
        writer.WriteEndObject();
    }
}
