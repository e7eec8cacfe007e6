using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Workers.Connections;
using Slipway.Workers.Frames;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Nodes.Inference;

/// <summary>Types that have a model do something: <c>pytorch-inference</c> and <c>audio-generation</c>.</summary>
internal static class InferenceNodes
{
    private const string Category = "Inference";

    private static readonly ImmutableArray<string> Kinds = ["torchscript", "transformers"];

    private static readonly PortSpec ModelPath = PortSpec.Optional("model_path", PortType.Text, "the model's files, on the machine of the environment");

    private static readonly ImmutableArray<PortSpec> Common =
    [
        PortSpec.Optional("seed", PortType.Number, "the seed; without one each run is another"),
        PortSpec.Optional("device", PortType.Text, "where: cpu, cuda, cuda:1; without one the GPU that there is, else the processor"),
        PortSpec.Optional("inference_settings", PortType.Json, "settings of the model, where no input says otherwise"),
    ];

    /// <summary>Both types.</summary>
    public static IEnumerable<NodeType> Types(NodeServices services) => [Pytorch(services), Audio(services)];

    private static NodeType Pytorch(NodeServices services) => new("pytorch-inference", Category, "Has a local model answer a prompt, a recording or tensors.")
    {
        Purity = NodePurity.Seeded,
        RunsCode = true,
        Inputs =
        [
            WorkerCalls.Environment,
            ModelPath with { IsRequired = true },
            PortSpec.Optional("prompt", PortType.Prompt, "what is asked"),
            PortSpec.Optional("system_prompt", PortType.Prompt, "what stands before it"),
            PortSpec.Optional("audio", PortType.Audio, "a recording: WAV with 16-bit samples"),
            PortSpec.Optional("kind", PortType.Text, "what the files are; told by them when nothing says it") with { Choices = [.. Kinds], Aliases = ["model_kind"] },
            PortSpec.Optional("model_type", PortType.Text, "what the catalogue says of it; one of the kinds stands for the kind"),
            PortSpec.Optional("max_tokens", PortType.Number, "how much it may say"),
            PortSpec.Optional("temperature", PortType.Number, "how freely it chooses; 0 is always the likeliest"),
            .. Common,
        ],
        Outputs =
        [
            PortSpec.Optional("response", PortType.Text, "what it says"),
            PortSpec.Optional("stream", PortType.Stream, "the same, bit by bit while it is said"),
            PortSpec.Optional("tensors", PortType.Json, "the tensors that it gave: their types and shapes, and the numbers of small ones"),
            PortSpec.Optional("model_ref", PortType.Json, "which model answered, and where"),
            PortSpec.Optional("seed_used", PortType.Number, "the seed"),
        ],
        Behaviour = new Operation(services, PytorchAsync),
    };

    private static NodeType Audio(NodeServices services) => new("audio-generation", Category, "Makes a recording from words.")
    {
        Purity = NodePurity.Seeded,
        RunsCode = true,
        Inputs =
        [
            WorkerCalls.Environment,
            PortSpec.Required("prompt", PortType.Prompt, "what is to be heard"),
            ModelPath,
            PortSpec.Optional("backend", PortType.Text, "what makes it: synthesis, or stable_audio with a model") with { Choices = ["synthesis", "stable_audio"], Aliases = ["backend_key"] },
            PortSpec.Optional("duration", PortType.Number, "seconds"),
            PortSpec.Optional("num_inference_steps", PortType.Number, "how many steps"),
            PortSpec.Optional("guidance_scale", PortType.Number, "how close to the words"),
            .. Common,
        ],
        Outputs =
        [
            PortSpec.Optional("audio", PortType.Audio, "the recording, a WAV file"),
            PortSpec.Optional("duration_seconds", PortType.Number, "how long it is"),
            PortSpec.Optional("sample_rate", PortType.Number, "samples a second"),
            PortSpec.Optional("model_ref", PortType.Json, "what made it"),
            PortSpec.Optional("seed_used", PortType.Number, "the seed"),
        ],
        Behaviour = new Operation(services, AudioAsync),
    };

    private static async ValueTask<NodeOutcome> PytorchAsync(NodeServices services, NodeCall call, CancellationToken cancellationToken)
    {
        var tensors = ImmutableArray<Tensor>.Empty;
        var arguments = WorkerCalls.Arguments(call, "model_path", "prompt", "system_prompt", "kind", "max_tokens", "temperature", "seed", "device", "inference_settings");
        arguments["stream"] = true;
        if (!arguments.ContainsKey("kind") && call.Text("model_type") is { } type && Kinds.Contains(type, StringComparer.Ordinal))
        {
            arguments["kind"] = type;
        }

        if (call.Find("audio")?.Blob is { } recording)
        {
            var read = (await call.Place.Blobs.ReadAsync(recording, cancellationToken).ConfigureAwait(false)).Then(bytes => WaveFile.Read(bytes, recording.Name));
            if (!read.TryGet(out var wave, out var unreadable))
            {
                return unreadable;
            }

            tensors = [Tensor.Of("audio", wave.Samples.AsSpan())];
            arguments["sample_rate"] = wave.SampleRate;
        }

        var ran = await WorkerCalls.RunAsync(services, call, "pytorch_inference", arguments, tensors, cancellationToken).ConfigureAwait(false);
        if (!ran.TryGet(out var answer, out var failure))
        {
            return failure;
        }

        using (answer)
        {
            var outputs = Given(answer, NodeOutputs.None, "response", "model_ref", "seed_used");
            return NodeOutcome.Of(answer.Tensors.IsEmpty ? outputs : outputs.With("tensors", PortValue.Of(TensorText.Describe(answer.Tensors))));
        }
    }

    private static async ValueTask<NodeOutcome> AudioAsync(NodeServices services, NodeCall call, CancellationToken cancellationToken)
    {
        var arguments = WorkerCalls.Arguments(call, "prompt", "model_path", "backend", "duration", "num_inference_steps", "guidance_scale", "seed", "device", "inference_settings");
        var ran = await WorkerCalls.RunAsync(services, call, "audio_generation", arguments, [], cancellationToken).ConfigureAwait(false);
        if (!ran.TryGet(out var answer, out var failure))
        {
            return failure;
        }

        using (answer)
        {
            if (answer.Find("audio") is not { } recording)
            {
                return new Failure(WorkflowsFailures.NodeFailed, $"The worker of {call.Node.Id} gave no recording.");
            }

            return call.Place.Blobs.Keep(recording.Bytes, "audio/wav", $"{call.Node.Id}.wav").TryGet(out var blob, out failure)
                ? NodeOutcome.Of(Given(answer, NodeOutputs.None.With("audio", PortValue.Of(blob)), "duration_seconds", "sample_rate", "model_ref", "seed_used"))
                : failure;
        }
    }

    private static NodeOutputs Given(WorkerAnswer answer, NodeOutputs outputs, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (answer.Values.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null)
            {
                outputs = outputs.With(name, PortValue.Of(value.Clone()));
            }
        }

        return outputs;
    }

    private sealed class Operation(NodeServices services, Func<NodeServices, NodeCall, CancellationToken, ValueTask<NodeOutcome>> run) : INodeBehaviour
    {
        public ValueTask<NodeOutcome> RunAsync(NodeCall call, CancellationToken cancellationToken) => run(services, call, cancellationToken);

        // The environment is an input, with its key.
        public ValueTask<Result<string>> FingerprintAsync(NodeCall call, CancellationToken cancellationToken) => ValueTask.FromResult(WorkerCalls.ModelStamp(call));
    }
}
