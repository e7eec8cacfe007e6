using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Slipway.TinkerApi.Tests.Support;

/// <summary>Sends bodies as they are written in a test, and nothing twice.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly HttpClient _http;
    private int _keys;

    internal RawClient(TinkerServer server, string? key = "tml-of-tests")
    {
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(server.BaseUrl, "api/v1/") };
        if (key is not null)
        {
            _http.DefaultRequestHeaders.Add("X-API-Key", key);
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Sends a body; an empty key sends none, and null a new one.</summary>
    internal async Task<(HttpStatusCode Status, string Body)> PostAsync(string path, string body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (key is not "")
        {
            request.Headers.Add("X-Idempotency-Key", key ?? $"key-{++_keys}");
        }

        using var response = await _http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    internal async Task<(HttpStatusCode Status, string Body)> SendAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        using var response = await _http.SendAsync(request);
        return (response.StatusCode, response.Headers.Location?.ToString() ?? await response.Content.ReadAsStringAsync());
    }

    /// <summary>Sends a body that is accepted.</summary>
    internal async Task<JsonNode> DoAsync(string path, string body, string? key = null)
    {
        var (status, text) = await PostAsync(path, body, key);
        Assert.True(status is HttpStatusCode.OK, $"{path}: {status} {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>Polls until there is a result.</summary>
    internal async Task<string> WaitAsync(JsonNode accepted)
    {
        for (var tries = 0; tries < 100; tries++)
        {
            var (status, body) = await PostAsync("retrieve_future", new JsonObject { ["request_id"] = accepted["request_id"]!.DeepClone() }.ToJsonString(), string.Empty);
            Assert.True(status is HttpStatusCode.OK, $"{status} {body}");
            if (JsonNode.Parse(body)!["type"]?.GetValue<string>() is not "try_again")
            {
                return body;
            }
        }

        throw new TimeoutException("The request was not done after 100 polls.");
    }

    /// <summary>Sends a body and polls for its result.</summary>
    internal async Task<string> ResultAsync(string path, string body) => await WaitAsync(await DoAsync(path, body));

    /// <summary>A session with a model on it.</summary>
    internal async Task<string> ModelAsync(string lora = """{"rank":4,"seed":0,"train_unembed":true,"train_mlp":true,"train_attn":true}""")
    {
        var session = await SessionAsync();
        var body = $$"""{"session_id":"{{session}}","model_seq_id":0,"base_model":"tiny-byte","lora_config":{{lora}},"type":"create_model"}""";
        return (await DoAsync("create_model", body))["model_id"]!.GetValue<string>();
    }

    internal async Task<string> SessionAsync() =>
        (await DoAsync("create_session", """{"tags":["tests"],"sdk_version":"0.1.0","type":"create_session"}"""))["session_id"]!.GetValue<string>();
}
