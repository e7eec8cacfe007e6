using System.Collections.Immutable;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Engine;

/// <summary>What a node that is bypassed gives: for each output the input of its name, else the first input of its type; without one it is absent.</summary>
internal static class Bypass
{
    /// <summary>The outputs.</summary>
    public static NodeOutputs Through(NodeType type, ImmutableSortedDictionary<string, PortValue> inputs)
    {
        var outputs = NodeOutputs.None;
        foreach (var output in type.Outputs)
        {
            var input = type.Inputs.FirstOrDefault(port => string.Equals(port.Name, output.Name, StringComparison.Ordinal) && port.Type.Fits(output.Type) && inputs.ContainsKey(port.Name))
                ?? type.Inputs.FirstOrDefault(port => port.Type.Equals(output.Type) && inputs.ContainsKey(port.Name));
            outputs = input is null ? outputs : outputs.With(output.Name, inputs[input.Name]);
        }

        return outputs;
    }
}
