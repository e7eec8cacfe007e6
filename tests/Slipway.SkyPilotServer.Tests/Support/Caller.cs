using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Slipway.SkyPilotApi.Tests.Support;

/// <summary>Sends requests by hand, as a correct client would; what is asked for can be broken.</summary>
internal sealed class Caller : IDisposable
{
    private readonly HttpClient _client;

    internal Caller(SkyPilotServer server)
    {
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = server.BaseUrl, Timeout = TimeSpan.FromSeconds(30) };
        _client.DefaultRequestHeaders.Add("X-SkyPilot-API-Version", "55");
        _client.DefaultRequestHeaders.Add("X-SkyPilot-Version", "1.0.0");
    }

    internal HttpRequestHeaders Headers => _client.DefaultRequestHeaders;

    public void Dispose() => _client.Dispose();

    /// <summary>A body with the common part, and these fields.</summary>
    internal static JsonObject Body(string fields = "{}")
    {
        var body = JsonNode.Parse(fields)!.AsObject();
        body["env_vars"] = new JsonObject { ["SKYPILOT_USER_ID"] = "1a2b3c4d", ["SKYPILOT_USER"] = "ada" };
        return body;
    }

    internal static JsonObject Launch(string name, string script, string resources = "accelerators: {L40S: 1}", string more = "") => Body($$"""
        {"cluster_name":"{{name}}","task":{{JsonValue.Create(Task(script, resources, more)).ToJsonString()}} }
        """);

    /// <summary>A task that goes through timeout, on a machine that ends by itself.</summary>
    internal static string Task(string script, string resources = "accelerators: {L40S: 1}", string more = "") => $"""
        name: train
        resources:
          infra: nebius
          {resources}
          autostop:
            idle_minutes: 10
            down: true
            wait_for: jobs
        {more}
        run: |
          timeout 600 bash -c '{script}'
        """;

    internal Task<HttpResponseMessage> GetAsync(string path) => _client.GetAsync(path);

    internal async Task<JsonNode?> JsonAsync(string path) => JsonNode.Parse(await _client.GetStringAsync(path));

    internal async Task<HttpResponseMessage> PostAsync(string path, JsonNode body)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    internal async Task<JsonNode?> PostBytesAsync(string path, byte[] bytes)
    {
        using var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var response = await _client.PostAsync(path, content);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync());
    }

    /// <summary>Sends a request and gives its id.</summary>
    internal async Task<string> SubmitAsync(string path, JsonNode body)
    {
        using var response = await PostAsync(path, body);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return response.Headers.GetValues("X-Skypilot-Request-ID").Single();
    }

    /// <summary>Asks for a request until it has ended.</summary>
    internal async Task<(JsonNode? Value, JsonNode? Error, string Status)> ResultAsync(string id)
    {
        using var response = await GetAsync("/api/get?request_id=" + id);
        var json = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        var payload = response.IsSuccessStatusCode ? json : json["detail"]!;
        JsonNode? Inner(string key) => JsonNode.Parse(payload[key]!.GetValue<string>());
        return (Inner("return_value"), Inner("error"), payload["status"]!.GetValue<string>());
    }

    /// <summary>Sends a request that must succeed, and gives what it returns.</summary>
    internal async Task<JsonNode?> DoAsync(string path, JsonNode body)
    {
        var (value, error, status) = await ResultAsync(await SubmitAsync(path, body));
        Assert.True(status is "SUCCEEDED", $"{path}: {status} {error}");
        return value;
    }

    /// <summary>Sends a request that must fail, and gives the type of its error.</summary>
    internal async Task<string> FailAsync(string path, JsonNode body)
    {
        var (_, error, status) = await ResultAsync(await SubmitAsync(path, body));
        Assert.Equal("FAILED", status);
        return error!["type"]!.GetValue<string>();
    }

    internal async Task<JsonArray> StatusAsync(string cluster) => (await DoAsync("/status", Body($$"""
        {"cluster_names":["{{cluster}}"],"refresh":"AUTO","all_users":false,"include_credentials":false,"include_handle":false}
        """)))!.AsArray();

    internal Task<JsonNode?> DownAsync(string cluster) => DoAsync("/down", Body($$"""{"cluster_name":"{{cluster}}"}"""));
}
