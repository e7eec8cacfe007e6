using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Workers.Frames;

namespace Slipway.Workers.Connections;

/// <summary>A call of an operation.</summary>
/// <param name="Operation">The operation's name.</param>
public sealed record WorkerCall(string Operation)
{
    /// <summary>The arguments, a JSON object.</summary>
    public JsonElement Arguments { get; init; }

    /// <summary>The tensors; not to be changed before the call ends.</summary>
    public ImmutableArray<Tensor> Tensors { get; init; } = [];

    /// <summary>The time limit, the wait for the calls before it included; null for none.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>
    /// Receives what the operation tells on the way, in order, before the call ends. Called on the thread that reads from the worker, which waits for it.
    /// </summary>
    public Action<WorkerEvent>? Progress { get; init; }

    /// <summary>A call with arguments.</summary>
    public static WorkerCall Of(string operation, JsonObject arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        using var document = JsonDocument.Parse(arguments.ToJsonString());
        return new WorkerCall(operation) { Arguments = document.RootElement.Clone() };
    }
}

/// <summary>
/// The good end of a call. Disposing it gives the memory of its tensors to a later answer, so they may not be used afterwards; who makes many calls
/// with large answers should do that, and who does not leaves it to the collector.
/// </summary>
/// <param name="Values">What the operation gave, a JSON object.</param>
/// <param name="Tensors">The tensors that it gave.</param>
public sealed record WorkerAnswer(JsonElement Values, ImmutableArray<Tensor> Tensors) : IDisposable
{
    private byte[]? _payload;

    /// <summary>The answer of a frame, which owns the frame's memory.</summary>
    internal WorkerAnswer(Frame frame)
        : this(frame.Body, frame.Tensors) => _payload = frame.Payload;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _payload, null) is { } payload)
        {
            FrameMemory.Return(payload);
        }
    }

    /// <summary>The tensor of a name; null when there is none.</summary>
    public Tensor? Find(string name) => Tensors.FirstOrDefault(tensor => string.Equals(tensor.Name, name, StringComparison.Ordinal));
}

/// <summary>Something that an operation tells on the way.</summary>
/// <param name="Name">What it is: <c>token</c>, <c>progress</c>.</param>
/// <param name="Data">A JSON object.</param>
/// <param name="Tensors">Tensors.</param>
public sealed record WorkerEvent(string Name, JsonElement Data, ImmutableArray<Tensor> Tensors);

/// <summary>What a worker said of itself when it came up.</summary>
/// <param name="ProcessId">Its process, on its machine.</param>
/// <param name="Python">The version of Python.</param>
/// <param name="Executable">The interpreter, as it sees itself.</param>
/// <param name="Operations">The operations that it has.</param>
public sealed record WorkerInfo(int ProcessId, string Python, string Executable, ImmutableArray<string> Operations);
