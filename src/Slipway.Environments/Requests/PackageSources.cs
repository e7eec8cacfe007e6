using System.Collections.Immutable;
using Slipway.Core.Failures;

namespace Slipway.Environments.Requests;

/// <summary>Where packages come from.</summary>
/// <param name="IndexUrl">The simple-API root (PEP 503 / 691); null means pip's own default.</param>
/// <param name="FindLinks">Directories or pages with files, looked at too.</param>
public sealed record PackageSources(string? IndexUrl, ImmutableArray<string> FindLinks)
{
    /// <summary>pip's own default index.</summary>
    public static PackageSources Default { get; } = new(null, []);

    /// <summary>A source is malformed or refused.</summary>
    public static readonly FailureCode Refused = new(
        "ENV0105", ExitCode.Usage, "A package source is refused.", "Give an https:// or http:// URL without credentials, or an existing directory.");

    /// <summary>Validates an index URL: http or https, no credentials, nothing that reads as an option.</summary>
    public static Result<string> ParseIndexUrl(string text, string option)
    {
        if (text.Any(char.IsControl) || !Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            return new Failure(Refused, $"{option} needs an http or https URL.");
        }

        return uri.UserInfo.Length == 0
            ? text
            : new Failure(Refused, $"{option} must not hold a user name or password: the process list would show it.");
    }

    /// <summary>Validates a find-links source: an index-like URL, or a directory, which becomes an absolute path.</summary>
    public static Result<string> ParseFindLinks(string text, string baseDirectory, string option)
    {
        if (text.StartsWith("http://", StringComparison.Ordinal) || text.StartsWith("https://", StringComparison.Ordinal))
        {
            return ParseIndexUrl(text, option);
        }

        if (text.Length == 0 || text.Any(char.IsControl) || text.StartsWith('-'))
        {
            return new Failure(Refused, $"{option} needs a directory or a URL.");
        }

        return Path.GetFullPath(text, baseDirectory);
    }
}
