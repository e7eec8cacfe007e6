using System.Collections.Immutable;

namespace Slipway.Projects.Discovery;

/// <summary>What a command line asks for besides what files declare; texts as they were given.</summary>
public sealed record RequestSettings
{
    /// <summary>Requirements added by <c>--with</c>.</summary>
    public ImmutableArray<string> With { get; init; } = [];

    /// <summary>Files added by <c>--requirements</c>: requirement files, a <c>pyproject.toml</c>, a <c>pylock.toml</c>.</summary>
    public ImmutableArray<string> RequirementFiles { get; init; } = [];

    /// <summary>The project's named environment.</summary>
    public string? Env { get; init; }

    /// <summary>The conda channels in place of the environment file's own.</summary>
    public ImmutableArray<string> Channels { get; init; } = [];

    /// <summary>The wish for an interpreter.</summary>
    public string? Python { get; init; }

    /// <summary>The provisioner.</summary>
    public string? Backend { get; init; }

    /// <summary>The indexes in the order in which they are asked, each a URL or <c>NAME=URL</c>.</summary>
    public ImmutableArray<string> IndexUrls { get; init; } = [];

    /// <summary>Further sources of files.</summary>
    public ImmutableArray<string> FindLinks { get; init; } = [];

    /// <summary>The time from which on uploaded files do not exist, by RFC 3339.</summary>
    public string? ExcludeNewer { get; init; }

    /// <summary>Whether the base's packages are visible.</summary>
    public bool SystemSitePackages { get; init; }

    /// <summary>Extras of the project.</summary>
    public ImmutableArray<string> Extras { get; init; } = [];

    /// <summary>Dependency groups of the project.</summary>
    public ImmutableArray<string> Groups { get; init; } = [];

    /// <summary>Whether the network may not be used.</summary>
    public bool Offline { get; init; }

    /// <summary>Whether only what a lock holds may be used.</summary>
    public bool Locked { get; init; }

    /// <summary>Whether the active environment is not looked at: for what chooses another one, or takes it away.</summary>
    public bool IgnoreActive { get; init; }

    /// <summary>Whether no lock is looked at.</summary>
    public bool NoLock { get; init; }
}
