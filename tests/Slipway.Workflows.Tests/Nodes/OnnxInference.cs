using System.Text;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Machines.Processes;
using Slipway.Workflows;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Types;

namespace Example;

/// <summary>Runs an ONNX model in the environment that a dependency-environment node has ready.</summary>
/// <param name="machine">Where the environment is.</param>
public sealed class OnnxInference(IMachine machine) : INodeBehaviour
{
    private const string Program = """
        import json, sys
        import onnxruntime
        asked = json.load(sys.stdin)
        session = onnxruntime.InferenceSession(asked["model"], providers=["CPUExecutionProvider"])
        outputs = session.run(None, asked["inputs"])
        json.dump({o.name: getattr(v, "tolist", lambda: v)() for o, v in zip(session.get_outputs(), outputs)}, sys.stdout)
        """;

    /// <summary>The type: its ports, and how often the same inputs give the same outputs.</summary>
    public static NodeType Type(IMachine machine) => new("example-onnx", "Inference", "Runs an ONNX model.")
    {
        Version = 1,
        Purity = NodePurity.Pure,
        Inputs =
        [
            PortSpec.Required("environment_ref", PortType.Environment, "an environment that has onnxruntime"),
            PortSpec.Required("model", PortType.File, "the .onnx file, relative to the workflow's file"),
            PortSpec.Required("inputs", PortType.Json, "the model's inputs by their names, as nested lists"),
        ],
        Outputs = [PortSpec.Required("outputs", PortType.Json, "the model's outputs by their names")],
        Behaviour = new OnnxInference(machine),
    };

    /// <inheritdoc/>
    public async ValueTask<NodeOutcome> RunAsync(NodeCall call, CancellationToken cancellationToken)
    {
        var environment = call["environment_ref"].Json;
        if (environment.GetProperty("state").GetString() is not "ready" || environment.GetProperty("python_executable").GetString() is not { } python)
        {
            return new Failure(WorkflowsFailures.BadValue, $"{call.Node.Id}.environment_ref is not ready.") { Hint = "Connect a dependency-environment node." };
        }

        // A file arrives as content; its bytes lie here, and count for the key under which outputs are kept.
        var model = call.Place.Blobs.PathOf(call["model"].Blob!.Digest);
        var question = $"{{\"model\": {JsonSerializer.Serialize(model)}, \"inputs\": {call["inputs"].Json.GetRawText()}}}";
        var command = ProcessCommand.Create(python, "-I", "-X", "utf8", "-c", Program) with { StandardInput = Encoding.UTF8.GetBytes(question) };

        // The node that made the environment holds it until this one is done. A cancelled process is gone when the call ends.
        call.Progress(null, "running the model");
        if (!(await machine.RunAsync(command, output: null, cancellationToken).ConfigureAwait(false)).TryGet(out var ended, out var failure))
        {
            return failure;
        }

        return ended.Succeeded
            ? NodeOutcome.Of("outputs", PortValue.Of(JsonMembers.Parse(ended.OutputText)))
            : new Failure(WorkflowsFailures.NodeFailed, $"{call.Node.Id} ended with {ended.Describe()}.") { Detail = ended.ErrorText };
    }
}
