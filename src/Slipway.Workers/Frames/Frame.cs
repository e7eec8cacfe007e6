using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Workers.Frames;

/// <summary>What a frame is.</summary>
public enum FrameKind
{
    /// <summary>A call of an operation: to the worker.</summary>
    Call,

    /// <summary>The good end of a call.</summary>
    Answer,

    /// <summary>The bad end of a call.</summary>
    Error,

    /// <summary>Something on the way.</summary>
    Event,
}

/// <summary>One frame of the protocol between Slipway and a worker.</summary>
/// <param name="Id">The call's number.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Name">The operation's or the event's name; empty for answers and errors.</param>
/// <param name="Body">A JSON object.</param>
/// <param name="Tensors">The tensors, each with another name.</param>
public sealed record Frame(long Id, FrameKind Kind, string Name, JsonElement Body, ImmutableArray<Tensor> Tensors)
{
    /// <summary>The version of the protocol.</summary>
    public const int Version = 1;

    /// <summary>The memory of the tensors; null where nobody rented it.</summary>
    internal byte[]? Payload { get; init; }
}
