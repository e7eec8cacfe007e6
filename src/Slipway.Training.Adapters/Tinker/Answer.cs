using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Training.Adapters.Tinker;

/// <summary>What came back of one try.</summary>
/// <param name="Status">The status; 0 when no answer came.</param>
/// <param name="Body">The body.</param>
internal sealed record Answer(int Status, byte[] Body)
{
    private const int LongestWords = 500;

    /// <summary>Why there is nothing to read: no connection, half an answer, something that is not JSON; null when there is.</summary>
    public string? Lost { get; init; }

    /// <summary>Whether our own patience ended it, as long polls do.</summary>
    public bool TimedOut { get; init; }

    /// <summary>Whether the service says to try again, or not to.</summary>
    public bool? ShouldRetry { get; init; }

    /// <summary>How long the service says to wait, at most a minute.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Where a redirect points.</summary>
    public Uri? Location { get; init; }

    /// <summary>The service's own words, for people, without the key.</summary>
    public string? Words { get; init; }

    public bool IsGood => Lost is null && Status is >= 200 and < 300;

    public static Answer Missing(string why, bool timedOut = false) => new(0, []) { Lost = why, TimedOut = timedOut };

    public static Answer From(HttpResponseMessage response, byte[] body, bool wantsJson, TinkerKey key)
    {
        var status = (int)response.StatusCode;
        var readable = !wantsJson || status is < 200 or >= 300 || IsJson(body);
        return new Answer(status, body)
        {
            Lost = readable ? null : "the answer is not whole JSON",
            ShouldRetry = Header(response.Headers, "x-should-retry") switch { "true" => true, "false" => false, _ => null },
            RetryAfter = WaitOf(response.Headers),
            Location = response.Headers.Location,
            Words = status is >= 200 and < 300 ? null : WordsOf(body, key),
        };
    }

    /// <summary>The failure that this answer is.</summary>
    /// <param name="what">The request, for example <c>forward_backward</c>.</param>
    public Failure ToFailure(string what)
    {
        var code = Status switch
        {
            _ when Lost is not null => TinkerFailures.Unreachable,
            401 or 403 => TinkerFailures.KeyRefused,
            402 => TinkerFailures.Billing,
            404 => TinkerFailures.NotThere,
            409 => TinkerFailures.Conflict,
            410 => TinkerFailures.Expired,
            429 => TinkerFailures.Limited,
            408 or >= 500 => TinkerFailures.Unreachable,
            >= 300 and < 400 => TinkerFailures.Redirected,
            _ => TinkerFailures.Rejected,
        };
        var target = Location is { IsAbsoluteUri: true } ? $", to {Location.Host}" : string.Empty;
        return new Failure(code, Lost is null ? $"{what} was answered with status {Status}{target}." : $"{what} got no answer: {Lost}.") { Detail = Words };
    }

    private static bool IsJson(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static TimeSpan? WaitOf(HttpResponseHeaders headers)
    {
        var wait = double.TryParse(Header(headers, "retry-after-ms"), NumberStyles.Float, CultureInfo.InvariantCulture, out var milliseconds) && double.IsFinite(milliseconds)
            ? milliseconds / 1000
            : double.TryParse(Header(headers, "retry-after"), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) ? seconds : double.NaN;
        return wait is > 0 and <= 60 ? TimeSpan.FromSeconds(wait) : null;
    }

    private static string? Header(HttpResponseHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private static string? WordsOf(byte[] body, TinkerKey key)
    {
        var text = key.Mask(Encoding.UTF8.GetString(body)).Trim();
        return text.Length == 0 ? null
            : text.StartsWith('<') ? "a page of HTML"
            : Shown.Line(text.Length > LongestWords ? text[..LongestWords] + "…" : text);
    }
}
