using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Environments.Requests;

/// <summary>Where packages come from: one index, or files; never a mix, because pip would take a name from either.</summary>
public sealed record PackageSources
{
    private PackageSources(ImmutableArray<PackageIndex> indexes, ImmutableArray<string> findLinks)
    {
        Indexes = indexes;
        FindLinks = findLinks;
    }

    /// <summary>The indexes in the order in which they are asked; empty means pip's own default, or none when there are <see cref="FindLinks"/>.</summary>
    public ImmutableArray<PackageIndex> Indexes { get; }

    /// <summary>Files that were uploaded at or after this time do not exist for the resolution; null for no such limit.</summary>
    public DateTimeOffset? ExcludeNewer { get; init; }

    /// <summary>Directories or pages with files.</summary>
    public ImmutableArray<string> FindLinks { get; }

    /// <summary>pip's own default index.</summary>
    public static PackageSources Default { get; } = new([], []);

    /// <summary>Whether everything comes from directories of this machine.</summary>
    public bool IsLocal => Indexes.IsEmpty && !FindLinks.IsEmpty && FindLinks.All(Path.IsPathRooted);

    /// <summary>These sources with a place for files before all others.</summary>
    internal PackageSources WithFindLinks(string place) => new(Indexes, [place, .. FindLinks]) { ExcludeNewer = ExcludeNewer };

    /// <summary>Sources from texts that were validated before.</summary>
    public static Result<PackageSources> Create(ImmutableArray<PackageIndex> indexes, ImmutableArray<string> findLinks) => indexes.Length + (findLinks.IsEmpty ? 0 : 1) > 1
        ? new Failure(EnvironmentFailures.SourceRefused, "Several sources together are not supported yet: pip would take each name from any of them.")
        {
            Hint = "Give one of them. A directory of find-links must then hold every package that is needed.",
        }
        : new PackageSources(indexes, findLinks);

    /// <summary>Validates an index URL: http or https, no credentials, no query or fragment, nothing that must be quoted.</summary>
    /// <param name="text">The URL.</param>
    /// <param name="option">Who asks, for messages. The URL itself is not repeated: it may hold a password.</param>
    public static Result<string> ParseIndexUrl(string text, string option)
    {
        if (!text.All(c => c is > ' ' and < '\x7f' and not ('\\' or '"' or '<' or '>' or '`' or '{' or '}' or '|' or '^'))
            || !Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")
            || !text.StartsWith($"{uri.Scheme}://", StringComparison.OrdinalIgnoreCase) || uri.Host.Length == 0)
        {
            return new Failure(EnvironmentFailures.SourceRefused, $"{option} needs an http or https URL without blanks.");
        }

        var rest = text.AsSpan(text.IndexOf("://", StringComparison.Ordinal) + 3);
        if (rest.StartsWith('@') || UrlMask.UserinfoLength(rest) > 0)
        {
            return new Failure(EnvironmentFailures.SourceRefused, $"{option} must not hold a user name or password: the process list would show it.");
        }

        return rest.IndexOfAny('?', '#') < 0
            ? text
            : new Failure(EnvironmentFailures.SourceRefused, $"{option} must not have a query ('?') or a fragment ('#'): the names of packages are appended to it.");
    }

    /// <summary>Validates a find-links source: an index-like URL, or a directory, which becomes an absolute path.</summary>
    public static Result<string> ParseFindLinks(string text, string baseDirectory, string option)
    {
        if (text.Contains("://", StringComparison.Ordinal))
        {
            return ParseIndexUrl(text, option);
        }

        if (text.Length == 0 || text.Any(char.IsControl) || text.StartsWith('-'))
        {
            return new Failure(EnvironmentFailures.SourceRefused, $"{option} needs a directory or an http or https URL.");
        }

        return Path.GetFullPath(text, baseDirectory);
    }
}
