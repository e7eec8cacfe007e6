using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;

namespace Slipway.Training.Adapters.Tinker;

/// <summary>Reads answers; one that is not as it should be is a failure and not an exception.</summary>
internal static class JsonRead
{
    public static Result<T> From<T>(ReadOnlyMemory<byte> body, string what, Func<JsonElement, T> read)
        where T : notnull
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return Result.Ok(read(document.RootElement));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            return new Failure(TinkerFailures.BadReply, $"The answer to {what} cannot be read: {exception.Message}");
        }
    }

    /// <summary>A text that must be there and not be empty.</summary>
    public static string Text(JsonElement element, string name) =>
        OptionalText(element, name) is { Length: > 0 } text ? text : throw new FormatException($"there is no {name}.");

    /// <summary>A text; null when it is not there.</summary>
    public static string? OptionalText(JsonElement element, string name) =>
        Field(element, name) is { ValueKind: JsonValueKind.String } field ? field.GetString() : null;

    /// <summary>A whole number; null when it is not there.</summary>
    public static long? OptionalNumber(JsonElement element, string name) =>
        Field(element, name) is { ValueKind: JsonValueKind.Number } field && field.TryGetInt64(out var number) ? number : null;

    /// <summary>A member of an object; null when it is not there, or is null.</summary>
    public static JsonElement? Field(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var field) && field.ValueKind != JsonValueKind.Null ? field : null;

    /// <summary>A log-probability; null is what is not defined.</summary>
    public static float Float(JsonElement element) => element.ValueKind == JsonValueKind.Null ? float.NaN : element.GetSingle();

    /// <summary>Metrics by their names; none when they are not told.</summary>
    public static ImmutableSortedDictionary<string, double> Metrics(JsonElement element) => Field(element, "metrics") is not { } metrics
        ? ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal)
        : metrics.EnumerateObject().ToImmutableSortedDictionary(
            static metric => metric.Name, static metric => metric.Value.ValueKind == JsonValueKind.Null ? double.NaN : metric.Value.GetDouble(), StringComparer.Ordinal);
}
