using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Nodes;

/// <summary>What decides where a graph goes on.</summary>
internal static class FlowNodes
{
    private const string Category = "Flow";

    /// <summary>The types.</summary>
    public static ImmutableArray<NodeType> All { get; } =
    [
        new NodeType("condition", Category, "Gives its value on by one of two ways; what needs the other one is skipped.")
        {
            IsCheap = true,
            Inputs =
            [
                PortSpec.Required("value", PortType.Any, "what is looked at, and given on"),
                PortSpec.Optional("operator", PortType.Text, "how it is looked at") with { Choices = Conditions.Operators, Default = JsonMembers.Of(Conditions.Truthy) },
                PortSpec.Optional("other", PortType.Any, "what it is compared with; needed by every operator but truthy"),
            ],
            Outputs = [PortSpec.Optional("then", PortType.Any, "the value, where it holds"), PortSpec.Optional("else", PortType.Any, "the value, where it does not")],
            Behaviour = new NodeFunction(static call => Conditions.Holds(call).TryGet(out var holds, out var failure) ? NodeOutcome.Of(holds ? "then" : "else", call["value"]) : failure),
        },
        new NodeType("merge", Category, "Gives the first of its values that is there.")
        {
            IsCheap = true,
            RunsWithAbsent = true,
            Inputs = [PortSpec.Required("values", PortType.Any, "any number of edges; their order is that of the nodes' names") with { TakesMany = true }],
            Outputs = [PortSpec.Required("value", PortType.Any, "the first that is there")],
            Behaviour = new NodeFunction(Merge),
        },
        new NodeType("human-input", Category, "Asks a person, and gives the answer.")
        {
            Purity = NodePurity.Never,
            IsCheap = true,
            Inputs =
            [
                PortSpec.Required("prompt", PortType.Text, "the question"),
                PortSpec.Optional("default", PortType.Any, "an answer that is offered"),
                PortSpec.Optional("answer", PortType.Any, "the answer; it is asked for as long as there is none"),
            ],
            Outputs = [PortSpec.Required("value", PortType.Any, "the answer") with { Aliases = ["answer"] }],
            Behaviour = new NodeFunction(Ask),
        },
        new NodeType("run-workflow", Category, "Runs another workflow, once or for each item of a list.")
        {
            // The nodes of the other workflow are kept one by one; what they run, this one does.
            Purity = NodePurity.Never,
            RunsCode = true,
            Inputs =
            [
                PortSpec.Required("path", PortType.Text, "the other workflow's file, relative to this one's") with { NamesCode = true },
                PortSpec.Optional("inputs", PortType.Json, "values for it: {\"node.port\": value}"),
                PortSpec.Optional("input_ports", PortType.Json, "where further inputs of this node go: {\"input\": \"node.port\"}"),
                PortSpec.Optional("items", PortType.Json, "a list: it runs once for each item"),
                PortSpec.Optional("item_port", PortType.Text, "the node.port that takes the item"),
                PortSpec.Optional("max_parallel", PortType.Number, "how many items run at the same time") with { Default = JsonMembers.Of(SubWorkflowNode.UsualParallel) },
                PortSpec.Optional("output_port", PortType.Text, "the node.port whose value is wanted; without it, all outputs of all nodes that lead nowhere"),
            ],
            FurtherInputs = PortType.Any,
            Outputs = [PortSpec.Required("results", PortType.Json, "the value, or {\"node.port\": value}; with items a list of these in the items' order")],
            Behaviour = new SubWorkflowNode(),
        },
    ];

    private static NodeOutcome Merge(NodeCall call)
    {
        var values = call["values"].Json;
        return values.ValueKind is not JsonValueKind.Array ? NodeOutcome.Of("value", call["values"])
            : values.GetArrayLength() == 0 ? new Failure(WorkflowsFailures.MissingInput, $"{call.Node.Id}.values is empty.")
            : NodeOutcome.Of("value", PortValue.Of(values[0]));
    }

    private static NodeOutcome Ask(NodeCall call)
    {
        if (call.Find("answer") is { } answer)
        {
            return NodeOutcome.Of("value", answer);
        }

        return new NodeWaits(call["prompt"].AsText(), JsonMembers.Make(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("prompt", call["prompt"].AsText());
            if (call.Find("default") is { } offered)
            {
                writer.WritePropertyName("default");
                offered.Json.WriteTo(writer);
            }

            writer.WriteEndObject();
        }))
        {
            AnswerPort = "answer",
        };
    }
}
