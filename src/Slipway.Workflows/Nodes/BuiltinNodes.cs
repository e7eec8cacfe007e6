using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Nodes;

/// <summary>The types of nodes that come with Slipway.</summary>
public static class BuiltinNodes
{
    /// <summary>The catalogue.</summary>
    public static NodeCatalogue Catalogue(NodeServices services)
    {
        ArgumentNullException.ThrowIfNull(services);
        return new NodeCatalogue([TextInput, TextOutput, HumanInput]);
    }

    private static NodeType TextInput { get; } = new("text-input", "Input", "A text.")
    {
        IsCheap = true,
        Inputs = [PortSpec.Optional("text", PortType.Text, "the text") with { Default = JsonMembers.Of(string.Empty) }],
        Outputs = [PortSpec.Required("text", PortType.Text, "the text")],
        Behaviour = new NodeFunction(static call => NodeOutcome.Of("text", call["text"])),
    };

    private static NodeType TextOutput { get; } = new("text-output", "Output", "A text that the run is asked for.")
    {
        IsCheap = true,
        Inputs = [PortSpec.Required("text", PortType.Text, "the text")],
        Outputs = [PortSpec.Required("text", PortType.Text, "the text")],
        Behaviour = new NodeFunction(static call => NodeOutcome.Of("text", call["text"])),
    };

    private static NodeType HumanInput { get; } = new("human-input", "Input", "Asks a person, and waits for the answer.")
    {
        Purity = NodePurity.Never,
        Inputs = [PortSpec.Optional("prompt", PortType.Text, "the question"), PortSpec.Optional("answer", PortType.Text, "the answer")],
        Outputs = [PortSpec.Required("answer", PortType.Text, "the answer")],
        Behaviour = new NodeFunction(static call => call.Find("answer") is { } answer
            ? NodeOutcome.Of("answer", answer)
            : new NodeWaits(call.Text("prompt") ?? "An answer is needed.", JsonMembers.Parse("{}")) { AnswerPort = "answer" }),
    };
}
