using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Toml;
using Slipway.Projects.Naming;

namespace Slipway.Projects.Configuration;

/// <summary>Reads a project's settings with the environments that it declares as <c>[envs.NAME]</c>.</summary>
internal static class EnvironmentTables
{
    /// <summary>The key of the tables.</summary>
    public const string Key = "envs";

    /// <summary>Reads the root of a <c>slipway.toml</c>, or <c>[tool.slipway]</c>.</summary>
    /// <param name="table">The table.</param>
    /// <param name="directory">The absolute directory of the file.</param>
    public static Result<ProjectSettings> Read(TomlTable table, string directory)
    {
        if (!TomlSettings.Read(table, SettingLayer.Project, directory).TryGet(out var settings, out var failure)
            || !table.FindTable(Key).TryGet(out var tables, out failure))
        {
            return failure;
        }

        var environments = ImmutableArray.CreateBuilder<DeclaredEnvironment>();
        foreach (var key in tables.Or(TomlTable.Empty).Keys)
        {
            if (!ReadOne(tables.Or(TomlTable.Empty), key, directory).TryGet(out var environment, out failure))
            {
                return failure;
            }

            if (environments.FirstOrDefault(other => other.Name == environment.Name) is { } twin)
            {
                return new Failure(ProjectFailures.NameRefused, $"{environment.Name} and {twin.Name} are one name where file names have no case.") { Location = environment.Location };
            }

            environments.Add(environment);
        }

        return new ProjectSettings(directory, settings, environments.ToImmutable());
    }

    private static Result<DeclaredEnvironment> ReadOne(TomlTable tables, string key, string directory)
    {
        var at = tables.KeyLocation(key);
        if (!EnvironmentName.Parse(key, tables.PathOf(key)).TryGet(out var name, out var failure))
        {
            return failure with { Location = at };
        }

        return tables.GetTable(key)
            .Then(table => TomlSettings.Read(table, SettingLayer.Environment, directory))
            .Map(settings => new DeclaredEnvironment(name, at, settings));
    }
}
