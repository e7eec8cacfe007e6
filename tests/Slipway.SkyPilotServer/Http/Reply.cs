using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.SkyPilotApi.Requests;

namespace Slipway.SkyPilotApi.Http;

/// <summary>An answer: a body, or the log of a request while it grows.</summary>
internal sealed record Reply(int Status)
{
    // Escapes of other than control characters would hide how the real server writes them.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal byte[] Body { get; init; } = [];

    internal string ContentType { get; init; } = "application/json";

    /// <summary>Nobody caught an exception: nothing of the server is on the answer.</summary>
    internal bool IsBare { get; private init; }

    internal string? Location { get; init; }

    internal string? HomePath { get; init; }

    /// <summary>The request that it started.</summary>
    internal ServerRequest? Request { get; init; }

    internal LogStream? Stream { get; init; }

    internal static Reply Ok(JsonNode? body) => Json(200, body);

    internal static Reply Json(int status, JsonNode? body) => new(status) { Body = Encoding.UTF8.GetBytes(body?.ToJsonString(Plain) ?? "null") };

    internal static Reply Detail(int status, JsonNode? detail) => Json(status, new JsonObject { ["detail"] = detail });

    /// <summary>What a proxy or an exception that nobody caught answers.</summary>
    internal static Reply Bare(int status, string text) => new(status) { Body = Encoding.UTF8.GetBytes(text), ContentType = "text/plain; charset=utf-8", IsBare = true };

    internal static Reply Page(int status) => new(status) { Body = "<!DOCTYPE html><html><body><h1>Sign in</h1></body></html>"u8.ToArray(), ContentType = "text/html; charset=utf-8" };

    /// <summary>A request was taken: its id is in a header, and the body says nothing.</summary>
    internal static Reply Taken(ServerRequest request) => Ok(null) with { Request = request };
}

/// <summary>How the log of a request is streamed.</summary>
/// <param name="Request">The request.</param>
/// <param name="IsPlain">Without control lines.</param>
/// <param name="Follow">Until the request has ended; otherwise what is there.</param>
/// <param name="Tail">Only so many lines of what is there; 0 is all.</param>
internal sealed record LogStream(ServerRequest Request, bool IsPlain, bool Follow, long Tail)
{
    /// <summary>Whether a header says whose log it is, as on <c>/api/stream</c>.</summary>
    internal bool NamesRequest { get; init; }
}
