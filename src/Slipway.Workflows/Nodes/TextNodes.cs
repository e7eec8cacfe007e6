using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Nodes;

/// <summary>What makes values of values, without code of anyone.</summary>
internal static partial class TextNodes
{
    private const string Category = "Processing";

    private static readonly ImmutableArray<string> TemplatePorts = ["template"];

    /// <summary>The types.</summary>
    public static ImmutableArray<NodeType> All { get; } =
    [
        new NodeType("prompt-template", Category, "Fills the places {{name}} of a template with its inputs of those names.")
        {
            IsCheap = true,
            Inputs = [PortSpec.Required("template", PortType.Text, "the text; {{name}} is replaced, once")],
            FurtherInputs = PortType.Any,
            Outputs = [PortSpec.Required("prompt", PortType.Prompt, "the text with its places filled")],
            Behaviour = new NodeFunction(Fill),
        },
        new NodeType("json-pick", Category, "Takes one value out of another.")
        {
            IsCheap = true,
            Inputs =
            [
                PortSpec.Required("json", PortType.Json, "an object, a list, or a text that is JSON"),
                PortSpec.Required("pointer", PortType.Text, "where: a JSON pointer (RFC 6901) such as /items/0/name"),
                PortSpec.Optional("default", PortType.Any, "the value where nothing is there; a failure without it"),
            ],
            Outputs = [PortSpec.Required("value", PortType.Any, "the value")],
            Behaviour = new NodeFunction(Pick),
        },
    ];

    private static NodeOutcome Fill(NodeCall call)
    {
        var template = call["template"].AsText();
        var missing = Place().Matches(template).Select(static place => place.Groups[1].Value).Distinct(StringComparer.Ordinal)
            .Where(name => TemplatePorts.Contains(name, StringComparer.Ordinal) || call.Find(name) is null).ToList();
        if (missing.Count > 0)
        {
            var given = call.Inputs.Keys.Except(TemplatePorts, StringComparer.Ordinal).ToList();
            return new Failure(
                WorkflowsFailures.MissingInput,
                $"The template of {call.Node.Id} has the place{(missing.Count == 1 ? string.Empty : "s")} {string.Join(", ", missing)}, and there is no input of that name; there {(given.Count == 0 ? "are none" : $"is {string.Join(", ", given)}")}.")
            {
                Hint = $"Connect {call.Node.Id}.{missing[0]}, or give it a value in the file.",
            };
        }

        // What is put in is not looked at again, so that no input can name another one.
        return NodeOutcome.Of("prompt", PortValue.Of(Place().Replace(template, place => call[place.Groups[1].Value].AsText())));
    }

    private static NodeOutcome Pick(NodeCall call)
    {
        var pointer = call["pointer"].AsText();
        if (pointer.Length > 0 && pointer[0] != '/')
        {
            return new Failure(WorkflowsFailures.BadValue, $"{call.Node.Id}.pointer is {Shown.Quote(pointer)}, and a JSON pointer begins with '/'.");
        }

        var value = call["json"].Json;
        if (value.ValueKind is JsonValueKind.String && pointer.Length > 0)
        {
            try
            {
                value = JsonMembers.Parse(value.GetString()!);
            }
            catch (JsonException)
            {
                return new Failure(WorkflowsFailures.BadValue, $"{call.Node.Id}.json is a text that is no JSON.");
            }
        }

        var passed = string.Empty;
        foreach (var token in pointer.Length == 0 ? [] : pointer[1..].Split('/'))
        {
            if (Step(value, token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)) is not { } next)
            {
                return call.Find("default") is { } fallback ? NodeOutcome.Of("value", fallback)
                    : new Failure(WorkflowsFailures.BadValue, $"{call.Node.Id}.json has nothing at {passed}/{token}: {(passed.Length == 0 ? "it" : passed)} is {WorkflowText.Kind(value)}{Members(value)}.");
            }

            value = next;
            passed += $"/{token}";
        }

        return NodeOutcome.Of("value", PortValue.Of(value));
    }

    private static JsonElement? Step(JsonElement value, string token) => value.ValueKind switch
    {
        JsonValueKind.Object when value.TryGetProperty(token, out var member) => member,
        JsonValueKind.Array when Index().IsMatch(token) && int.TryParse(token, out var index) && index < value.GetArrayLength() => value[index],
        _ => null,
    };

    private static string Members(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => $" with {string.Join(", ", value.EnumerateObject().Select(static member => member.Name).Take(8).DefaultIfEmpty("nothing"))}",
        JsonValueKind.Array => $" of {value.GetArrayLength()}",
        _ => string.Empty,
    };

    [GeneratedRegex(@"\{\{\s*([a-z][a-z0-9_]{0,62})\s*\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Place();

    [GeneratedRegex(@"^(0|[1-9][0-9]*)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Index();
}
