using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Requirements;
using Slipway.Core.Text;
using Slipway.Core.Toml;
using Slipway.Environments.Requests;

namespace Slipway.Projects.Configuration;

/// <summary>Reads a table of settings: <c>[tool.slipway]</c>, or the root of <c>slipway.toml</c> and of the user's file.</summary>
internal static class TomlSettings
{
    // In the table of an environment, a short word for one value of the setting `project`.
    private const string Editable = "editable";

    /// <summary>Reads a table; every mistake is named at its line.</summary>
    public static Result<ImmutableArray<Setting>> Read(TomlTable table, SettingLayer layer, string baseDirectory)
    {
        var settings = ImmutableArray.CreateBuilder<Setting>(table.Keys.Count);
        foreach (var key in table.Keys.Where(key => layer is not SettingLayer.Project || key is not EnvironmentTables.Key))
        {
            if (layer is SettingLayer.Environment && key is Editable)
            {
                if (!ReadEditable(table, new SettingOrigin(layer, table.PathOf(key), baseDirectory, table.KeyLocation(key))).TryGet(out var editable, out var wrong))
                {
                    return wrong;
                }

                settings.Add(editable);
                continue;
            }

            if (SettingInfo.In(layer).FirstOrDefault(known => string.Equals(known.Name, key, StringComparison.Ordinal)) is not { } info)
            {
                return Unknown(table, key, SettingInfo.In(layer).Select(static known => known.Name).Concat(layer is SettingLayer.Environment ? [Editable] : []));
            }

            var origin = new SettingOrigin(layer, table.PathOf(key), baseDirectory, table.KeyLocation(key));
            if (!Read(table, info, origin).TryGet(out var setting, out var failure))
            {
                return failure;
            }

            settings.Add(setting);
        }

        return settings.ToImmutable();
    }

    private static Result<Setting> Read(TomlTable table, SettingInfo info, SettingOrigin origin) => info.Key switch
    {
        SettingKey.IndexUrl => ReadIndexes(table, info.Name, origin),
        SettingKey.ExcludeNewer => ReadTime(table, info.Name, origin),
        _ => info.Shape switch
        {
            SettingShape.Switch => table.FindBoolean(info.Name).Then(found => SettingParser.Parse(info.Key, [found.Or(false) ? "true" : "false"], origin)),
            SettingShape.List => table.GetStrings(info.Name).Then(texts => SettingParser.Parse(info.Key, texts, origin)),
            _ => table.GetString(info.Name).Then(text => SettingParser.Parse(info.Key, [text], origin)),
        },
    };

    private static Result<Setting> ReadEditable(TomlTable table, SettingOrigin origin)
    {
        var other = SettingInfo.Of(SettingKey.Project).Name;
        return table.TryGet(other, out _)
            ? new Failure(ProjectFailures.UnknownSetting, $"{origin.Name} and {table.PathOf(other)} say the same thing twice.") { Location = origin.Location, Hint = "Leave one of the two away." }
            : table.FindBoolean(Editable).Then(found => SettingParser.Parse(SettingKey.Project, [found.Or(false) ? "editable" : "path"], origin));
    }

    private static Result<Setting> ReadTime(TomlTable table, string key, SettingOrigin origin)
    {
        if (!table.TryGet(key, out var value) || value is not TomlDateTime time)
        {
            return table.GetString(key).Then(text => SettingParser.Parse(SettingKey.ExcludeNewer, [text], origin));
        }

        return InstantText.From(time).TryGet(out var instant, out var failure)
            ? SettingParser.WithTime(new Setting(SettingKey.ExcludeNewer, [], origin), instant)
            : SettingParser.Placed(failure, origin);
    }

    private static Result<Setting> ReadIndexes(TomlTable table, string key, SettingOrigin origin)
    {
        table.TryGet(key, out var value);
        if (value is TomlString one)
        {
            return SettingParser.Parse(SettingKey.IndexUrl, [one.Value], origin);
        }

        if (value is not TomlArray { Items: [TomlTable, ..] })
        {
            return table.GetStrings(key).Then(texts => SettingParser.Parse(SettingKey.IndexUrl, texts, origin));
        }

        if (!table.GetTables(key).TryGet(out var tables, out var failure))
        {
            return failure;
        }

        var indexes = ImmutableArray.CreateBuilder<PackageIndex>(tables.Length);
        foreach (var item in tables)
        {
            if (!ReadIndex(item, origin).TryGet(out var index, out failure))
            {
                return SettingParser.Placed(failure, failure.Location is { } at ? origin with { Location = at } : origin);
            }

            indexes.Add(index);
        }

        return SettingParser.WithIndexes(new Setting(SettingKey.IndexUrl, [], origin), indexes.ToImmutable());
    }

    private static Result<PackageIndex> ReadIndex(TomlTable table, SettingOrigin origin)
    {
        string[] known = ["name", "url", "packages"];
        if (table.Keys.FirstOrDefault(key => !known.Contains(key, StringComparer.Ordinal)) is { } other)
        {
            return Unknown(table, other, known);
        }

        if (!table.FindString("name").TryGet(out var name, out var failure)
            || !table.GetString("url").TryGet(out var url, out failure)
            || !table.GetStringValues("packages").TryGet(out var packages, out failure))
        {
            return failure;
        }

        if (!SettingParser.ParseIndex(name.OrDefault(), url, origin).TryGet(out var index, out failure))
        {
            return failure with { Location = table.KeyLocation("url") };
        }

        var names = ImmutableArray.CreateBuilder<string>(packages.Length);
        foreach (var package in packages)
        {
            if (!PackageName.Parse(package.Value).TryGet(out var parsed, out failure))
            {
                return failure with { Location = package.Location };
            }

            names.Add(parsed.Normalized);
        }

        return index with { Packages = names.ToImmutable() };
    }

    private static Failure Unknown(TomlTable table, string key, IEnumerable<string> known)
    {
        var names = known.ToList();
        var nearest = NearestName.Of(key, names);
        return new Failure(ProjectFailures.UnknownSetting, $"{table.PathOf(key)} is not a known setting{(nearest is null ? "." : $"; did you mean {nearest}?")}")
        {
            Location = table.KeyLocation(key),
            Hint = $"The settings here are: {string.Join(", ", names)}.",
        };
    }
}
