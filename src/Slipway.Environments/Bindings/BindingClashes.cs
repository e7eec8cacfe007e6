using System.Collections.Immutable;
using Slipway.Core.Contracts;
using Slipway.Core.Failures;
using Slipway.Core.Versions;

namespace Slipway.Environments.Bindings;

/// <summary>Finds requirements that no resolver could ever satisfy together, so that their bindings can be named.</summary>
internal static class BindingClashes
{
    private sealed record Asked(string BindingId, DependencyRequirement Requirement);

    /// <summary>The first clash; null when there is none that shows before resolving.</summary>
    public static Verdict? Find(ImmutableArray<DependencyBinding> bindings)
    {
        var asked = bindings.SelectMany(static binding => binding.Requirements.Select(requirement => new Asked(binding.BindingId, requirement)))
            .GroupBy(static one => OverrideKey.NormalName(one.Requirement.Name), StringComparer.Ordinal);
        foreach (var group in asked)
        {
            var all = group.ToList();
            for (var index = 1; index < all.Count; index++)
            {
                if (all.Take(index).FirstOrDefault(earlier => Clash(earlier.Requirement, all[index].Requirement)) is { } first)
                {
                    return Verdict(group.Key, first, all[index]);
                }
            }
        }

        return null;
    }

    private static Verdict Verdict(string name, Asked first, Asked second)
    {
        var message = $"Binding {first.BindingId} wants {Words(first.Requirement)}, and binding {second.BindingId} wants {Words(second.Requirement)}: they share one environment.";
        return new Verdict(DependencyCodes.Conflict, message)
        {
            Failure = new Failure(EnvironmentFailures.BindingsConflict, message),
            Bindings = [.. new[] { first.BindingId, second.BindingId }.Distinct(StringComparer.Ordinal)],
            Requirement = name,
        };
    }

    private static string Words(DependencyRequirement requirement) => $"{requirement.Name}{(requirement.Source is { } source ? $" @ {source}" : requirement.ExactPin)}";

    private static bool Clash(DependencyRequirement one, DependencyRequirement other)
    {
        if (one.Source is not null && other.Source is not null)
        {
            return !string.Equals(one.Source, other.Source, StringComparison.Ordinal);
        }

        var (first, second) = (ContractCheck.Pin(one.ExactPin).Value, ContractCheck.Pin(other.ExactPin).Value);
        return (Exact(first) is { } version && !second.Contains(version, prereleases: true)) || (Exact(second) is { } exact && !first.Contains(exact, prereleases: true));
    }

    private static PepVersion? Exact(VersionSpecifierSet pin) =>
        pin.Specifiers.FirstOrDefault(static specifier => specifier is { Operator: VersionOperator.Equal, IsPrefix: false })?.Version;
}
