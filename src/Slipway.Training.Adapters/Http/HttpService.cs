using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Training.Adapters.Http;

/// <summary>How requests of an adapter are made.</summary>
internal sealed record HttpOptions
{
    /// <summary>How often a request is made at most.</summary>
    public int Tries { get; init; } = 6;

    /// <summary>The wait after the first failure; it doubles up to <see cref="LongestWait"/>.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest wait between two tries, also when the service asks for more.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one try may take, until the head of an answer or all of a document is there.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>Makes requests: follows redirections without handing credentials on, and tries again what may go better the next time.</summary>
internal sealed class HttpService(HttpMessageHandler? handler, HttpOptions options) : IDisposable
{
    private const int MostRedirections = 10;

    // The default handler never follows a redirection itself: it would drop credentials on the same host too.
    private readonly HttpClient _client = new(handler ?? new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(20),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        AutomaticDecompression = DecompressionMethods.None,
    }, disposeHandler: handler is null)
    { Timeout = Timeout.InfiniteTimeSpan };

    public HttpOptions Options => options;

    public void Dispose() => _client.Dispose();

    /// <summary>Makes a request until it has an answer that another try would not better.</summary>
    /// <param name="make">Makes the request, anew for each try.</param>
    /// <param name="read">Reads the answer, whatever its status; what it throws of the connection is tried again.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Result<T>> RunAsync<T>(
        Func<HttpRequestMessage> make, Func<HttpResponseMessage, CancellationToken, Task<Result<T>>> read, CancellationToken cancellationToken)
        where T : notnull
    {
        for (var attempt = 1; ; attempt++)
        {
            var (result, problem, asked) = await TryAsync(make, read, isLast: attempt == options.Tries, cancellationToken).ConfigureAwait(false);
            if (result is { } done)
            {
                return done;
            }

            if (attempt == options.Tries)
            {
                return new Failure(AdapterFailures.Unreachable, $"{problem} It was tried {attempt} times.");
            }

            await WaitAsync(attempt, asked, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Waits before a try.</summary>
    /// <param name="attempt">How many tries there were.</param>
    /// <param name="asked">What the service asks for; null for nothing.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task WaitAsync(int attempt, TimeSpan? asked, CancellationToken cancellationToken)
    {
        var wait = asked ?? options.FirstWait * Math.Pow(2, Math.Min(attempt - 1, 20));
        return Task.Delay(wait < options.LongestWait ? wait : options.LongestWait, options.Time, cancellationToken);
    }

    /// <summary>Sends a request and follows its redirections; gives an answer whose body is not read yet.</summary>
    /// <exception cref="HttpRequestException">There is no answer.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (var count = 0; ; count++)
        {
            var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if (request.Method != HttpMethod.Get && request.Method != HttpMethod.Head || !IsRedirection(response.StatusCode) || response.Headers.Location is not { } location)
            {
                return response;
            }

            response.Dispose();
            var from = request.RequestUri!;
            var to = new Uri(from, location);
            if (count == MostRedirections || from.Scheme == Uri.UriSchemeHttps && to.Scheme != Uri.UriSchemeHttps || to.Scheme is not ("http" or "https"))
            {
                throw new HttpRequestException($"{from.Host} redirects to {to.Scheme}://{to.Authority}, which is not followed");
            }

            request = Redirect(request, from, to);
        }
    }

    /// <summary>Reads a JSON document of an answer.</summary>
    /// <exception cref="HttpRequestException">It is none.</exception>
    public static async Task<JsonElement> ReadJsonAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = stream.ConfigureAwait(false);
        try
        {
            using var document = await JsonDocument.ParseAsync(stream, cancellationToken: cancellationToken).ConfigureAwait(false);
            return document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw new HttpRequestException($"the answer is no JSON ({response.Content.Headers.ContentType?.MediaType ?? "of no type"})", exception);
        }
    }

    /// <summary>The first words of an answer's body, for messages.</summary>
    public static async Task<string> WordsAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        return text.Length == 0 ? "It says nothing more." : $"It says {Shown.Quote(text)}.";
    }

    /// <summary>The wait that an answer asks for.</summary>
    public TimeSpan? Asked(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - options.Time.GetUtcNow() is { Ticks: > 0 } wait ? wait : TimeSpan.Zero,
        _ => null,
    };

    /// <summary>Whether another try may go better.</summary>
    public static bool IsPassing(HttpStatusCode status) => (int)status is 408 or 429 or >= 500 and not 501;

    private async Task<(Result<T>? Result, string Problem, TimeSpan? Asked)> TryAsync<T>(
        Func<HttpRequestMessage> make, Func<HttpResponseMessage, CancellationToken, Task<Result<T>>> read, bool isLast, CancellationToken cancellationToken)
        where T : notnull
    {
        using var request = make();
        var place = $"{request.RequestUri!.Host}{request.RequestUri.AbsolutePath}";
        using var limit = new CancellationTokenSource(options.Limit, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var response = await SendAsync(request, either.Token).ConfigureAwait(false);
            return IsPassing(response.StatusCode)
                ? (null, $"{place} answered {(int)response.StatusCode}. {(isLast ? await WordsAsync(response, either.Token).ConfigureAwait(false) : string.Empty)}", Asked(response))
                : (await read(response, either.Token).ConfigureAwait(false), string.Empty, null);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return (null, $"{place}: {exception.Message.TrimEnd('.')}.", null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, $"{place} gave no answer within {options.Limit.TotalSeconds:0.#} s.", null);
        }
    }

    private static bool IsRedirection(HttpStatusCode status) => (int)status is 301 or 302 or 303 or 307 or 308;

    private static HttpRequestMessage Redirect(HttpRequestMessage request, Uri from, Uri to)
    {
        var next = new HttpRequestMessage(request.Method, to);
        foreach (var header in request.Headers.NonValidated)
        {
            // Another host, another port or another scheme is somebody else.
            if (!header.Key.Equals("Authorization", StringComparison.OrdinalIgnoreCase) || from.Scheme == to.Scheme && from.Authority == to.Authority)
            {
                next.Headers.TryAddWithoutValidation(header.Key, header.Value.AsEnumerable());
            }
        }

        return next;
    }
}

/// <summary>Makes requests that carry a token.</summary>
internal static class HttpRequests
{
    public static HttpRequestMessage Get(Uri address, string? token)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (!string.IsNullOrEmpty(token))
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return request;
    }
}
