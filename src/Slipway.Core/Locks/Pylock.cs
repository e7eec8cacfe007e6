using System.Collections.Immutable;
using Slipway.Core.Requirements;
using Slipway.Core.Toml;
using Slipway.Core.Versions;

namespace Slipway.Core.Locks;

/// <summary>A lock file by PEP 751: the exact set of packages that requirements resolved to.</summary>
public sealed record Pylock
{
    /// <summary>The only format version that is read and written.</summary>
    public const string SupportedVersion = "1.0";

    /// <summary>The version of the format.</summary>
    public string LockVersion { get; init; } = SupportedVersion;

    /// <summary>The environments that the lock is meant for; empty for no statement.</summary>
    public ImmutableArray<Marker> Environments { get; init; } = [];

    /// <summary>The Python versions that the lock is meant for.</summary>
    public VersionSpecifierSet? RequiresPython { get; init; }

    /// <summary>The extras that the lock supports.</summary>
    public ImmutableArray<string> Extras { get; init; } = [];

    /// <summary>The dependency groups that the lock supports.</summary>
    public ImmutableArray<string> DependencyGroups { get; init; } = [];

    /// <summary>The dependency groups that are installed when none are named.</summary>
    public ImmutableArray<string> DefaultGroups { get; init; } = [];

    /// <summary>The tool that made the lock.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>The packages.</summary>
    public ImmutableArray<PylockPackage> Packages { get; init; } = [];

    /// <summary>The <c>[tool]</c> table; null when there is none.</summary>
    public TomlTable? Tool { get; init; }
}
