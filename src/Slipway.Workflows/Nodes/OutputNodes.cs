using System.Collections.Immutable;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Nodes;

/// <summary>Where values leave a graph.</summary>
internal static class OutputNodes
{
    private const string Category = "Output";

    /// <summary>The types.</summary>
    public static ImmutableArray<NodeType> All { get; } =
    [
        Value("text-output", "Shows a text.", "text", PortType.Text),
        Value("json-output", "Shows any value.", "json", PortType.Json),
        Value("image-output", "Shows a picture.", "image", PortType.Image),
        Value("audio-output", "Offers a recording.", "audio", PortType.Audio),
        new NodeType("file-output", Category, "Writes a value to a file: content as it is, a text as UTF-8, anything else as JSON.")
        {
            // What it writes could have been changed or removed since.
            Purity = NodePurity.Never,
            RunsOnResume = true,
            Inputs =
            [
                PortSpec.Required("file", PortType.Any, "what is written") with { Aliases = ["value"] },
                PortSpec.Optional("path", PortType.Text, "where, relative to `to`; nothing is written without it"),
                PortSpec.Optional("to", PortType.Text, "the directory of the workflow's file, or that of the run's outputs") with { Choices = ["workflow", "run"] },
            ],
            Outputs = [PortSpec.Required("file", PortType.Any, "the same")],
            Behaviour = new FileOutput(),
        },
    ];

    private static NodeType Value(string id, string description, string port, PortType type) => new(id, Category, description)
    {
        IsCheap = true,
        Inputs = [PortSpec.Required(port, type, "the value")],
        Outputs = [PortSpec.Required(port, type, "the same")],
        Behaviour = new NodeFunction(call => NodeOutcome.Of(port, call[port])),
    };
}
