using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Engine;

/// <summary>One call of a node's code: its inputs, and the way to tell how far it is.</summary>
public sealed class NodeCall
{
    private readonly Action<string, JsonElement> _tell;

    internal NodeCall(WorkflowNode node, NodeType type, ImmutableSortedDictionary<string, PortValue> inputs, ImmutableArray<string> wanted, RunPlace place, Action<string, JsonElement> tell)
    {
        Node = node;
        Type = type;
        Inputs = inputs;
        Wanted = wanted;
        Place = place;
        _tell = tell;
    }

    /// <summary>The node.</summary>
    public WorkflowNode Node { get; }

    /// <summary>Its type.</summary>
    public NodeType Type { get; }

    /// <summary>What its inputs carry; an absent one is not there.</summary>
    public ImmutableSortedDictionary<string, PortValue> Inputs { get; }

    /// <summary>The outputs that edges lead from.</summary>
    public ImmutableArray<string> Wanted { get; }

    /// <summary>Where the run keeps what it makes.</summary>
    public RunPlace Place { get; }

    /// <summary>The call with another value of an input.</summary>
    internal NodeCall With(string port, PortValue value) => new(Node, Type, Inputs.SetItem(port, value), Wanted, Place, _tell);

    /// <summary>An input that is required, whose presence was checked before the call.</summary>
    public PortValue this[string port] => Inputs[port];

    /// <summary>An input; null when it is absent.</summary>
    public PortValue? Find(string port) => Inputs.TryGetValue(port, out var value) ? value : null;

    /// <summary>An input as text; null when it is absent.</summary>
    public string? Text(string port) => Find(port)?.AsText();

    /// <summary>An input as a number; null when it is absent or none.</summary>
    public double? Number(string port) => Find(port) is { IsSecret: false } value && value.Json.ValueKind is JsonValueKind.Number ? value.Json.GetDouble() : null;

    /// <summary>Tells how far the work is.</summary>
    /// <param name="fraction">From 0 to 1; null when it is not known.</param>
    /// <param name="message">What is being done.</param>
    public void Progress(double? fraction, string message) => _tell("node_progress", JsonMembers.Make(writer =>
    {
        writer.WriteStartObject();
        if (fraction is { } known)
        {
            writer.WriteNumber("fraction", Math.Clamp(known, 0, 1));
        }

        writer.WriteString("message", message);
        writer.WriteEndObject();
    }));

    /// <summary>Tells a bit of an output while it is made.</summary>
    public void Stream(string port, JsonElement chunk) => _tell("node_stream", JsonMembers.Make(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("port", port);
        writer.WritePropertyName("chunk");
        chunk.WriteTo(writer);
        writer.WriteEndObject();
    }));

    /// <summary>Tells a change of an environment's state.</summary>
    public void EnvironmentState(JsonElement state) => _tell("env_state", state);

    /// <summary>Tells a line that something said.</summary>
    public void Log(string line) => _tell("log", JsonMembers.Make(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("line", line);
        writer.WriteEndObject();
    }));
}
