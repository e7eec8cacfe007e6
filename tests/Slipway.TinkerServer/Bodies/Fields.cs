using System.Text.Json;
using System.Text.RegularExpressions;

namespace Slipway.TinkerApi.Bodies;

/// <summary>
/// An object of a body, of which every field is asked for: one that is missing, that has another type, that is null (such are left out, not sent)
/// or that nobody asked for is a problem. What is asked for gives a value in any case, so that a reader does not have to stop at the first problem.
/// </summary>
internal sealed partial class Fields
{
    private const int LongestId = 255;
    private readonly Dictionary<string, JsonElement> _left = new(StringComparer.Ordinal);
    private readonly string _at;

    internal Fields(JsonElement element, string at, Problems problems)
    {
        (_at, Problems) = (at, problems);
        if (element.ValueKind is not JsonValueKind.Object)
        {
            problems.Add($"{Place(at)} is no object");
            return;
        }

        foreach (var field in element.EnumerateObject())
        {
            if (!_left.TryAdd(field.Name, field.Value))
            {
                problems.Add($"{At(field.Name)} is there twice");
            }
        }
    }

    internal Problems Problems { get; }

    /// <summary>Whether a field is there that was not asked for yet.</summary>
    internal bool Has(string name) => _left.ContainsKey(name);

    /// <summary>The place of a field, for people.</summary>
    internal string At(string name) => _at.Length == 0 ? name : $"{_at}.{name}";

    internal string Text(string name) => OptionalText(name, isNeeded: true) ?? string.Empty;

    internal string? OptionalText(string name, bool isNeeded = false) =>
        Take(name, isNeeded, JsonValueKind.String, "a string") is { } value ? value.GetString() : null;

    /// <summary>An id, of letters, digits, underscores and hyphens.</summary>
    internal string Id(string name)
    {
        var id = Text(name);
        if (id.Length > LongestId || !IdForm().IsMatch(id))
        {
            Problems.Add($"{At(name)} is no id: letters, digits, _ and -, at most {LongestId}");
        }

        return id;
    }

    /// <summary>A field that always says the same.</summary>
    internal void Literal(string name, string value)
    {
        if (!string.Equals(Text(name), value, StringComparison.Ordinal))
        {
            Problems.Add($"{At(name)} must be {value}");
        }
    }

    internal long Whole(string name, long least) => OptionalWhole(name, least, isNeeded: true) ?? least;

    internal long? OptionalWhole(string name, long least, bool isNeeded = false)
    {
        if (Take(name, isNeeded, JsonValueKind.Number, "a whole number") is not { } value)
        {
            return null;
        }

        if (value.TryGetInt64(out var number) && number >= least)
        {
            return number;
        }

        Problems.Add($"{At(name)} is {value.GetRawText()}, which is no whole number of at least {least}");
        return null;
    }

    internal double? OptionalNumber(string name)
    {
        if (Take(name, isNeeded: false, JsonValueKind.Number, "a number") is not { } value)
        {
            return null;
        }

        if (value.TryGetDouble(out var number) && double.IsFinite(number))
        {
            return number;
        }

        Problems.Add($"{At(name)} is {value.GetRawText()}, which no double can hold");
        return null;
    }

    internal bool? OptionalFlag(string name)
    {
        if (Take(name, isNeeded: false) is not { } value)
        {
            return null;
        }

        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            Problems.Add($"{At(name)} is neither true nor false");
        }

        return value.ValueKind is JsonValueKind.True;
    }

    internal bool Flag(string name)
    {
        if (!Has(name))
        {
            Problems.Add($"{At(name)} is missing");
        }

        return OptionalFlag(name) ?? false;
    }

    internal Fields Object(string name) => OptionalObject(name, isNeeded: true) ?? new Fields(Empty, At(name), Problems);

    internal Fields? OptionalObject(string name, bool isNeeded = false) =>
        Take(name, isNeeded, JsonValueKind.Object, "an object") is { } value ? new Fields(value, At(name), Problems) : null;

    internal IReadOnlyList<JsonElement> List(string name) => OptionalList(name, isNeeded: true) ?? [];

    internal IReadOnlyList<JsonElement>? OptionalList(string name, bool isNeeded = false) =>
        Take(name, isNeeded, JsonValueKind.Array, "a list") is { } value ? [.. value.EnumerateArray()] : null;

    internal IReadOnlyList<string> Texts(string name)
    {
        var list = List(name);
        if (list.Any(static item => item.ValueKind is not JsonValueKind.String))
        {
            Problems.Add($"{At(name)} has what is no string");
            return [];
        }

        return [.. list.Select(static item => item.GetString()!)];
    }

    /// <summary>Refuses what nobody asked for.</summary>
    internal void End()
    {
        foreach (var name in _left.Keys)
        {
            Problems.Add($"{At(name)} is not known");
        }
    }

    private static JsonElement Empty { get; } = JsonElement.Parse("{}");

    private static string Place(string at) => at.Length == 0 ? "the body" : at;

    private JsonElement? Take(string name, bool isNeeded, JsonValueKind kind, string words)
    {
        var value = Take(name, isNeeded);
        if (value is { } found && found.ValueKind != kind)
        {
            Problems.Add($"{At(name)} is not {words}");
            return null;
        }

        return value;
    }

    private JsonElement? Take(string name, bool isNeeded)
    {
        if (!_left.Remove(name, out var value))
        {
            if (isNeeded)
            {
                Problems.Add($"{At(name)} is missing");
            }

            return null;
        }

        if (value.ValueKind is JsonValueKind.Null)
        {
            Problems.Add($"{At(name)} is null; such fields are left out");
            return null;
        }

        return value;
    }

    [GeneratedRegex("^[a-zA-Z0-9_-]+\\z", RegexOptions.CultureInvariant)]
    private static partial Regex IdForm();
}
