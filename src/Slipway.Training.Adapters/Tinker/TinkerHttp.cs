using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Slipway.Core.Failures;

namespace Slipway.Training.Adapters.Tinker;

/// <summary>Sends requests: once, with retries, and as submissions of operations.</summary>
internal sealed class TinkerHttp : IDisposable
{
    private readonly TinkerOptions _options;
    private readonly HttpClient _client;
    private readonly Uri _base;

    public TinkerHttp(TinkerOptions options)
    {
        _options = options;
        _base = new Uri(options.Address.AbsoluteUri.TrimEnd('/') + "/api/v1/");
        _client = options.Handler is { } handler ? new HttpClient(handler, disposeHandler: false) : new HttpClient(Sockets(), disposeHandler: true);
        _client.Timeout = Timeout.InfiniteTimeSpan;
    }

    /// <summary>Sends once.</summary>
    public async Task<Answer> TryAsync(TinkerCall call, CancellationToken cancellationToken)
    {
        var patience = call.Timeout ?? _options.Limits.Request;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(patience);
        try
        {
            using var request = RequestOf(call);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, end.Token).ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync(end.Token).ConfigureAwait(false);
            return Answer.From(response, body, call.WantsJson, _options.Key);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Answer.Missing($"none came within {patience.TotalSeconds:0.###} s", timedOut: true);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return Answer.Missing(_options.Key.Mask((exception.InnerException ?? exception).Message.TrimEnd('.')));
        }
    }

    /// <summary>Sends, and again while that may help.</summary>
    public async Task<Answer> SendAsync(TinkerCall call, CancellationToken cancellationToken)
    {
        for (var tries = 0; ; tries++)
        {
            var answer = await TryAsync(call, cancellationToken).ConfigureAwait(false);
            if (answer.IsGood || !MayAgain(call, answer) || tries >= _options.Limits.Retries)
            {
                return answer;
            }

            await DelayAsync(RetryRule.Request(answer, tries, _options.Jitter()), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Submits an operation, for some minutes when it must be.</summary>
    public async Task<Answer> SubmitAsync(TinkerCall call, CancellationToken cancellationToken)
    {
        var start = _options.Time.GetTimestamp();
        for (var tries = 0; ; tries++)
        {
            var answer = await SendAsync(call, cancellationToken).ConfigureAwait(false);
            var wait = RetryRule.Slow(tries);
            if (answer.IsGood || !MayAgain(call, answer) || answer.Status == 409 || _options.Time.GetElapsedTime(start) + wait > _options.Limits.SubmitFor)
            {
                return answer;
            }

            await DelayAsync(wait, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Submits an operation, and reads by which id its result is asked for.</summary>
    public async Task<Result<Accepted>> AcceptAsync(TinkerCall call, CancellationToken cancellationToken) =>
        ReadAccepted(call, await SubmitAsync(call, cancellationToken).ConfigureAwait(false));

    /// <summary>The acceptance in an answer.</summary>
    public static Result<Accepted> ReadAccepted(TinkerCall call, Answer answer) => answer.IsGood
        ? JsonRead.From(answer.Body, call.Path, static root => JsonRead.Text(root, "request_id")).Map(id => new Accepted(call, id))
        : answer.ToFailure(call.Path);

    /// <summary>Asks, and reads the answer.</summary>
    public async Task<Result<T>> AskAsync<T>(TinkerCall call, Func<JsonElement, T> read, CancellationToken cancellationToken)
        where T : notnull
    {
        var answer = await SendAsync(call, cancellationToken).ConfigureAwait(false);
        return answer.IsGood ? JsonRead.From(answer.Body, call.Path, read) : answer.ToFailure(call.Path);
    }

    public Task DelayAsync(TimeSpan wait, CancellationToken cancellationToken) => Task.Delay(wait, _options.Time, cancellationToken);

    public void Dispose() => _client.Dispose();

    private static bool MayAgain(TinkerCall call, Answer answer) => RetryRule.Again(answer) && !(call.PausesItself && answer.Status == 429);

    // A redirect is never followed: the key would go where it points.
    private static SocketsHttpHandler Sockets() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.All,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
    };

    private HttpRequestMessage RequestOf(TinkerCall call)
    {
        var request = new HttpRequestMessage(call.Body is null ? HttpMethod.Get : HttpMethod.Post, new Uri(_base, call.Path));
        request.Headers.TryAddWithoutValidation("X-API-Key", _options.Key.Value);
        request.Headers.TryAddWithoutValidation("X-Idempotency-Key", call.Key);
        foreach (var (name, value) in call.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (call.Body is not null)
        {
            request.Content = new ByteArrayContent(call.Body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(call.ContentType);
        }

        return request;
    }
}
