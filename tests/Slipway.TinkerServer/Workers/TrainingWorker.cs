using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Slipway.Core.Failures;
using Slipway.Workers.Connections;
using Slipway.Workers.Frames;

namespace Slipway.TinkerApi.Workers;

/// <summary>The worker that trains. It may be a test's own, which does the same work on it directly: the names of this server are its own there.</summary>
internal sealed class TrainingWorker(WorkerConnection worker, TinkerServerOptions options)
{
    private readonly string _prefix = $"tinker-{Guid.NewGuid():N}-";

    /// <summary>The name that something has in the worker.</summary>
    internal string NameOf(string id) => _prefix + id;

    internal Task<Result<WorkerAnswer>> DoAsync(string operation, JsonObject arguments, params Tensor[] tensors) =>
        worker.CallAsync(WorkerCall.Of("training_" + operation, arguments) with { Tensors = [.. tensors] }, CancellationToken.None);

    /// <summary>A call of a base: where what is made of it is kept, and on what it runs.</summary>
    internal Task<Result<WorkerAnswer>> DoWithBaseAsync(string operation, string baseModel, JsonObject arguments)
    {
        arguments["base_model"] = baseModel;
        arguments["cache_directory"] = Path.Combine(options.Folder, "models");
        arguments["device"] = "cpu";
        return DoAsync(operation, arguments);
    }

    internal static ReadOnlySpan<float> Floats(WorkerAnswer answer, string name) => MemoryMarshal.Cast<byte, float>(answer.Find(name)!.Bytes.Span);

    internal static ReadOnlySpan<long> Longs(WorkerAnswer answer, string name) => MemoryMarshal.Cast<byte, long>(answer.Find(name)!.Bytes.Span);
}
