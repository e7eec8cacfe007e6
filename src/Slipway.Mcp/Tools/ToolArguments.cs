using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Core.Text;

namespace Slipway.Mcp.Tools;

/// <summary>What a tool was called with, checked as a whole before anything starts.</summary>
public sealed class ToolArguments
{
    private const int LongestObject = 64 * 1024;
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1);

    private readonly ImmutableSortedDictionary<string, JsonElement> _values;

    private ToolArguments(ImmutableSortedDictionary<string, JsonElement> values) => _values = values;

    /// <summary>The digest of all values, in the order of names.</summary>
    public Sha256Digest Digest => Sha256Digest.Of(string.Join('\n', _values.Select(static pair => $"{pair.Key}={pair.Value.GetRawText()}")));

    /// <summary>Reads and checks arguments.</summary>
    public static Result<ToolArguments> Read(McpTool tool, IEnumerable<KeyValuePair<string, JsonElement>>? given)
    {
        var values = ImmutableSortedDictionary.CreateBuilder<string, JsonElement>(StringComparer.Ordinal);
        foreach (var (name, value) in given ?? [])
        {
            if (tool.Parameters.FirstOrDefault(one => string.Equals(one.Name, name, StringComparison.Ordinal)) is not { } parameter)
            {
                return Wrong(tool, name, $"is no argument of {tool.Name}", $"It takes {(tool.Parameters.IsEmpty ? "none" : string.Join(", ", tool.Parameters.Select(static one => one.Name)))}.");
            }

            if (value.ValueKind is JsonValueKind.Null)
            {
                continue;
            }

            if (Objection(parameter, value) is { } objection)
            {
                return Wrong(tool, name, objection, null);
            }

            values[name] = value.Clone();
        }

        return tool.Parameters.FirstOrDefault(one => one.IsRequired && !values.ContainsKey(one.Name)) is { } missing
            ? Wrong(tool, missing.Name, "is missing", null)
            : new ToolArguments(values.ToImmutable());
    }

    /// <summary>Whether an argument was given.</summary>
    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>A text; null when absent.</summary>
    public string? Text(string name) => _values.TryGetValue(name, out var value) ? value.GetString() : null;

    /// <summary>A number as text; null when absent.</summary>
    public string? Number(string name) => Whole(name)?.ToString(CultureInfo.InvariantCulture);

    /// <summary>A number; null when absent.</summary>
    public long? Whole(string name) => _values.TryGetValue(name, out var value) ? value.GetInt64() : null;

    /// <summary>A flag; false when absent.</summary>
    public bool Flag(string name) => _values.TryGetValue(name, out var value) && value.ValueKind is JsonValueKind.True;

    /// <summary>A list; empty when absent.</summary>
    public ImmutableArray<string> List(string name) => _values.TryGetValue(name, out var value) ? [.. value.EnumerateArray().Select(static item => item.GetString()!)] : [];

    /// <summary>An object as JSON; <c>{}</c> when absent.</summary>
    public string Json(string name) => _values.TryGetValue(name, out var value) ? JsonSerializerText(value) : "{}";

    /// <summary>The raw values.</summary>
    internal ImmutableSortedDictionary<string, JsonElement> Values => _values;

    private static string JsonSerializerText(JsonElement value) => value.GetRawText();

    private static string? Objection(ToolParameter parameter, JsonElement value) => parameter.Kind switch
    {
        ParameterKind.Text => TextObjection(parameter, value),
        ParameterKind.Whole => value.ValueKind is not JsonValueKind.Number || !value.TryGetInt64(out var number) ? "is not a whole number"
            : number < parameter.Least || number > parameter.Most ? string.Create(CultureInfo.InvariantCulture, $"is not between {parameter.Least} and {parameter.Most}") : null,
        ParameterKind.Flag => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : "is not true or false",
        ParameterKind.List => value.ValueKind is not JsonValueKind.Array ? "is not a list of texts"
            : value.GetArrayLength() > parameter.MaxItems ? $"has more than {parameter.MaxItems} entries"
            : value.EnumerateArray().Select(item => TextObjection(parameter, item)).FirstOrDefault(static objection => objection is not null),
        _ => value.ValueKind is not JsonValueKind.Object ? "is not an object" : value.GetRawText().Length > LongestObject ? "is longer than 64 KiB" : null,
    };

    private static string? TextObjection(ToolParameter parameter, JsonElement value)
    {
        if (value.ValueKind is not JsonValueKind.String || value.GetString() is not { } text)
        {
            return "is not a text";
        }

        return text.Length > parameter.MaxLength ? $"is longer than {parameter.MaxLength} characters"
            : text.Any(char.IsControl) || text.Any(char.IsSurrogate) && !IsWellFormed(text) ? "holds a control character or half of a character"
            : !parameter.Choices.IsEmpty && !parameter.Choices.Contains(text, StringComparer.Ordinal) ? $"is none of {string.Join(", ", parameter.Choices)}"
            : parameter.Pattern is { } pattern && !Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant, MatchLimit) ? $"does not match {pattern}"
            : null;
    }

    private static bool IsWellFormed(string text) => text.EnumerateRunes().All(static rune => rune.Value != 0xFFFD);

    private static Failure Wrong(McpTool tool, string name, string what, string? hint) =>
        new(McpFailures.InvalidArgument, $"{tool.Name}: {Shown.Quote(name)} {what}.") { Hint = hint };
}
