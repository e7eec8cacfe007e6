using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Training.Adapters.Http;
using Slipway.Training.Ports;

namespace Slipway.Training.Adapters.Llm;

/// <summary>Which service answers conversations.</summary>
public sealed record LlmOptions
{
    /// <summary>The address before <c>/chat/completions</c>, such as <c>http://127.0.0.1:8000/v1</c>.</summary>
    public required Uri BaseAddress { get; init; }

    /// <summary>The model that is asked when a call names none.</summary>
    public required string Model { get; init; }

    /// <summary>The variable that holds the key; null for a service without keys.</summary>
    public string? KeyVariable { get; init; }

    /// <summary>Gives a variable of the environment.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>The clock of waits.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Makes requests; null for the usual way.</summary>
    public HttpMessageHandler? Handler { get; init; }
}

/// <summary>A language model behind OpenAI's chat completions API, which many services and servers speak.</summary>
public sealed class LlmClient : ILlmClient, IDisposable
{
    private readonly LlmOptions _options;
    private readonly string? _key;
    private readonly HttpService _http;

    private LlmClient(LlmOptions options, string? key)
    {
        (_options, _key) = (options, key);
        _http = new HttpService(options.Handler, new HttpOptions { Time = options.Time, Limit = TimeSpan.FromMinutes(10) });
    }

    /// <inheritdoc/>
    public string Name => "openai";

    /// <inheritdoc/>
    public bool IsSimulated => false;

    /// <summary>Makes the adapter; the key is read now, and told nowhere.</summary>
    public static Result<LlmClient> Create(LlmOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var key = options.KeyVariable is { } variable ? options.Variable(variable)?.Trim() : null;
        return options switch
        {
            { BaseAddress: null } => AdapterFailures.Missing("openai", "base_address"),
            { BaseAddress.IsAbsoluteUri: false } => AdapterFailures.Wrong("openai", "base_address must be an absolute URL."),
            { Model: null or "" } => AdapterFailures.Missing("openai", "model"),
            { KeyVariable: not null } when string.IsNullOrEmpty(key) => AdapterFailures.Wrong("openai", $"the variable {options.KeyVariable} must hold the key, and is not set."),
            _ => new LlmClient(options, key),
        };
    }

    /// <inheritdoc/>
    public Task<Result<LlmAnswer>> ChatAsync(ImmutableArray<LlmMessage> messages, LlmParameters parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var body = Body(messages, parameters);
        return _http.RunAsync(() => Request(body), async (response, token) => (int)response.StatusCode switch
        {
            200 => Read(await HttpService.ReadJsonAsync(response, token).ConfigureAwait(false)),
            401 or 403 => new Failure(AdapterFailures.LlmDenied, $"{_options.BaseAddress.Host} answered {(int)response.StatusCode}; {(_options.KeyVariable is { } variable ? $"the key is that of {variable}" : "no variable with a key is named")}."),
            var status => (Result<LlmAnswer>)new Failure(AdapterFailures.LlmRefused, $"{_options.BaseAddress.Host} answered {status}. {await HttpService.WordsAsync(response, token).ConfigureAwait(false)}"),
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{_options.BaseAddress.AbsoluteUri.TrimEnd('/')}/chat/completions")) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = _key is null ? null : new AuthenticationHeaderValue("Bearer", _key);
        return request;
    }

    private byte[] Body(ImmutableArray<LlmMessage> messages, LlmParameters parameters)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("model", parameters.Model ?? _options.Model);
            writer.WriteStartArray("messages");
            foreach (var message in messages)
            {
                writer.WriteStartObject();
                writer.WriteString("role", message.Role);
                writer.WriteString("content", message.Content);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            Write(writer, "max_tokens", parameters.MaxTokens);
            if (parameters.Temperature is { } temperature)
            {
                writer.WriteNumber("temperature", temperature);
            }

            Write(writer, "seed", parameters.Seed);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, string name, long? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }

    private Result<LlmAnswer> Read(JsonElement document)
    {
        if (document.ValueKind is not JsonValueKind.Object || !document.TryGetProperty("choices", out var choices) || choices.ValueKind is not JsonValueKind.Array || choices.GetArrayLength() == 0
            || choices[0].ValueKind is not JsonValueKind.Object || !choices[0].TryGetProperty("message", out var message) || message.ValueKind is not JsonValueKind.Object)
        {
            return new Failure(AdapterFailures.Unreachable, $"{_options.BaseAddress.Host} answered something else than a chat completion: {Shown.Quote(document.ToString())}.");
        }

        var usage = document.TryGetProperty("usage", out var told) ? told : default;
        return new LlmAnswer(Text(message, "content"), Text(choices[0], "finish_reason"), Number(usage, "prompt_tokens"), Number(usage, "completion_tokens"));
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString()! : string.Empty;

    private static int Number(JsonElement element, string name) =>
        element.ValueKind is JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var number) ? number : 0;
}
