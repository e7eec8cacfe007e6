using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Requirements;
using Slipway.Core.Text;
using Slipway.Core.Toml;

namespace Slipway.Core.Pyproject;

/// <summary>Reads the tables of PEP 621 and PEP 735 and holds them to their rules.</summary>
internal static class PyprojectReader
{
    private const string Dependencies = "dependencies";
    private const string Optional = "optional-dependencies";

    public static Result<PyprojectDeclaration> Read(TomlTable root)
    {
        if (!root.FindTable("project").TryGet(out var found, out var failure)
            || !root.FindTable("dependency-groups").TryGet(out var groupTable, out failure)
            || !ReadGroupNames(groupTable.Or(TomlTable.Empty)).TryGet(out var groups, out failure))
        {
            return failure;
        }

        var declaration = new PyprojectDeclaration { GroupTable = groupTable.Or(TomlTable.Empty), GroupKeys = groups };
        return found.TryGet(out var project) ? ReadProject(project, declaration) : declaration;
    }

    private static Result<PyprojectDeclaration> ReadProject(TomlTable project, PyprojectDeclaration declaration)
    {
        if (!TomlRequirements.GetName(project, "name").TryGet(out var name, out var failure)
            || !ReadDynamic(project).TryGet(out var dynamic, out failure)
            || !TomlRequirements.FindSpecifiers(project, "requires-python").TryGet(out var requiresPython, out failure)
            || !PlacedRequirement.ParseAll(project, Dependencies).TryGet(out var dependencies, out failure)
            || !project.FindTable(Optional).TryGet(out var optional, out failure)
            || !ReadExtras(optional.Or(TomlTable.Empty)).TryGet(out var extras, out failure))
        {
            return failure;
        }

        if (dynamic.FirstOrDefault(static item => item.Value is Dependencies) is { } item)
        {
            return CoreFailures.DependenciesDynamic.Because($"The dependencies of {name} are dynamic: only its build backend could tell them.", item.Location);
        }

        return declaration with
        {
            Name = name,
            RequiresPython = requiresPython.OrDefault(),
            RequiresPythonAt = requiresPython.HasValue ? project.KeyLocation("requires-python") : null,
            Own = dependencies,
            ExtraRequirements = extras,
            DynamicExtras = dynamic.FirstOrDefault(static item => item.Value is Optional)?.Location,
        };
    }

    private static Result<ImmutableArray<TomlString>> ReadDynamic(TomlTable project)
    {
        if (!project.GetStringValues("dynamic").TryGet(out var dynamic, out var failure))
        {
            return failure;
        }

        foreach (var item in dynamic)
        {
            if (item.Value is "name")
            {
                return Invalid("project.name must not be dynamic.", item.Location);
            }

            if (project.TryGet(item.Value, out _))
            {
                return Invalid($"{project.PathOf(item.Value)} is given and is dynamic too.", item.Location, "Remove it, or take its name out of dynamic.");
            }
        }

        return dynamic;
    }

    private static Result<ImmutableArray<ExtraRequirements>> ReadExtras(TomlTable optional)
    {
        var extras = ImmutableArray.CreateBuilder<ExtraRequirements>(optional.Keys.Count);
        var seen = new HashSet<ExtraName>();
        foreach (var key in optional.Keys)
        {
            if (!ExtraName.Parse(key).TryGet(out var name, out var failure))
            {
                return failure with { Location = optional.KeyLocation(key) };
            }

            if (!seen.Add(name))
            {
                return Invalid($"The extra {name} is declared twice: names are compared in lower case, with '-', '_' and '.' alike.", optional.KeyLocation(key), "Merge the two.");
            }

            if (!PlacedRequirement.ParseAll(optional, key).TryGet(out var requirements, out failure))
            {
                return failure;
            }

            extras.Add(new ExtraRequirements(name, requirements));
        }

        return extras.ToImmutable();
    }

    // PEP 735 asks that the lists of groups which nobody wants are left alone, so only the names are read here.
    private static Result<ImmutableArray<GroupKey>> ReadGroupNames(TomlTable table)
    {
        var groups = ImmutableArray.CreateBuilder<GroupKey>(table.Keys.Count);
        var seen = new HashSet<GroupName>();
        foreach (var key in table.Keys)
        {
            if (!GroupName.Parse(key).TryGet(out var name, out var failure))
            {
                return failure with { Location = table.KeyLocation(key) };
            }

            if (!seen.Add(name))
            {
                return Invalid(
                    $"The dependency group {name} is declared twice: names are compared in lower case, with '-', '_' and '.' alike.", table.KeyLocation(key), "Merge the two.");
            }

            groups.Add(new GroupKey(name, key));
        }

        return groups.ToImmutable();
    }

    private static Failure Invalid(string message, FailureLocation at, string? hint = null) => CoreFailures.PyprojectInvalid.Because(message, at, hint);
}

/// <summary>An extra with its requirements as they are written.</summary>
internal sealed record ExtraRequirements(ExtraName Name, ImmutableArray<PlacedRequirement> Requirements);

/// <summary>A group's name and the key that it is written with.</summary>
internal sealed record GroupKey(GroupName Name, string Key);
