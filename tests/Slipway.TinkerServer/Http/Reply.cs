using System.Text.Json.Nodes;
using Slipway.TinkerApi.Bodies;

namespace Slipway.TinkerApi.Http;

/// <summary>An answer.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Body">Its body, UTF-8.</param>
internal sealed record Reply(int Status, byte[] Body)
{
    internal string ContentType { get; init; } = "application/json";

    internal IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    internal static Reply Ok(JsonNode body) => new(200, Json.Bytes(body));

    internal static Reply Error(int status, string message) =>
        new(status, Json.Bytes(new JsonObject { ["error"] = message, ["category"] = status < 500 ? "user" : "server" }));

    internal static Reply Of(Refusal refusal) => Error(refusal.Status, refusal.Message);

    internal static Reply Page(int status) => new(status, "<!DOCTYPE html><html><body><h1>Please sign in</h1></body></html>"u8.ToArray()) { ContentType = "text/html; charset=utf-8" };
}
