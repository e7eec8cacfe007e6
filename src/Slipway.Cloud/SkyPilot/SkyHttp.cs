using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Slipway.Core.Failures;

namespace Slipway.Cloud.SkyPilot;

/// <summary>An answer whose body is read.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="RequestId">The id that the server gave to the call; null for none.</param>
/// <param name="Body">The body.</param>
internal sealed record SkyReply(int Status, string? RequestId, byte[] Body)
{
    /// <summary>The host that a redirect leads to; null where it is none.</summary>
    public string? Redirect { get; init; }

    /// <summary>Whether the body says that it is a web page.</summary>
    public bool IsHtml { get; init; }

    public JsonElement? Json { get; } = SkyJson.Parse(Body);

    public string Text => Encoding.UTF8.GetString(Body);

    public bool IsOk => Status is >= 200 and < 300 && !IsHtml;

    /// <summary>A page or a redirect stands where an answer should: somebody wants a login.</summary>
    public bool IsLogin => IsHtml || Redirect is not null;
}

/// <summary>Why there is no answer, and whether the call can have arrived all the same.</summary>
internal sealed record SkySilence(string Reason, bool MayHaveArrived);

/// <summary>Sends calls, each with a deadline, and reads their answers. It repeats nothing.</summary>
internal sealed class SkyHttp(SkyEndpoint endpoint, SkyOptions options) : IDisposable
{
    private const int MostBody = 64 * 1024 * 1024;

    private readonly HttpClient _client = new(options.Handler ?? new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    }, disposeHandler: options.Handler is null)
    { Timeout = Timeout.InfiniteTimeSpan };

    public void Dispose() => _client.Dispose();

    /// <summary>Makes a call and reads the whole answer.</summary>
    /// <param name="make">Makes the message.</param>
    /// <param name="deadline">How long it may take; null for as long as the token lets.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<(SkyReply? Reply, SkySilence? Silence)> SendAsync(Func<HttpRequestMessage> make, TimeSpan? deadline, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(deadline ?? Timeout.InfiniteTimeSpan, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var message = Dress(make());
            using var response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            return (await ReadAsync(response, either.Token).ConfigureAwait(false), null);
        }
        catch (HttpRequestException exception)
        {
            return (null, new SkySilence(Reason(exception), exception.HttpRequestError is not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)));
        }
        catch (IOException)
        {
            return (null, new SkySilence("the connection broke", MayHaveArrived: true));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, new SkySilence(deadline is { } given ? $"it gave no answer within {given.TotalSeconds:0.#} s" : "no connection comes about in time", MayHaveArrived: true));
        }
    }

    /// <summary>Makes a call whose body the caller reads; it throws what <see cref="HttpClient"/> throws.</summary>
    public Task<HttpResponseMessage> OpenAsync(HttpRequestMessage message, CancellationToken cancellationToken) =>
        _client.SendAsync(Dress(message), HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    /// <summary>Reads an answer that was opened.</summary>
    public static async Task<SkyReply> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var content = response.Content;
        if (content.Headers.ContentLength > MostBody)
        {
            throw new IOException("The answer is too long.");
        }

        await content.LoadIntoBufferAsync(MostBody, cancellationToken).ConfigureAwait(false);
        var body = await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        return new SkyReply((int)response.StatusCode, RequestId(response), body)
        {
            IsHtml = content.Headers.ContentType?.MediaType is "text/html" || LooksLikePage(body),
            Redirect = (int)response.StatusCode is >= 300 and < 400 ? HostOf(response) : null,
        };
    }

    /// <summary>The id of the request that a call made: the second name is that of older servers.</summary>
    public static string? RequestId(HttpResponseMessage response) =>
        Header(response, "X-Skypilot-Request-ID") ?? Header(response, "X-Request-ID");

    /// <summary>The address of a call.</summary>
    public Uri At(string path) => new(endpoint.Address, path.TrimStart('/'));

    public Failure Failure(SkySilence silence, string about) =>
        new(CloudFailures.Unreachable, $"The SkyPilot server {endpoint.Address.Authority} does not answer {about}: {silence.Reason}.");

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) && values.FirstOrDefault() is { Length: > 0 and <= 200 } id && id.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? id : null;

    private HttpRequestMessage Dress(HttpRequestMessage message)
    {
        // Both or neither: with one of them the server takes the caller for one without a version.
        message.Headers.TryAddWithoutValidation("X-SkyPilot-API-Version", SkyCapabilities.Tested.ToString(System.Globalization.CultureInfo.InvariantCulture));
        message.Headers.TryAddWithoutValidation("X-SkyPilot-Version", "0.11.0");
        message.Headers.UserAgent.Add(new ProductInfoHeaderValue("slipway", "1"));
        message.Headers.Authorization = endpoint.Authorization;
        return message;
    }

    private static bool LooksLikePage(byte[] body)
    {
        var start = Encoding.ASCII.GetString(body, 0, Math.Min(body.Length, 64)).TrimStart();
        return start.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || start.StartsWith("<html", StringComparison.OrdinalIgnoreCase);
    }

    private static string HostOf(HttpResponseMessage response) =>
        response.Headers.Location is { IsAbsoluteUri: true } location ? location.Host : response.RequestMessage?.RequestUri?.Host ?? "another page";

    // Words of sockets and of TLS name hosts and certificates, never what was sent.
    private static string Reason(HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "its name is not known",
        HttpRequestError.ConnectionError => "no connection is accepted",
        HttpRequestError.SecureConnectionError => "no secure connection comes about",
        _ => exception.InnerException?.Message.TrimEnd('.') ?? exception.Message.TrimEnd('.'),
    };
}
