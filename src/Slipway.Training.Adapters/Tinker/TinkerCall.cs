using System.Collections.Immutable;

namespace Slipway.Training.Adapters.Tinker;

/// <summary>One logical request. Its idempotency key is made once, so that it is the same however often it is sent.</summary>
/// <param name="Path">Below <c>/api/v1/</c>.</param>
/// <param name="Body">The body; null for GET.</param>
internal sealed record TinkerCall(string Path, byte[]? Body)
{
    public string Key { get; } = Guid.NewGuid().ToString("N");

    public string ContentType { get; init; } = "application/json";

    public ImmutableArray<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>How long one try may take; null for the usual.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether an answer must be JSON to be one.</summary>
    public bool WantsJson { get; init; } = true;

    /// <summary>Whether 429 is for the caller, who pauses more than this one request.</summary>
    public bool PausesItself { get; init; }
}

/// <summary>A request that the service has taken.</summary>
/// <param name="Call">The request, for when its result gets lost.</param>
/// <param name="Id">By which the result is asked for.</param>
internal sealed record Accepted(TinkerCall Call, string Id);
