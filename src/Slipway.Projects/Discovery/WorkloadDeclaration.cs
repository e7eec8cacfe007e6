using System.Collections.Immutable;
using Slipway.Environments.Requests;
using Slipway.Environments.Subjects;
using Slipway.Projects.Backends;
using Slipway.Projects.Naming;

namespace Slipway.Projects.Discovery;

/// <summary>What a workload was found to need.</summary>
/// <param name="Request">The request.</param>
/// <param name="Subject">Whose request it is.</param>
/// <param name="Origin">Where the requirements come from, for people: <c>the script's own metadata</c>.</param>
/// <param name="Files">Every file whose content, absence or presence took part.</param>
public sealed record WorkloadDeclaration(
    EnvironmentRequest Request, Subject Subject, string Origin, ImmutableArray<ObservedFile> Files)
{
    /// <summary>What people should know about how the request came about: a lock that was left out.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>What builds its environment, and why.</summary>
    public required BackendChoice Backend { get; init; }

    /// <summary>The named environment of its project; null when it has none, and for a script that declares its own dependencies.</summary>
    public EnvironmentName? Environment { get; init; }

    /// <summary>The absolute directory from which the project's own modules are imported; null when none is to be.</summary>
    public string? ProjectPath { get; init; }

    /// <summary>How its lock stands to what is needed.</summary>
    public LockStanding LockStanding { get; init; }

    /// <summary>Why its lock was left out; null when it was not.</summary>
    public string? LockWarning { get; init; }

    /// <summary>Where its lock lies, or would lie; null when nothing is declared that a lock could answer.</summary>
    public string? LockPath { get; init; }

    /// <summary>Whether the configuration forbids the network.</summary>
    public bool IsOffline { get; init; }
}
