using System.Net;
using System.Text;
using System.Text.Json;
using Slipway.Cloud.SkyPilot;
using Slipway.TestKit;

namespace Slipway.Cloud.Tests.SkyPilot;

internal sealed record SeenCall(string Method, string Path, string Body, IReadOnlyDictionary<string, string> Headers, byte[] Bytes)
{
    public string Route => Path.Split('?')[0];

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;
}

/// <summary>Answers calls in memory as a test says, and keeps them.</summary>
internal sealed class ScriptedServer : HttpMessageHandler
{
    private readonly Dictionary<string, Func<SeenCall, HttpResponseMessage>> _routes = new(StringComparer.Ordinal);
    private int _ids;

    public List<SeenCall> Calls { get; } = [];

    /// <summary>Answers a route with a function; the last word counts.</summary>
    public ScriptedServer On(string route, Func<SeenCall, HttpResponseMessage> answer)
    {
        _routes[route] = answer;
        return this;
    }

    /// <summary>Answers a route with a request that has a value; the value is JSON.</summary>
    public ScriptedServer Value(string route, string value)
    {
        var id = $"id-{++_ids}";
        _values[id] = Payload(id, "SUCCEEDED", value, "null");
        return On(route, _ => Json(200, "null", id));
    }

    /// <summary>Answers a route with a request that fails.</summary>
    public ScriptedServer Fails(string route, string type, string message)
    {
        var id = $"id-{++_ids}";
        var error = JsonSerializer.Serialize(new { @object = "gAS", type, message });
        _values[id] = "{\"detail\":" + Payload(id, "FAILED", "null", error) + "}";
        return On(route, _ => Json(200, "null", id));
    }

    public static string Payload(string id, string status, string value, string error, string name = "sky.x", string? cluster = null) =>
        JsonSerializer.Serialize(new { request_id = id, name, entrypoint = "gAS", request_body = "gAS", status, return_value = value, error, cluster_name = cluster, created_at = 1795310847.5 });

    public static HttpResponseMessage Json(int status, string body, string? id = null) => Text(status, body, "application/json", id);

    public static HttpResponseMessage Text(int status, string body, string type, string? id = null)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, type) };
        if (id is not null)
        {
            response.Headers.Add("X-Skypilot-Request-ID", id);
        }

        return response;
    }

    public static async Task<SkyPilotClient> ConnectAsync(ScriptedServer server, TempFolder folder, int api = 55, Func<SkyOptions, SkyOptions>? change = null)
    {
        server.On("/api/health", _ => Json(200, $$"""{"status":"healthy","api_version":"{{api}}","version":"1.0"}"""));
        var options = new SkyOptions { Handler = server, FirstWait = TimeSpan.FromMilliseconds(1), FirstPoll = TimeSpan.FromMilliseconds(1) };
        var endpoint = SkyEndpoint.Resolve(new SkyEndpointChoice(null, null), static _ => null).Value;
        var connected = await SkyPilotClient.ConnectAsync(endpoint, folder.Combine("state", "user"), change?.Invoke(options) ?? options, CancellationToken.None);
        return connected.Value;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var bytes = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var call = new SeenCall(
            request.Method.Method, request.RequestUri!.PathAndQuery, Encoding.UTF8.GetString(bytes), request.Headers.ToDictionary(h => h.Key, h => string.Join(',', h.Value), StringComparer.OrdinalIgnoreCase), bytes);
        Calls.Add(call);
        if (call.Route == "/api/get" && !_routes.ContainsKey("/api/get"))
        {
            var id = call.Path.Split('=')[1];
            return !_values.TryGetValue(id, out var value) ? Json(404, $$"""{"detail":"Request '{{id}}' not found"}""") : Json(value.StartsWith("{\"detail\"", StringComparison.Ordinal) ? 500 : 200, value);
        }

        return _routes.TryGetValue(call.Route, out var answer) ? answer(call) : throw new InvalidOperationException($"No answer for {call.Method} {call.Path}.");
    }

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
}
