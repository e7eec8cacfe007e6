using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Requirements;

namespace Slipway.Core.Pyproject;

/// <summary>
/// Replaces requirements that name the project itself, as <c>all = ["pkg[dev,test]"]</c> does, by what the named extras
/// stand for: the project is not installed, so nothing else would bring them.
/// </summary>
internal sealed class SelfReferences(PyprojectDeclaration declaration)
{
    // One extra under ever new combinations of markers; a file that is meant seriously has a handful.
    private const int MostConditions = 64;

    private static readonly ImmutableSortedSet<string> Always = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    private readonly List<Wanted> _wanted = [];
    private readonly Dictionary<ExtraName, List<ImmutableSortedSet<string>>> _conditions = [];
    private readonly Dictionary<ExtraName, ImmutableArray<PlacedRequirement>> _declared =
        declaration.ExtraRequirements.ToDictionary(static extra => extra.Name, static extra => extra.Requirements);

    private readonly List<Requirement> _result = [];
    private readonly HashSet<Requirement> _seen = [];

    /// <summary>Expands requirements and extras.</summary>
    public Result<ImmutableArray<Requirement>> Expand(ImmutableArray<PlacedRequirement> requirements, IEnumerable<ExtraName> extras)
    {
        foreach (var extra in extras)
        {
            Want(extra, Always);
        }

        // Requirements come before those of extras, whatever the reference that leads to these.
        if (AddAll(requirements, Always) is { } failure)
        {
            return failure;
        }

        for (var next = 0; next < _wanted.Count; next++)
        {
            var (extra, conditions) = _wanted[next];
            if (_conditions[extra].Count > MostConditions)
            {
                return CoreFailures.PyprojectInvalid.Because(
                    $"The extra {extra} is referred to under more than {MostConditions} combinations of conditions.", _declared[extra].FirstOrDefault()?.At, "Flatten the extras.");
            }

            if (AddAll(_declared[extra], conditions) is { } failed)
            {
                return failed;
            }
        }

        return _result.ToImmutableArray();
    }

    private sealed record Wanted(ExtraName Extra, ImmutableSortedSet<string> Conditions);

    private Failure? AddAll(ImmutableArray<PlacedRequirement> requirements, ImmutableSortedSet<string> conditions)
    {
        foreach (var (requirement, at) in requirements)
        {
            if (requirement.Url is not null || requirement.Name != declaration.Name)
            {
                if (Add(requirement, conditions) is { } malformed)
                {
                    return malformed with { Location = at };
                }

                continue;
            }

            var under = requirement.Marker is { } marker ? conditions.Add(marker.ToString()) : conditions;
            foreach (var extra in requirement.Extras)
            {
                if (!declaration.FindExtra(extra.Normalized).TryGet(out _, out var failure))
                {
                    return failure with { Location = at };
                }

                Want(extra, under);
            }
        }

        return null;
    }

    // An extra that is wanted under fewer conditions already is wanted under these too.
    private void Want(ExtraName extra, ImmutableSortedSet<string> conditions)
    {
        if (!_conditions.TryGetValue(extra, out var known))
        {
            _conditions[extra] = known = [];
        }

        if (!known.Exists(fewer => fewer.IsSubsetOf(conditions)))
        {
            known.Add(conditions);
            _wanted.Add(new Wanted(extra, conditions));
        }
    }

    private Failure? Add(Requirement requirement, ImmutableSortedSet<string> conditions)
    {
        if (!Under(requirement, conditions).TryGet(out var added, out var failure))
        {
            return failure;
        }

        if (_seen.Add(added))
        {
            _result.Add(added);
        }

        return null;
    }

    // Conditions that are nested almost as deep as is allowed are too deep in parentheses of ours.
    private static Result<Requirement> Under(Requirement requirement, ImmutableSortedSet<string> conditions)
    {
        if (conditions.IsEmpty)
        {
            return requirement;
        }

        var all = requirement.Marker is { } own ? conditions.Add(own.ToString()) : conditions;
        return Marker.Parse(string.Join(" and ", all.Select(static condition => $"({condition})"))).Map(marker =>
            new Requirement(requirement.Name, requirement.Extras, requirement.Specifiers, requirement.Url, marker, requirement.Original));
    }
}
