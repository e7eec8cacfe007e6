using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;

namespace Slipway.Workflows.Nodes;

/// <summary>Whether a condition holds.</summary>
internal static class Conditions
{
    /// <summary>The operator that looks at the value alone.</summary>
    public const string Truthy = "truthy";

    /// <summary>All operators.</summary>
    public static ImmutableArray<string> Operators { get; } = [Truthy, "equals", "not-equals", "greater", "less", "contains", "matches"];

    /// <summary>Whether it holds.</summary>
    public static Result<bool> Holds(NodeCall call)
    {
        var value = call["value"].Json;
        var how = call.Text("operator") ?? Truthy;
        if (how is Truthy)
        {
            return IsTrue(value);
        }

        if (call.Find("other") is not { } compared)
        {
            return new Failure(WorkflowsFailures.MissingInput, $"{call.Node.Id}.other is missing: the operator '{how}' compares with it.");
        }

        var other = compared.Json;
        return how switch
        {
            "equals" => JsonElement.DeepEquals(value, other),
            "not-equals" => !JsonElement.DeepEquals(value, other),
            "greater" => Compare(call, value, other).Map(static order => order > 0),
            "less" => Compare(call, value, other).Map(static order => order < 0),
            "contains" => Contains(call, value, other),
            "matches" => Matches(call, value, other),
            _ => new Failure(WorkflowsFailures.BadValue, $"{call.Node.Id}.operator is {Shown.Quote(how)}, and should be one of {string.Join(", ", Operators)}."),
        };
    }

    // As in the languages that people know: nothing, zero and what is empty are false.
    private static bool IsTrue(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.String => value.GetString()!.Length > 0,
        JsonValueKind.Number => value.GetDouble() != 0,
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Object => value.EnumerateObject().Any(),
        _ => false,
    };

    private static Result<int> Compare(NodeCall call, JsonElement value, JsonElement other)
    {
        foreach (var (port, side) in ((string, JsonElement)[])[("value", value), ("other", other)])
        {
            if (Number(side) is null)
            {
                return new Failure(WorkflowsFailures.BadValue, $"{call.Node.Id}.{port} is {WorkflowText.Kind(side)}, and only numbers are greater or less.");
            }
        }

        return Number(value)!.Value.CompareTo(Number(other)!.Value);
    }

    private static double? Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String when double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && !double.IsNaN(number) => number,
        _ => null,
    };

    private static Result<bool> Contains(NodeCall call, JsonElement value, JsonElement other) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!.Contains(PortValue.Of(other).AsText(), StringComparison.Ordinal),
        JsonValueKind.Array => value.EnumerateArray().Any(item => JsonElement.DeepEquals(item, other)),
        JsonValueKind.Object => value.TryGetProperty(PortValue.Of(other).AsText(), out _),
        _ => new Failure(WorkflowsFailures.BadValue, $"{call.Node.Id}.value is {WorkflowText.Kind(value)}, and only a text, a list or an object contains something."),
    };

    private static Result<bool> Matches(NodeCall call, JsonElement value, JsonElement other)
    {
        if (value.ValueKind is not JsonValueKind.String || other.ValueKind is not JsonValueKind.String)
        {
            return new Failure(WorkflowsFailures.BadValue, $"{call.Node.Id}.value is {WorkflowText.Kind(value)} and {call.Node.Id}.other {WorkflowText.Kind(other)}; a text matches a regular expression.");
        }

        try
        {
            // This kind takes time in proportion to the text, whatever the expression is.
            return new Regex(other.GetString()!, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant).IsMatch(value.GetString()!);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return new Failure(WorkflowsFailures.BadValue, $"{call.Node.Id}.other is no regular expression that can be used: {exception.Message}");
        }
    }
}
