using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Requirements;
using Slipway.Core.Text;
using Slipway.Environments.Sources;

namespace Slipway.Environments.Requests;

/// <summary>
/// Where packages come from. Each name comes from the first source that has it: find-links, all together, then the indexes in
/// their order; never from several, because then whoever can publish to one of them could take over a name of another.
/// </summary>
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

    /// <summary>Whether pip's own default index is asked too, after all others, for what they do not have.</summary>
    internal bool AsksDefaultIndex { get; init; }

    /// <summary>The normalised names that pip's own default index is never asked for.</summary>
    internal ImmutableArray<string> NotFromDefault { get; init; } = [];

    /// <summary>
    /// The sources of packages that a lock has settled: a page that lists exactly their files, and these sources for their credentials and for what source
    /// distributions are built with. No time limit: the lock has decided.
    /// </summary>
    /// <param name="page">The page.</param>
    /// <param name="isBuilding">Whether anything may have to be built.</param>
    internal PackageSources ForSettled(string page, bool isBuilding) =>
        new(Indexes, [page, .. isBuilding ? FindLinks : []]) { AsksDefaultIndex = isBuilding && (AsksDefaultIndex || (Indexes.IsEmpty && FindLinks.IsEmpty)), NotFromDefault = NotFromDefault };

    /// <summary>The time limit as it enters digests and locks: UTC, to the second or finer; null without a limit.</summary>
    internal string? ExcludeNewerText => ExcludeNewer is { } time ? InstantText.Render(time) : null;

    /// <summary>Sources from texts that were validated before.</summary>
    /// <param name="indexes">The indexes in the order in which they are asked. Names of packages may be in any spelling.</param>
    /// <param name="findLinks">Directories and pages with files, asked before all indexes.</param>
    /// <returns>The sources; <see cref="EnvironmentFailures.SourceRefused"/> for a malformed name, <see cref="EnvironmentFailures.IndexTwice"/> for indexes that cannot be told apart.</returns>
    public static Result<PackageSources> Create(ImmutableArray<PackageIndex> indexes, ImmutableArray<string> findLinks)
    {
        var normal = ImmutableArray.CreateBuilder<PackageIndex>(indexes.Length);
        foreach (var index in indexes)
        {
            if (!Normalized(index).TryGet(out var one, out var failure) || (failure = Twice(normal, one)) is not null)
            {
                return failure;
            }

            normal.Add(one);
        }

        return new PackageSources(normal.ToImmutable(), findLinks);
    }

    /// <summary>The same sources with other directories and pages.</summary>
    /// <param name="findLinks">Directories and pages with files.</param>
    public PackageSources WithFindLinks(ImmutableArray<string> findLinks) => new(Indexes, findLinks) { ExcludeNewer = ExcludeNewer, AsksDefaultIndex = AsksDefaultIndex, NotFromDefault = NotFromDefault };

    private static Result<PackageIndex> Normalized(PackageIndex index)
    {
        if (index.Name is { } name && !IndexVariables.IsName(name))
        {
            return new Failure(EnvironmentFailures.SourceRefused, "The name of an index holds a character that it cannot have.")
            {
                Hint = "Begin with a letter or digit and use letters, digits, '.', '-' and '_'.",
            };
        }

        var packages = ImmutableArray.CreateBuilder<string>(index.Packages.Length);
        foreach (var text in index.Packages)
        {
            if (!PackageName.Parse(text).TryGet(out var package, out var failure))
            {
                return failure;
            }

            packages.Add(package.Normalized);
        }

        packages.Sort(StringComparer.Ordinal);
        return index with { Packages = [.. packages.Distinct(StringComparer.Ordinal)], Never = [.. index.Never.Order(StringComparer.Ordinal).Distinct(StringComparer.Ordinal)] };
    }

    private static Failure? Twice(IEnumerable<PackageIndex> before, PackageIndex index)
    {
        foreach (var other in before)
        {
            if (index.Name is { } name && other.Name is { } first && string.Equals(IndexVariables.Stem(name), IndexVariables.Stem(first), StringComparison.Ordinal))
            {
                return new Failure(EnvironmentFailures.IndexTwice, $"Two indexes are called {first}{(name == first ? string.Empty : $" and {name}, which their variables cannot tell apart")}.");
            }

            // One that requirements name for some packages may also be the user's own, for all others.
            if (string.Equals(Address(index.Url), Address(other.Url), StringComparison.Ordinal) && !index.IsApartFrom(other))
            {
                return new Failure(EnvironmentFailures.IndexTwice, $"The index {UrlMask.Apply(index.Url)} is named twice.");
            }
        }

        return null;
    }

    private static string Address(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.AbsoluteUri.TrimEnd('/') : url;

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
