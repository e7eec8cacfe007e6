using System.Text;
using Slipway.Core.Failures;
using Slipway.Core.Toml;
using Slipway.Projects.Configuration;
using Slipway.Projects.Naming;

namespace Slipway.Projects.Editing;

/// <summary>
/// Edits the text of a project's settings and leaves every other byte as it is. What it would write is read back first: a text that does
/// not say what was meant is never returned.
/// </summary>
/// <param name="path">The file, for messages; its name says whether the settings are at its root or below <c>[tool.slipway]</c>.</param>
/// <param name="directory">The project's absolute directory.</param>
public sealed class SettingsText(string path, string directory)
{
    private const string Table = "tool.slipway";

    private string Prefix => Path.GetFileName(path) is ConfigurationReader.ProjectFile ? string.Empty : Table + ".";

    /// <summary>The text with an environment at its end.</summary>
    /// <param name="text">The file as it is; empty for none.</param>
    /// <param name="name">The new environment.</param>
    /// <param name="settings">What it says.</param>
    public Result<string> Add(string text, EnvironmentName name, TomlTable settings)
    {
        ArgumentNullException.ThrowIfNull(text);
        var header = $"[{Prefix}{EnvironmentTables.Key}.{name}]\n{TomlWriter.Write(settings)}";
        return Verified(Joined(text, header), read => read.Environments.Any(declared => declared.Name == name));
    }

    /// <summary>The text without an environment's table and what belongs to it.</summary>
    /// <param name="text">The file as it is.</param>
    /// <param name="declared">The environment.</param>
    public Result<string> Remove(string text, DeclaredEnvironment declared)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(declared);
        var lines = text.Split('\n');
        var first = declared.Location.Line - 1;
        var header = $"[{Prefix}{EnvironmentTables.Key}.{declared.Name}]";
        if (first >= lines.Length || !lines[first].Trim().StartsWith(header, StringComparison.Ordinal))
        {
            return new Failure(ProjectFailures.NotEditable, $"{declared.Name} is not declared by a line of its own that begins with {header}.") { Location = declared.Location };
        }

        var end = Array.FindIndex(lines, first + 1, line => IsHeader(line) && !line.TrimStart().TrimStart('[').StartsWith($"{Prefix}{EnvironmentTables.Key}.{declared.Name}.", StringComparison.Ordinal));
        end = end < 0 ? lines.Length : CommentsAbove(lines, first, end);
        var kept = string.Join('\n', [.. lines[..first], .. lines[end..]]);
        return Verified(end < lines.Length ? kept : kept.Trim('\n').Length == 0 ? string.Empty : $"{kept.TrimEnd('\n')}\n", read => read.Environments.All(other => other.Name != declared.Name));
    }

    /// <summary>The text without a setting of the whole project; as it is where there is none.</summary>
    public Result<string> Unset(string text, SettingKey key)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Read(text).Then(read =>
        {
            if (read.Settings.FirstOrDefault(setting => setting.Key == key) is not { Origin.Location: { } at })
            {
                return text;
            }

            var lines = text.Split('\n');
            return Verified(string.Join('\n', [.. lines[..(at.Line - 1)], .. lines[at.Line..]]), after => after.Settings.All(setting => setting.Key != key));
        });
    }

    /// <summary>The text with a text setting of the whole project, in place of one that is there.</summary>
    public Result<string> Set(string text, SettingKey key, string value)
    {
        ArgumentNullException.ThrowIfNull(text);
        var name = SettingInfo.Of(key).Name;
        var line = TomlWriter.Write(new TomlTableBuilder().Add(name, value).Build());
        return Read(text).Then(read =>
        {
            var lines = text.Split('\n').ToList();
            if (read.Settings.FirstOrDefault(setting => setting.Key == key) is { Origin.Location: { } at })
            {
                lines[at.Line - 1] = line.TrimEnd('\n');
                return Verified(string.Join('\n', lines), after => Says(after, key, value));
            }

            var header = lines.FindIndex(candidate => candidate.Trim() == $"[{Table}]");
            return Prefix.Length == 0 ? Verified(line + text, after => Says(after, key, value))
                : header >= 0 ? Verified(string.Join('\n', [.. lines[..(header + 1)], line.TrimEnd('\n'), .. lines[(header + 1)..]]), after => Says(after, key, value))
                : Verified(Joined(text, $"[{Table}]\n{line}"), after => Says(after, key, value));
        });
    }

    // What is read is in canonical form: 3.12 as the range that it means.
    private static bool Says(ProjectSettings settings, SettingKey key, string value) => settings.Settings.Any(setting =>
        setting.Key == key && SettingParser.Parse(key, [value], setting.Origin).TryGet(out var meant, out _) && setting.Texts.SequenceEqual(meant.Texts, StringComparer.Ordinal));

    private static string Joined(string text, string block)
    {
        var joined = new StringBuilder(text);
        if (text.Length > 0)
        {
            joined.Append(text.EndsWith('\n') ? "\n" : "\n\n");
        }

        return joined.Append(block).ToString();
    }

    // A line that looks like a header may stand within a text of several lines; reading back tells.
    private static bool IsHeader(string line) => line.TrimStart().StartsWith('[');

    // A comment right above the next table belongs to that.
    private static int CommentsAbove(string[] lines, int first, int end)
    {
        while (end - 1 > first && lines[end - 1].TrimStart().StartsWith('#'))
        {
            end--;
        }

        return end;
    }

    private Result<string> Verified(string text, Func<ProjectSettings, bool> says) => Read(text).Then(read => says(read)
        ? Result.Ok(text)
        : new Failure(ProjectFailures.NotEditable, $"{path} is written in a way that cannot be edited safely."));

    private Result<ProjectSettings> Read(string text) => TomlReader.Parse(text, path).Then(root =>
    {
        if (Prefix.Length == 0)
        {
            return EnvironmentTables.Read(root, directory);
        }

        return root.FindTable("tool").Then(tool => tool.Or(TomlTable.Empty).FindTable("slipway")).Then(table => EnvironmentTables.Read(table.Or(TomlTable.Empty), directory));
    });
}
