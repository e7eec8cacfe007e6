using System.Collections.Immutable;
using Slipway.Core.Requirements;
using Slipway.Core.Toml;
using Slipway.Core.Versions;

namespace Slipway.Core.Locks;

/// <summary>A reference to another package of the same lock.</summary>
/// <param name="Name">The project.</param>
/// <param name="Version">Its version, where the name alone would be ambiguous.</param>
/// <param name="Entry">The whole table, which may hold other keys that tell packages apart.</param>
public sealed record PylockDependency(PackageName Name, PepVersion? Version, TomlTable Entry)
{
    /// <summary>A reference by name and, where needed, version.</summary>
    public static PylockDependency Of(PackageName name, PepVersion? version = null) => new(
        name, version, new TomlTableBuilder(isInline: true).Add("name", name.Normalized).Add("version", version?.ToString()).Build());
}

/// <summary>A source in version control.</summary>
public sealed record PylockVcs
{
    /// <summary>The kind of version control, for example <c>git</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The URL; null when there is a path.</summary>
    public string? Url { get; init; }

    /// <summary>The path; null when there is a URL.</summary>
    public string? Path { get; init; }

    /// <summary>The branch, tag or commit that was asked for.</summary>
    public string? RequestedRevision { get; init; }

    /// <summary>The exact commit.</summary>
    public required string CommitId { get; init; }

    /// <summary>The directory of the project within the repository.</summary>
    public string? Subdirectory { get; init; }
}

/// <summary>A source in a local directory.</summary>
/// <param name="Path">The directory.</param>
/// <param name="IsEditable">Whether it is installed so that edits take effect.</param>
/// <param name="Subdirectory">The directory of the project within it.</param>
public sealed record PylockDirectory(string Path, bool IsEditable = false, string? Subdirectory = null);

/// <summary>A file: a wheel, a source distribution, or an archive.</summary>
public sealed record PylockFile
{
    /// <summary>The file's name; for an archive, and where a lock leaves it out, the last part of its path or URL.</summary>
    public required string Name { get; init; }

    /// <summary>When the index received the file, in UTC.</summary>
    public DateTimeOffset? UploadTime { get; init; }

    /// <summary>The URL; at least one of URL and path is there.</summary>
    public string? Url { get; init; }

    /// <summary>The path, relative to the lock or absolute.</summary>
    public string? Path { get; init; }

    /// <summary>The size in bytes.</summary>
    public long? Size { get; init; }

    /// <summary>The hashes by algorithm, in lower-case hexadecimal digits; at least one.</summary>
    public required ImmutableSortedDictionary<string, string> Hashes { get; init; }

    /// <summary>For an archive: the directory of the project within it.</summary>
    public string? Subdirectory { get; init; }
}
