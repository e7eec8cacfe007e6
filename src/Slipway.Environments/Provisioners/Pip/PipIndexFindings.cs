using System.Text.RegularExpressions;
using Slipway.Core.Failures;

namespace Slipway.Environments.Provisioners.Pip;

/// <summary>Tells what was wrong with an index, or with the way to it.</summary>
internal static partial class PipIndexFindings
{
    private const string TrustHint = "Use https, or name the host in PIP_TRUSTED_HOST if nobody between you and it can change what it sends.";

    // An earlier one may well be the cause of a later one.
    private static readonly (string Kind, FailureCode Code)[] SourceProblems =
    [
        ("source-unauthorized", EnvironmentFailures.IndexUnauthorized),
        ("source-untrusted", EnvironmentFailures.IndexUnavailable),
        ("source-page", EnvironmentFailures.IndexUnavailable),
        ("source-down", EnvironmentFailures.IndexUnavailable),
        ("source-undated", EnvironmentFailures.UploadTimesMissing),
        ("source-gone", EnvironmentFailures.LocalSourceUnusable),
    ];

    private static readonly (string Words, string Meaning)[] Causes =
    [
        ("Connection refused", "refuses the connection"),
        ("Name or service not known", "has a host name that cannot be resolved"),
        ("Temporary failure in name resolution", "has a host name that cannot be resolved now"),
        ("Failed to resolve", "has a host name that cannot be resolved"),
        ("No route to host", "cannot be reached"),
        ("Network is unreachable", "cannot be reached"),
        ("CERTIFICATE_VERIFY_FAILED", "has a certificate that cannot be verified"),
        ("SSLError", "does not speak TLS as it should"),
        ("ProxyError", "cannot be reached through the proxy"),
        ("timed out", "does not answer in time"),
        ("IncompleteRead", "broke off in the middle of an answer"),
        ("Connection broken", "broke off in the middle of an answer"),
        ("Connection aborted", "broke off the connection"),
        ("Connection reset", "broke off the connection"),
    ];

    /// <summary>From the index gate: the sources that could not say whether they have a name, or refused a file. It has no other reading.</summary>
    public static PipDiagnosis.Finding? Sources(PipWords words)
    {
        foreach (var (kind, code) in SourceProblems)
        {
            if (words.Notes(kind).FirstOrDefault() is { } text)
            {
                var hint = kind is "source-unauthorized" ? words.Notes("source-hint").FirstOrDefault() : kind is "source-untrusted" ? TrustHint : null;
                return new PipDiagnosis.Finding(code, text, hint);
            }
        }

        return null;
    }

    /// <summary>From pip's own errors, which it has for files.</summary>
    public static PipDiagnosis.Finding? Words(PipWords words)
    {
        var http = HttpError().Match(words.OwnText);
        if (http.Success)
        {
            return Finding(http.Groups[2].Value, $"{http.Groups[1].Value} Client Error");
        }

        var pool = ConnectionPool().Match(words.OwnText);
        if (pool.Success)
        {
            return Finding($"{pool.Groups[1].Value}:{pool.Groups[2].Value}", pool.Groups[3].Value);
        }

        var line = words.Errors.LastOrDefault(error => Causes.Any(cause => error.Contains(cause.Words, StringComparison.Ordinal)));
        return line is null ? null : Finding("the index", line);
    }

    private static PipDiagnosis.Finding Finding(string place, string why)
    {
        // What follows '#' is pip's own note of the expected hash.
        var address = place.Split('#')[0];
        var status = Status().Match(why);
        if (status.Success)
        {
            var code = status.Groups[1].Success ? status.Groups[1].Value : status.Groups[2].Value;
            return code is "401" or "403" or "407"
                ? new PipDiagnosis.Finding(EnvironmentFailures.IndexUnauthorized, $"{address} answers {code}: {(code is "407" ? "the proxy" : "it")} wants credentials")
                : new PipDiagnosis.Finding(EnvironmentFailures.IndexUnavailable, $"{address} answers {code}");
        }

        foreach (var (sign, meaning) in Causes)
        {
            if (why.Contains(sign, StringComparison.Ordinal))
            {
                return new PipDiagnosis.Finding(EnvironmentFailures.IndexUnavailable, $"{address} {meaning}");
            }
        }

        return new PipDiagnosis.Finding(EnvironmentFailures.IndexUnavailable, $"{address} cannot be read: {PipWords.Clip(why.Trim())}");
    }

    [GeneratedRegex(@"HTTP error (\d{3}) while getting (\S+)", RegexOptions.CultureInvariant)]
    private static partial Regex HttpError();

    [GeneratedRegex(@"HTTPS?ConnectionPool\(host='([^']+)', port=(\d+)\): ([^\n]*)", RegexOptions.CultureInvariant)]
    private static partial Regex ConnectionPool();

    [GeneratedRegex(@"(\d{3}) (?:Client|Server) Error|too many (\d{3}) error responses", RegexOptions.CultureInvariant)]
    private static partial Regex Status();
}
