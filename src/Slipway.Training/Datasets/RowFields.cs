using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Training.Renderers;

namespace Slipway.Training.Datasets;

/// <summary>Fields of rows.</summary>
internal static class RowFields
{
    /// <summary>A text; null when the row has none of that name.</summary>
    internal static string? Text(JsonElement row, string field) => row.TryGetProperty(field, out var value) ? SpacedJson.String(value) : null;

    /// <summary>A text; a failure when the row has none of that name.</summary>
    internal static Result<string> Need(JsonElement row, string field, FailureLocation at) => Text(row, field) is { } text ? text : Bad($"{field} must be a text", at);

    internal static Failure Bad(string problem, FailureLocation at) => new(TrainingFailures.BadRow, $"{problem}.") { Location = at };
}
