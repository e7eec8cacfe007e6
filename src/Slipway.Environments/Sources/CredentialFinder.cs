using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Environments.Requests;
using Slipway.Machines;

namespace Slipway.Environments.Sources;

/// <summary>
/// Finds the credentials of sources: the variables of an index's name, then the netrc file (<c>$NETRC</c>, else
/// <c>~/.netrc</c>). No URL, option or file of a project can hold any.
/// </summary>
internal static class CredentialFinder
{
    private const long MaxNetrcBytes = 1024 * 1024;

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>The credentials that there are for these sources; those without any are left out.</summary>
    /// <returns>The credentials; <see cref="EnvironmentFailures.CredentialsUnsafe"/> when other users can read the netrc file that holds some.</returns>
    public static async Task<Result<ImmutableArray<IndexCredential>>> FindAsync(
        BuildHost host, PackageSources sources, CancellationToken cancellationToken)
    {
        var found = ImmutableArray.CreateBuilder<IndexCredential>();
        var without = new List<string>();
        foreach (var index in sources.Indexes.Where(static index => !RequestedPackage.IsLocalUrl(index.Url)))
        {
            if (FromVariables(host, index) is { } credential)
            {
                if (Elsewhere(host, index) is { } failure)
                {
                    return failure;
                }

                found.Add(credential);
            }
            else
            {
                without.Add(index.Url);
            }
        }

        // The same URL may stand twice, for different names; the credentials are its own.
        without.RemoveAll(url => found.Any(credential => string.Equals(credential.Url.TrimEnd('/'), url.TrimEnd('/'), StringComparison.Ordinal)));
        without.AddRange(sources.FindLinks.Where(link => link.Contains("://", StringComparison.Ordinal)));
        var others = await FromNetrcAsync(host, without, cancellationToken).ConfigureAwait(false);
        return others.Map(more => (ImmutableArray<IndexCredential>)[.. found, .. more]);
    }

    private static IndexCredential? FromVariables(BuildHost host, PackageIndex index)
    {
        if (index.Name is not { } name)
        {
            return null;
        }

        var username = host.Variable(IndexVariables.Username(name));
        var password = host.Variable(IndexVariables.Password(name));
        return string.IsNullOrEmpty(username) && string.IsNullOrEmpty(password)
            ? null
            : new IndexCredential(index.Url, username ?? string.Empty, password ?? string.Empty);
    }

    // A project's file may give any URL to a name; who sets this variable too says which one the password is for.
    private static Failure? Elsewhere(BuildHost host, PackageIndex index) =>
        host.Variable(IndexVariables.Url(index.Name!)) is { Length: > 0 } bound && !string.Equals(bound.TrimEnd('/'), index.Url.TrimEnd('/'), StringComparison.Ordinal)
            ? new Failure(EnvironmentFailures.SourceRefused, $"The credentials of the index {index.Name} are for another URL than {index.Url}: {IndexVariables.Url(index.Name!)} says which.")
            {
                Hint = $"Correct the URL of the index {index.Name}, or that variable.",
            }
            : null;

    private static async Task<Result<ImmutableArray<IndexCredential>>> FromNetrcAsync(BuildHost host, List<string> urls, CancellationToken cancellationToken)
    {
        var none = Result.Ok(ImmutableArray<IndexCredential>.Empty);
        if (urls.Count == 0 || NetrcPath(host) is not { } path)
        {
            return none;
        }

        var read = await host.Machine.ReadFileAsync(path, MaxNetrcBytes, cancellationToken).ConfigureAwait(false);
        if (!read.TryGet(out var bytes, out _))
        {
            return none;
        }

        var text = Encoding.UTF8.GetString(bytes);
        var found = urls
            .Select(url => (Url: url, Entry: NetrcFile.Find(text, new Uri(url).IdnHost)))
            .Where(pair => pair.Entry is not null)
            .Select(pair => new IndexCredential(pair.Url, pair.Entry!.Value.Login, pair.Entry.Value.Password))
            .ToImmutableArray();
        if (found.IsEmpty)
        {
            return none;
        }

        var status = await host.Machine.StatAsync(path, cancellationToken).ConfigureAwait(false);
        return status.TryGet(out var file, out _) && file.Kind is FileKind.File && (file.Mode & Others) is not UnixFileMode.None
            ? new Failure(EnvironmentFailures.CredentialsUnsafe, $"{path} holds a password for {new Uri(found[0].Url).Host}, and other users can read it.")
            {
                Hint = $"Close it to others: chmod 600 {path}",
            }
            : found;
    }

    private static string? NetrcPath(BuildHost host)
    {
        if (host.Variable("NETRC") is { Length: > 0 } named)
        {
            return Path.IsPathRooted(named) ? named : null;
        }

        return host.Variable("HOME") is { Length: > 0 } home && Path.IsPathRooted(home) ? $"{home.TrimEnd('/')}/.netrc" : null;
    }
}
