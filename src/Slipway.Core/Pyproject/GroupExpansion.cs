using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Toml;

namespace Slipway.Core.Pyproject;

/// <summary>Collects the requirements of dependency groups with the groups that they include (PEP 735).</summary>
internal sealed class GroupExpansion(PyprojectDeclaration declaration)
{
    // Nobody nests so deep; without an end a file could exhaust the stack.
    private const int Deepest = 256;
    private const string Include = "include-group";

    private readonly HashSet<GroupName> _done = [];
    private readonly List<GroupName> _open = [];
    private readonly ImmutableArray<PlacedRequirement>.Builder _requirements = ImmutableArray.CreateBuilder<PlacedRequirement>();

    /// <summary>The requirements so far.</summary>
    public ImmutableArray<PlacedRequirement> Requirements => _requirements.ToImmutable();

    /// <summary>Adds a declared group and all that it includes.</summary>
    public Result<Unit> Add(GroupName group)
    {
        if (_done.Contains(group))
        {
            return Unit.Value;
        }

        var key = declaration.GroupKeys.First(candidate => candidate.Name == group).Key;
        if (!declaration.GroupTable.FindArray(key).TryGet(out var found, out var failure))
        {
            return failure;
        }

        _open.Add(group);
        foreach (var item in found.OrDefault()!.Items)
        {
            if (!AddItem(item).TryGet(out _, out failure))
            {
                return failure;
            }
        }

        _open.RemoveAt(_open.Count - 1);
        _done.Add(group);
        return Unit.Value;
    }

    private Result<Unit> AddItem(TomlValue item)
    {
        switch (item)
        {
            case TomlString text:
                return PlacedRequirement.Parse(text).Map(requirement =>
                {
                    _requirements.Add(requirement);
                    return Unit.Value;
                });
            case TomlTable { Keys: [Include] } table:
                return table.FindStringValue(Include).Then(name => AddIncluded(name.OrDefault()!));
            case TomlTable table:
                return CoreFailures.PyprojectInvalid.Because(
                    $"{table.Path} holds {(table.Keys.Count == 0 ? "nothing" : string.Join(", ", table.Keys.Select(TomlKeys.Render)))}; a table in a dependency group must hold {Include} alone.",
                    table.Location,
                    "Write {include-group = \"name\"}.");
            default:
                return TomlTable.WrongType(item, "a requirement or a table with include-group");
        }
    }

    private Result<Unit> AddIncluded(TomlString text)
    {
        if (!declaration.FindGroup(text.Value).TryGet(out var group, out var failure))
        {
            return failure with { Location = text.TextLocation };
        }

        var start = _open.IndexOf(group);
        if (start >= 0)
        {
            return CoreFailures.GroupCycle.Because(
                $"The dependency group {group} includes itself: {string.Join(" -> ", _open.Skip(start).Append(group))}.", text.TextLocation);
        }

        return _open.Count < Deepest
            ? Add(group)
            : CoreFailures.PyprojectInvalid.Because($"Dependency groups are nested deeper than {Deepest}.", text.TextLocation, "Flatten the includes.");
    }
}
