using System.Text.Json.Nodes;
using Slipway.Core.Failures;
using Slipway.TinkerApi.Http;
using Slipway.Workers;

namespace Slipway.TinkerApi.Futures;

/// <summary>What came of an accepted request.</summary>
/// <param name="Body">The answer to a poll, UTF-8.</param>
/// <param name="Error">Why it failed; null when it went well.</param>
internal sealed record Outcome(byte[] Body, string? Error)
{
    internal static Outcome Ok(JsonNode result) => new(Json.Bytes(result), Error: null);

    internal static Outcome Failed(string category, string message) =>
        new(Json.Bytes(new JsonObject { ["error"] = message, ["category"] = category }), message);

    /// <summary>What the sender could have known is the sender's fault.</summary>
    internal static Outcome Failed(Failure failure)
    {
        var isUser = failure.Code == WorkerFailures.BadInput || failure.Code == WorkerFailures.NotFinite || failure.Code == WorkerFailures.TooLarge || failure.Code == WorkerFailures.CheckpointMismatch;
        return Failed(isUser ? "user" : "server", failure.Message);
    }
}
