using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Contracts;
using Slipway.Core.Failures;
using Slipway.Workers;
using Slipway.Workers.Connections;
using Slipway.Workers.Frames;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Nodes.Inference;

/// <summary>What all nodes share that have a worker do something in the environment that they are given.</summary>
internal static class WorkerCalls
{
    /// <summary>The input that names the environment. Nothing but a ready one is taken: there is no other interpreter to fall back to.</summary>
    public static PortSpec Environment { get; } =
        PortSpec.Required("environment_ref", PortType.Environment, "the environment, from a dependency-environment node");

    /// <summary>Calls an operation with exactly the interpreter of the node's environment, on the machine of that environment, and leaves no process.</summary>
    /// <param name="services">What the node was made with.</param>
    /// <param name="call">The node's call.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="tensors">Its tensors.</param>
    /// <param name="cancellationToken">Ends the work and the worker.</param>
    public static async Task<Result<WorkerAnswer>> RunAsync(
        NodeServices services, NodeCall call, string operation, JsonObject arguments, ImmutableArray<Tensor> tensors, CancellationToken cancellationToken)
    {
        if (!ContractJson.ReadEnvironmentRef(call[Environment.Name].Json.GetRawText()).TryGet(out var reference, out var failure))
        {
            return failure with { Message = $"{call.Node.Id}.{Environment.Name} is no environment: {failure.Message}" };
        }

        if (!(await services.OpenAsync(reference.Host, cancellationToken).ConfigureAwait(false)).TryGet(out var machine, out failure))
        {
            return failure;
        }

        using (machine)
        {
            call.Progress(null, $"starting {reference.PythonExecutable}");
            var made = WorkerCall.Of(operation, arguments) with { Tensors = tensors, Progress = told => Tell(call, told) };
            return await new WorkerHost(machine.Host).RunAsync(reference, made, WorkerOptions.Default with { Time = services.Time }, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The inputs that a node was given of some names, as arguments.</summary>
    public static JsonObject Arguments(NodeCall call, params ReadOnlySpan<string> ports)
    {
        var arguments = new JsonObject();
        foreach (var port in ports)
        {
            if (call.Find(port) is { IsSecret: false } value && value.Json.ValueKind is not JsonValueKind.Null)
            {
                arguments[port] = JsonNode.Parse(value.Json.GetRawText());
            }
        }

        return arguments;
    }

    /// <summary>What decides beside the inputs: the files of a model. Their sizes and times stand for their content, which may be many gigabytes.</summary>
    /// <param name="call">The node's call.</param>
    public static Result<string> ModelStamp(NodeCall call)
    {
        if (call.Text("model_path") is not { } path || !Path.IsPathRooted(path))
        {
            return string.Empty;
        }

        try
        {
            var files = File.Exists(path) ? [path] : Directory.Exists(path) ? Directory.GetFiles(path, "*", SearchOption.AllDirectories) : [];
            return string.Join('\n', files.Order(StringComparer.Ordinal).Select(static file => new FileInfo(file)).Select(static file => $"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new Failure(WorkflowsFailures.BadValue, $"The model {path} cannot be read: {exception.Message}");
        }
    }

    private static void Tell(NodeCall call, WorkerEvent told)
    {
        if (told.Name is "token")
        {
            call.Stream("stream", told.Data);
        }
        else if (told.Data.ValueKind is JsonValueKind.Object)
        {
            call.Progress(Part(told.Data), told.Data.TryGetProperty("message", out var message) && message.ValueKind is JsonValueKind.String ? message.GetString()! : $"{call.Type.Id}: {told.Name}");
        }
    }

    // How many of how many, else a part of one.
    private static double? Part(JsonElement data) => Number(data, "done") is not { } done ? null : Number(data, "total") is { } total and > 0 ? done / total : done;

    private static double? Number(JsonElement data, string name) => data.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number ? value.GetDouble() : null;
}
