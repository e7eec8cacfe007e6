using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Nodes;

/// <summary>Where values enter a graph.</summary>
internal static class InputNodes
{
    private const string Category = "Input";

    /// <summary>The types.</summary>
    public static ImmutableArray<NodeType> All(NodeServices services) =>
    [
        Value("text-input", "Gives a text.", "text", PortType.Text, JsonMembers.Of(string.Empty)),
        Value("number-input", "Gives a number.", "value", PortType.Number),
        Value("boolean-input", "Gives true or false.", "value", PortType.Boolean),
        new NodeType("selection-input", Category, "Gives one of several values.")
        {
            IsCheap = true,
            Inputs = [PortSpec.Required("value", PortType.Any, "the value that is selected"), PortSpec.Optional("options", PortType.Json, "a list of the values that it may be; any without it")],
            Outputs = [PortSpec.Required("value", PortType.Any, "the value")],
            Behaviour = new NodeFunction(Select),
        },
        File("file-input", "Gives the content of a file.", "file", PortType.File, mediaFamily: null),
        File("image-input", "Gives a picture.", "image", PortType.Image, "image"),
        File("audio-input", "Gives a recording.", "audio", PortType.Audio, "audio"),
        new NodeType("secret-input", Category, "Gives the value of an environment variable, which is never written anywhere.")
        {
            Purity = NodePurity.Never,
            IsCheap = true,
            RunsOnResume = true,
            Inputs = [PortSpec.Required("variable", PortType.Text, "the name of the environment variable")],
            Outputs = [PortSpec.Required("secret", PortType.Secret, "its value")],
            Behaviour = new NodeFunction(call => Secret(call, services)),
        },
    ];

    private static NodeType Value(string id, string description, string port, PortType type, JsonElement? unsaid = null) => new(id, Category, description)
    {
        IsCheap = true,
        Inputs = [PortSpec.Required(port, type, "the value") with { Default = unsaid }],
        Outputs = [PortSpec.Required(port, type, "the value")],
        Behaviour = new NodeFunction(call => NodeOutcome.Of(port, call[port])),
    };

    private static NodeType File(string id, string description, string port, PortType type, string? mediaFamily) => new(id, Category, description)
    {
        IsCheap = true,
        Inputs = [PortSpec.Required("path", type, "the file, relative to the workflow's file")],
        Outputs = [PortSpec.Required(port, type, "its content")],
        Behaviour = new NodeFunction(call => Content(call, port, mediaFamily)),
    };

    private static NodeOutcome Content(NodeCall call, string port, string? mediaFamily)
    {
        if (call["path"].Blob is not { } blob)
        {
            return new Failure(WorkflowsFailures.BadValue, $"{call.Node.Id}.path is {WorkflowText.Kind(call["path"].Json)}, and should be a file.");
        }

        return mediaFamily is null || blob.MediaType.StartsWith($"{mediaFamily}/", StringComparison.Ordinal)
            ? NodeOutcome.Of(port, call["path"])
            : new Failure(WorkflowsFailures.BadValue, $"{call.Node.Id}.path names {blob.Name}, which is {blob.MediaType} by its name, and should be {mediaFamily}/….");
    }

    private static NodeOutcome Select(NodeCall call)
    {
        var value = call["value"];
        if (call.Find("options") is not { } options)
        {
            return NodeOutcome.Of("value", value);
        }

        if (options.Json.ValueKind is not JsonValueKind.Array)
        {
            return new Failure(WorkflowsFailures.BadValue, $"{call.Node.Id}.options is {WorkflowText.Kind(options.Json)}, and should be a list.");
        }

        if (options.Json.EnumerateArray().Any(option => JsonElement.DeepEquals(option, value.Json)))
        {
            return NodeOutcome.Of("value", value);
        }

        var known = options.Json.EnumerateArray().Select(static option => PortValue.Of(option).AsText()).ToList();
        var near = NearestName.Of(value.AsText(), known);
        return new Failure(
            WorkflowsFailures.BadValue,
            $"{call.Node.Id}.value is {Shown.Quote(value.AsText())}, and should be one of {string.Join(", ", known)}.{(near is null ? string.Empty : $" Did you mean '{near}'?")}");
    }

    private static NodeOutcome Secret(NodeCall call, NodeServices services)
    {
        var name = call["variable"].AsText();
        return services.Variable(name) is { Length: > 0 } secret
            ? NodeOutcome.Of("secret", PortValue.OfSecret(secret))
            : new Failure(NodeFailures.MissingSecret, $"{call.Node.Id} needs the environment variable {Shown.Quote(name)}, which is not set.");
    }
}
