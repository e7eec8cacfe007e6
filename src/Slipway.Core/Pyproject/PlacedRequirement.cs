using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Requirements;
using Slipway.Core.Toml;

namespace Slipway.Core.Pyproject;

/// <summary>A requirement with its place in the file.</summary>
internal sealed record PlacedRequirement(Requirement Requirement, FailureLocation At)
{
    public static Result<PlacedRequirement> Parse(TomlString text) =>
        TomlRequirements.ParseRequirement(text).Map(requirement => new PlacedRequirement(requirement, text.TextLocation));

    public static Result<ImmutableArray<PlacedRequirement>> ParseAll(TomlTable table, string key)
    {
        if (!table.GetStringValues(key).TryGet(out var texts, out var failure))
        {
            return failure;
        }

        var placed = ImmutableArray.CreateBuilder<PlacedRequirement>(texts.Length);
        foreach (var text in texts)
        {
            if (!Parse(text).TryGet(out var requirement, out failure))
            {
                return failure;
            }

            placed.Add(requirement);
        }

        return placed.ToImmutable();
    }
}
