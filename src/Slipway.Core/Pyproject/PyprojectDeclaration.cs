using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Requirements;
using Slipway.Core.Text;
using Slipway.Core.Toml;
using Slipway.Core.Versions;

namespace Slipway.Core.Pyproject;

/// <summary>
/// What a <c>pyproject.toml</c> declares: the dependencies and extras of its project (PEP 621) and its dependency groups
/// (PEP 735). A dynamic <c>requires-python</c> says nothing.
/// </summary>
public sealed record PyprojectDeclaration
{
    /// <summary>The project; null without a <c>[project]</c> table.</summary>
    public PackageName? Name { get; init; }

    /// <summary>The Python versions that the project runs on; null when it does not say.</summary>
    public VersionSpecifierSet? RequiresPython { get; init; }

    /// <summary>Where it says so; null when it does not.</summary>
    public FailureLocation? RequiresPythonAt { get; init; }

    /// <summary>The project's own dependencies, as they are written.</summary>
    public IEnumerable<Requirement> Dependencies => Own.Select(static placed => placed.Requirement);

    /// <summary>The extras, in the order of the file.</summary>
    public IEnumerable<ExtraName> Extras => ExtraRequirements.Select(static extra => extra.Name);

    /// <summary>The dependency groups, in the order of the file.</summary>
    public IEnumerable<GroupName> Groups => GroupKeys.Select(static group => group.Name);

    internal ImmutableArray<ExtraRequirements> ExtraRequirements { get; init; } = [];

    internal ImmutableArray<PlacedRequirement> Own { get; init; } = [];

    internal FailureLocation? DynamicExtras { get; init; }

    internal TomlTable GroupTable { get; init; } = TomlTable.Empty;

    internal ImmutableArray<GroupKey> GroupKeys { get; init; } = [];

    /// <summary>The extra that a person named, in any spelling.</summary>
    /// <returns>The extra, or <see cref="CoreFailures.ExtraUnknown"/> with the nearest name; the place is the caller's.</returns>
    public Result<ExtraName> FindExtra(string text)
    {
        if (!ExtraName.Parse(text).TryGet(out var name, out var failure))
        {
            return failure;
        }

        return ExtraRequirements.Any(extra => extra.Name == name) ? name
            : DynamicExtras is { } at ? CoreFailures.DependenciesDynamic.Because($"The extra {name} cannot be read: the project's optional-dependencies are dynamic.", at)
            : CoreFailures.ExtraUnknown.Because(Unknown("extra", name.Normalized, [.. Extras.Select(static extra => extra.Normalized)]));
    }

    /// <summary>The dependency group that a person named, in any spelling.</summary>
    /// <returns>The group, or <see cref="CoreFailures.GroupUnknown"/> with the nearest name; the place is the caller's.</returns>
    public Result<GroupName> FindGroup(string text)
    {
        if (!GroupName.Parse(text).TryGet(out var name, out var failure))
        {
            return failure;
        }

        return GroupKeys.Any(group => group.Name == name)
            ? name
            : CoreFailures.GroupUnknown.Because(Unknown("dependency group", name.Normalized, [.. Groups.Select(static group => group.Normalized)]));
    }

    /// <summary>
    /// All that is needed: the project's dependencies and those of the given extras and groups, includes followed and the
    /// project's references to its own extras replaced by what they stand for. Each requirement comes once.
    /// </summary>
    /// <param name="extras">Extras, from <see cref="FindExtra"/>.</param>
    /// <param name="groups">Groups, from <see cref="FindGroup"/>.</param>
    /// <returns>The requirements, or a failure with its place in the file: a group is malformed, unknown or includes itself.</returns>
    public Result<ImmutableArray<Requirement>> Select(IEnumerable<ExtraName> extras, IEnumerable<GroupName> groups)
    {
        ArgumentNullException.ThrowIfNull(extras);
        ArgumentNullException.ThrowIfNull(groups);
        var expansion = new GroupExpansion(this);
        foreach (var group in groups)
        {
            if (!expansion.Add(group).TryGet(out _, out var failure))
            {
                return failure;
            }
        }

        return new SelfReferences(this).Expand([.. Own, .. expansion.Requirements], extras);
    }

    /// <summary>The sentence about a name that is not among the declared ones.</summary>
    internal static string Unknown(string kind, string name, IReadOnlyList<string> known)
    {
        var nearest = NearestName.Of(name, known);
        return $"There is no {kind} {name}" + (nearest is not null ? $"; did you mean {nearest}?"
            : known.Count == 0 ? $": no {kind} is declared."
            : $". Declared: {string.Join(", ", known)}.");
    }
}
