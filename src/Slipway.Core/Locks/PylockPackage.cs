using System.Collections.Immutable;
using Slipway.Core.Requirements;
using Slipway.Core.Toml;
using Slipway.Core.Versions;

namespace Slipway.Core.Locks;

/// <summary>One package of a lock. It has exactly one source: vcs, directory, archive, or files of an index.</summary>
public sealed record PylockPackage
{
    /// <summary>The project.</summary>
    public required PackageName Name { get; init; }

    /// <summary>The version; null when it is not known before building.</summary>
    public PepVersion? Version { get; init; }

    /// <summary>The condition under which the package is installed.</summary>
    public Marker? Marker { get; init; }

    /// <summary>The Python versions that the package runs on.</summary>
    public VersionSpecifierSet? RequiresPython { get; init; }

    /// <summary>The packages of the lock that this one depends on; informative only.</summary>
    public ImmutableArray<PylockDependency> Dependencies { get; init; } = [];

    /// <summary>The version control source.</summary>
    public PylockVcs? Vcs { get; init; }

    /// <summary>The source directory.</summary>
    public PylockDirectory? Directory { get; init; }

    /// <summary>The archive that was named by its URL or path.</summary>
    public PylockFile? Archive { get; init; }

    /// <summary>The index that the files come from.</summary>
    public string? Index { get; init; }

    /// <summary>The source distribution.</summary>
    public PylockFile? Sdist { get; init; }

    /// <summary>The wheels.</summary>
    public ImmutableArray<PylockFile> Wheels { get; init; } = [];

    /// <summary>The publishers whose attestations were seen; kept, not judged.</summary>
    public ImmutableArray<TomlTable> AttestationIdentities { get; init; } = [];

    /// <summary>The package's <c>tool</c> table; null when there is none.</summary>
    public TomlTable? Tool { get; init; }
}
