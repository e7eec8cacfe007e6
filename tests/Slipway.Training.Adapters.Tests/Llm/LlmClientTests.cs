using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Slipway.Training.Adapters.Llm;
using Slipway.Training.Adapters.Tests.Support;
using Slipway.Training.Ports;
using Slipway.Workers.Tests.Support;

namespace Slipway.Training.Adapters.Tests.Llm;

public sealed class LlmClientTests : IAsyncLifetime
{
    private const string Good = """{"choices":[{"message":{"role":"assistant","content":"Four."},"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":3}}""";
    private readonly HastyTime _time = new();
    private readonly Queue<(int Status, string Body)> _script = new();
    private LoopbackServer _server = null!;
    private string _body = string.Empty;
    private string _retryAfter = string.Empty;

    public async Task InitializeAsync() => _server = await LoopbackServer.StartAsync(async context =>
    {
        using var reader = new StreamReader(context.Request.Body);
        _body = await reader.ReadToEndAsync();
        var (status, body) = _script.Count > 0 ? _script.Dequeue() : (200, Good);
        if (_retryAfter.Length > 0)
        {
            context.Response.Headers.RetryAfter = _retryAfter;
        }

        await context.JsonAsync(body, status);
    });

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Answer_comes_with_what_it_cost()
    {
        using var client = LlmClient.Create(Options).Ok();
        var answer = (await client.ChatAsync([new("system", "Count."), new("user", "2 + 2 \"?\"")], new LlmParameters(MaxTokens: 5, Temperature: 0.5, Seed: long.MaxValue), default)).Ok();
        Assert.Equal(new LlmAnswer("Four.", "stop", 12, 3), answer);
        Assert.Equal(("POST /v1/chat/completions", "Bearer key-of-tests"), Assert.Single(_server.Requests));
        using var body = JsonDocument.Parse(_body);
        Assert.Equal("2 + 2 \"?\"", body.RootElement.GetProperty("messages")[1].GetProperty("content").GetString());
        Assert.Equal((5, 0.5, long.MaxValue, "model-1"), (
            body.RootElement.GetProperty("max_tokens").GetInt32(), body.RootElement.GetProperty("temperature").GetDouble(),
            body.RootElement.GetProperty("seed").GetInt64(), body.RootElement.GetProperty("model").GetString()));
        (await client.ChatAsync([new("user", "x")], new LlmParameters(Model: "model-2"), default)).Ok();
        Assert.Equal("""{"model":"model-2","messages":[{"role":"user","content":"x"}]}""", _body);
    }

    [Fact]
    public async Task Busy_service_is_asked_again_after_what_it_wants()
    {
        using var client = LlmClient.Create(Options).Ok();
        _script.Enqueue((429, "{}"));
        _script.Enqueue((503, "<html>"));
        _script.Enqueue((200, "<html>"));
        (await client.ChatAsync([new("user", "x")], new LlmParameters(), default)).Ok();
        Assert.Equal([0.5, 1, 2], _time.Waits.Select(static wait => wait.TotalSeconds));
        _retryAfter = "7";
        _script.Enqueue((429, "{}"));
        (await client.ChatAsync([new("user", "x")], new LlmParameters(), default)).Ok();
        Assert.Equal(7, _time.Waits.Last().TotalSeconds);
    }

    [Theory]
    [InlineData(401, "{}", "TRA0601", "LLM_KEY")]
    [InlineData(400, """{"error":{"message":"no such model"}}""", "TRA0602", "no such model")]
    [InlineData(200, """{"choices":[]}""", "TRA0002", "something else")]
    public async Task Refusal_is_told_once_and_without_the_key(int status, string body, string code, string words)
    {
        using var client = LlmClient.Create(Options).Ok();
        _script.Enqueue((status, body));
        var failure = (await client.ChatAsync([new("user", "x")], new LlmParameters(), default)).Failure;
        Assert.Equal(code, failure.Code.Id);
        Assert.Contains(words, failure.Message);
        Assert.DoesNotContain("key-of-tests", failure.ToString());
        Assert.Single(_server.Requests);
    }

    [Fact]
    public void Settings_that_are_missing_are_told_when_the_adapter_is_made()
    {
        Assert.Contains("LLM_KEY", LlmClient.Create(Options with { Variable = static _ => null }).Fails(AdapterFailures.BadSetting).Message);
        Assert.Contains("model", LlmClient.Create(Options with { Model = string.Empty }).Fails(AdapterFailures.BadSetting).Message);
    }

    private LlmOptions Options => new()
    {
        BaseAddress = new Uri(_server.Url + "/v1/"), Model = "model-1", KeyVariable = "LLM_KEY", Variable = static name => name is "LLM_KEY" ? "key-of-tests" : null, Time = _time,
    };
}
