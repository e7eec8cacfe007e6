using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;

namespace Slipway.Workflows.Nodes;

/// <summary>What a node asks of another workflow.</summary>
/// <param name="Given">The inputs that are the same each time.</param>
/// <param name="Items">The items; null to run it once.</param>
/// <param name="ItemPort">What takes the item; null where there are none.</param>
/// <param name="OutputPort">The one output that is wanted; null for all.</param>
/// <param name="Parallel">How many items run at the same time.</param>
internal sealed record SubWorkflowQuestion(
    ImmutableSortedDictionary<PortAddress, PortValue> Given, ImmutableArray<JsonElement>? Items, PortAddress? ItemPort, PortAddress? OutputPort, int Parallel)
{
    private const int MostParallel = 256;

    private static readonly ImmutableArray<string> OwnPorts = ["path", "inputs", "input_ports", "items", "item_port", "max_parallel", "output_port"];

    /// <summary>Reads it from a node's inputs.</summary>
    public static Result<SubWorkflowQuestion> Of(NodeCall call)
    {
        if (!Inputs(call).TryGet(out var given, out var failure))
        {
            return failure;
        }

        PortAddress? item = null, output = null;
        foreach (var (port, take) in ((string, Action<PortAddress>)[])[("item_port", address => item = address), ("output_port", address => output = address)])
        {
            if (call.Text(port) is not { } text)
            {
                continue;
            }

            if (PortAddress.Parse(text) is not { } address)
            {
                return NoAddress(call, port, text);
            }

            take(address);
        }

        var items = call.Find("items");
        if (items is { Json.ValueKind: not JsonValueKind.Array } wrong)
        {
            return new Failure(WorkflowsFailures.BadValue, $"{call.Node.Id}.items is {WorkflowText.Kind(wrong.Json)}, and should be a list.");
        }

        if (items is not null && item is null)
        {
            return new Failure(WorkflowsFailures.MissingInput, $"{call.Node.Id}.item_port is missing: it says which node.port takes the item.");
        }

        var parallel = call.Number("max_parallel") ?? SubWorkflowNode.UsualParallel;
        return parallel is >= 1 and <= MostParallel
            ? new SubWorkflowQuestion(given, items?.Json.EnumerateArray().ToImmutableArray(), item, output, (int)parallel)
            : new Failure(WorkflowsFailures.BadValue, $"{call.Node.Id}.max_parallel is {parallel:0.##}, and should be from 1 to {MostParallel}.");
    }

    private static Result<ImmutableSortedDictionary<PortAddress, PortValue>> Inputs(NodeCall call)
    {
        var given = ImmutableSortedDictionary.CreateBuilder<PortAddress, PortValue>();
        if (!Members(call, "inputs").TryGet(out var constants, out var failure) || !Members(call, "input_ports").TryGet(out var ports, out failure))
        {
            return failure;
        }

        foreach (var member in constants)
        {
            if (PortAddress.Parse(member.Name) is not { } address)
            {
                return NoAddress(call, "inputs", member.Name);
            }

            given[address] = PortValue.Of(member.Value);
        }

        foreach (var (name, value) in call.Inputs.Where(static input => !OwnPorts.Contains(input.Key, StringComparer.Ordinal)))
        {
            var told = ports.FirstOrDefault(member => string.Equals(member.Name, name, StringComparison.Ordinal)).Value;
            if (told.ValueKind is not JsonValueKind.String)
            {
                return new Failure(WorkflowsFailures.MissingInput, $"{call.Node.Id}.input_ports does not say where the input '{name}' goes.") { Hint = $"Give it {{\"{name}\": \"node.port\"}}." };
            }

            if (PortAddress.Parse(told.GetString()!) is not { } address)
            {
                return NoAddress(call, "input_ports", told.GetString()!);
            }

            given[address] = value;
        }

        return given.ToImmutable();
    }

    private static Result<ImmutableArray<JsonProperty>> Members(NodeCall call, string port) =>
        call.Find(port) is not { } value ? ImmutableArray<JsonProperty>.Empty
        : value.Json.ValueKind is JsonValueKind.Object ? value.Json.EnumerateObject().ToImmutableArray()
        : new Failure(WorkflowsFailures.BadValue, $"{call.Node.Id}.{port} is {WorkflowText.Kind(value.Json)}, and should be an object.");

    private static Failure NoAddress(NodeCall call, string port, string text) =>
        new(WorkflowsFailures.BadValue, $"{call.Node.Id}.{port} names {Shown.Quote(text)}, and a port of a node is written node.port.");
}
