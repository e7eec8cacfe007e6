using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Slipway.Core.Failures;

namespace Slipway.Training.Datasets;

/// <summary>Reads JSON Lines: an object on each line, UTF-8. Row i of what is read was on line i + 1, so no line may be empty but those at the end.</summary>
public static class JsonLines
{
    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="source">Its path, for messages and as the origin.</param>
    public static Result<Dataset> Parse(string text, string source)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = text.TrimStart('\uFEFF').TrimEnd('\r', '\n', ' ', '\t').Split('\n');
        var rows = ImmutableArray.CreateBuilder<JsonElement>(lines.Length);
        foreach (var line in lines.Length == 1 && lines[0].Length == 0 ? [] : lines)
        {
            if (!Row(line, new FailureLocation(source, rows.Count + 1)).TryGet(out var row, out var failure))
            {
                return failure;
            }

            rows.Add(row);
        }

        return new Dataset(rows.ToImmutable(), source);
    }

    /// <summary>Reads what a caller has opened, line by line.</summary>
    /// <param name="reader">The text; it is left open.</param>
    /// <param name="source">Its path, for messages and as the origin.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<Result<Dataset>> ReadAsync(TextReader reader, string source, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var (rows, blanks) = (ImmutableArray.CreateBuilder<JsonElement>(), 0);
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                blanks++;
                continue;
            }

            if (!Row(blanks > 0 ? string.Empty : line, new FailureLocation(source, rows.Count + 1)).TryGet(out var row, out var failure))
            {
                return failure;
            }

            rows.Add(row);
        }

        return new Dataset(rows.ToImmutable(), source);
    }

    private static Result<JsonElement> Row(string line, FailureLocation at)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return Bad("The line is empty", at);
        }

        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind is JsonValueKind.Object ? document.RootElement.Clone() : Bad("The line is no JSON object", at);
        }
        catch (JsonException exception)
        {
            var bytes = Encoding.UTF8.GetBytes(line);
            var before = (int)Math.Min(exception.BytePositionInLine ?? 0, bytes.Length);
            return Bad("The line is no JSON", at with { Column = Encoding.UTF8.GetCharCount(bytes, 0, before) + 1 });
        }
        catch (ArgumentException)
        {
            return Bad("The line has half of a surrogate pair, which is no text", at);
        }
    }

    private static Failure Bad(string problem, FailureLocation at) => new(TrainingFailures.BadRow, $"{problem}; each must be one JSON object.") { Location = at };
}
