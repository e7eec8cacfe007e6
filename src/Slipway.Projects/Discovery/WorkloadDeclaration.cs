using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Environments.Requests;
using Slipway.Environments.Subjects;
using Slipway.Projects.Backends;
using Slipway.Projects.Naming;

namespace Slipway.Projects.Discovery;

/// <summary>Where a constraint stands.</summary>
/// <param name="Name">The normalised name of the package that it bounds.</param>
/// <param name="Location">The file and line.</param>
public sealed record ConstraintPlace(string Name, FailureLocation Location);

/// <summary>What a workload was found to need.</summary>
/// <param name="Request">The request.</param>
/// <param name="Subject">Whose request it is.</param>
/// <param name="Origin">Where the requirements come from, for people: <c>the script's own metadata</c>.</param>
/// <param name="Files">Every file whose content, absence or presence took part.</param>
public sealed partial record WorkloadDeclaration(
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

    /// <summary>What conda-lock would lock; null where no conda file declares anything.</summary>
    public CondaSources? CondaSources { get; init; }

    /// <summary>Whether the configuration forbids the network.</summary>
    public bool IsOffline { get; init; }

    /// <summary>Where the constraints stand: a request knows what they say, and not who says it.</summary>
    public ImmutableArray<ConstraintPlace> ConstraintPlaces { get; init; } = [];

    /// <summary>A failure of the request, with the file and line of every constraint that takes part in a conflict.</summary>
    public Failure WithPlaces(Failure failure) => failure.Code == EnvironmentFailures.Conflict
        ? failure with { Message = Constraint().Replace(failure.Message, WithPlaces) }
        : failure;

    private string WithPlaces(Match constraint)
    {
        var places = ConstraintPlaces
            .Where(place => string.Equals(place.Name, constraint.Groups[1].Value, StringComparison.OrdinalIgnoreCase))
            .Select(static place => $"{place.Location.Source}:{place.Location.Line}")
            .ToList();
        return places.Count == 0 ? constraint.Value : $"{constraint.Value} ({string.Join(", ", places)})";
    }

    [GeneratedRegex(@"(?<=the constraint is )([A-Za-z0-9_-]+)[^;]*?(?=;|\.?$)", RegexOptions.CultureInvariant)]
    private static partial Regex Constraint();
}
