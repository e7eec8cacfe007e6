using Slipway.Machines.Files;

namespace Slipway.Environments.Tools;

/// <summary>Where a tool such as uv or micromamba is looked for on this machine, in order: Slipway's own, the user's, PATH.</summary>
/// <param name="Own">The directory that holds Slipway's own tools, one directory a tool and one a version below it.</param>
/// <param name="Home">The user's home; null when unset.</param>
/// <param name="SearchPath">The directories of PATH.</param>
public sealed record ToolSearch(string Own, string? Home, IReadOnlyList<string> SearchPath)
{
    /// <summary>Where users' own tools are, whatever PATH says: start files that set it are not read by every session.</summary>
    public IReadOnlyList<string> UserFolders => Home is null ? [] : [$"{Home}/.local/bin", $"{Home}/.cargo/bin"];

    /// <summary>What lies where.</summary>
    public FolderListing Listing { get; init; } = FolderListing.Local;

    /// <summary>The search of a host.</summary>
    public static ToolSearch Of(BuildHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return From(host.Layout.Tools, host.Variable) with { Listing = host.Listing };
    }

    /// <summary>The search that a process environment implies.</summary>
    /// <param name="own">The store's directory of tools.</param>
    /// <param name="variable">Reads an environment variable.</param>
    public static ToolSearch From(string own, Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        var path = (variable("PATH") ?? string.Empty).Split(':', StringSplitOptions.RemoveEmptyEntries).Where(Path.IsPathRooted).ToList();
        return new ToolSearch(own, variable("HOME") is { Length: > 0 } home && Path.IsPathRooted(home) ? home : null, path);
    }

    /// <summary>Whether a tool is anywhere on this machine, whatever its version.</summary>
    /// <param name="own">The store's directory of tools.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="name">The tool.</param>
    public static bool Has(string own, Func<string, string?> variable, string name) => From(own, variable).Find(name).Any();

    /// <summary>The absolute paths at which a tool is, the preferred first; each exists when it is returned.</summary>
    /// <param name="name">The tool's name, which is its program's too.</param>
    public IEnumerable<string> Find(string name)
    {
        var versions = Listing.Folders($"{Own}/{name}").OrderByDescending(path => ToolVersion.Parse(Path.GetFileName(path)));
        return versions.Concat(UserFolders).Concat(SearchPath).Select(directory => $"{directory}/{name}").Where(Listing.IsFile).Distinct(StringComparer.Ordinal);
    }
}
