using System.Collections.Immutable;

namespace Slipway.Projects.Discovery;

/// <summary>What a command line or configuration asks for besides what files declare; texts as they were given.</summary>
public sealed record RequestSettings
{
    /// <summary>Requirements added by <c>--with</c>.</summary>
    public ImmutableArray<string> With { get; init; } = [];

    /// <summary>Requirement files added by <c>--requirements</c>.</summary>
    public ImmutableArray<string> RequirementFiles { get; init; } = [];

    /// <summary>The wish for an interpreter.</summary>
    public string? Python { get; init; }

    /// <summary>The provisioner.</summary>
    public string? Backend { get; init; }

    /// <summary>The index.</summary>
    public string? IndexUrl { get; init; }

    /// <summary>Further sources of files.</summary>
    public ImmutableArray<string> FindLinks { get; init; } = [];
}
