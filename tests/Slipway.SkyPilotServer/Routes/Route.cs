using System.Text.Json.Nodes;
using Slipway.SkyPilotApi.Http;
using Slipway.SkyPilotApi.Requests;

namespace Slipway.SkyPilotApi.Routes;

/// <summary>A path that is served.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Path">The path.</param>
/// <param name="Answer">Answers a request that was checked.</param>
internal sealed record Route(string Method, string Path, Func<Incoming, Task<Reply>> Answer)
{
    /// <summary>The API version that brought it.</summary>
    internal int Since { get; init; }

    /// <summary>The names that its query may have; those with <c>!</c> must be there, those with <c>@n</c> came with API version n.</summary>
    internal string Query { get; init; } = string.Empty;

    /// <summary>Whether its body is raw bytes.</summary>
    internal bool IsRaw { get; init; }

    /// <summary>A path whose work goes on by itself; the answer is an id.</summary>
    internal static Route Operation(string path, string name, ServerState state, Func<ServerRequest, Task<JsonNode?>> work) =>
        new("POST", path, incoming => Task.FromResult(Reply.Taken(state.Submit(name, incoming, work))));

    /// <summary>A path whose answer is the log of its work.</summary>
    internal static Route Streamed(string path, string name, ServerState state, Func<ServerRequest, Task<JsonNode?>> work) => new("POST", path, incoming =>
    {
        var request = state.Submit(name, incoming, work);
        var reply = new Reply(200) { ContentType = "text/plain; charset=utf-8", Request = request, Stream = new LogStream(request, IsPlain: false, Follow: true, Tail: 0) };
        return Task.FromResult(reply);
    });
}
