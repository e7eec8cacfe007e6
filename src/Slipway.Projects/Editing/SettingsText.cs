using System.Buffers;
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
    private static readonly SearchValues<char> AfterValue = SearchValues.Create(" \t\r#,}");

    private string Prefix => Path.GetFileName(path) is ConfigurationReader.ProjectFile ? string.Empty : Table + ".";

    /// <summary>The text with an environment at its end.</summary>
    /// <param name="text">The file as it is; empty for none.</param>
    /// <param name="name">The new environment.</param>
    /// <param name="settings">What it says.</param>
    public Result<string> Add(string text, EnvironmentName name, TomlTable settings)
    {
        ArgumentNullException.ThrowIfNull(text);
        var block = $"[{Prefix}{EnvironmentTables.Key}.{name}]\n{TomlWriter.Write(settings)}";
        return Verified(Joined(text, block), read => read.Environments.Any(declared => declared.Name == name));
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
        return Verified(end < lines.Length ? kept : kept.Trim('\r', '\n').Length == 0 ? string.Empty : kept.TrimEnd('\r', '\n') + EndOf(text), read => read.Environments.All(other => other.Name != declared.Name));
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
            return Verified(
                string.Join('\n', [.. lines[..(at.Line - 1)], .. lines[at.Line..]]),
                after => after.Settings.All(setting => setting.Key != key) && after.Settings.Length == read.Settings.Length - 1);
        });
    }

    /// <summary>The text with a text setting of the whole project, in place of one that is there: of that only the value changes, and what follows it in its line stays.</summary>
    public Result<string> Set(string text, SettingKey key, string value)
    {
        ArgumentNullException.ThrowIfNull(text);
        var name = SettingInfo.Of(key).Name;
        var line = TomlWriter.Write(new TomlTableBuilder().Add(name, value).Build()).TrimEnd('\n');
        return Read(text).Then(read => ReadTable(text).Then(table =>
        {
            bool Says(ProjectSettings after) => SettingsText.Says(after, key, value) && after.Settings.Length == read.Settings.Length + (table.TryGet(name, out _) ? 0 : 1);
            var lines = text.Split('\n');
            if (table.TryGet(name, out var before))
            {
                var (row, column) = (before.Location.Line - 1, before.Location.Column - 1);
                return EndOfValue(lines[row], column) is not { } end ? Unsafe() : Verified(
                    string.Join('\n', [.. lines[..row], $"{lines[row][..column]}{line[(name.Length + " = ".Length)..]}{lines[row][end..]}", .. lines[(row + 1)..]]), Says);
            }

            var header = Array.FindIndex(lines, static candidate => IsHeaderOf(candidate, $"[{Table}]"));
            var added = line + EndOf(text)[..^1];
            return Prefix.Length == 0 ? Verified($"{added}\n{text}", Says)
                : header >= 0 ? Verified(string.Join('\n', [.. lines[..(header + 1)], added, .. lines[(header + 1)..]]), Says)
                : Verified(Joined(text, $"[{Table}]\n{line}\n"), Says);
        }));
    }

    // Where the value that begins at a column of a line ends; null when that is in another line.
    private static int? EndOfValue(string line, int start)
    {
        var quote = line[start];
        if (quote is not ('\'' or '"'))
        {
            var end = line.AsSpan(start).IndexOfAny(AfterValue);
            return end < 0 ? line.Length : start + end;
        }

        var mark = line.AsSpan(start).StartsWith($"{quote}{quote}{quote}") ? new string(quote, 3) : quote.ToString();
        for (var at = start + mark.Length; at + mark.Length <= line.Length; at++)
        {
            if (quote is '"' && line[at] is '\\')
            {
                at++;
            }
            else if (line.AsSpan(at).StartsWith(mark))
            {
                return at + mark.Length;
            }
        }

        return null;
    }

    private static bool IsHeaderOf(string line, string header)
    {
        var trimmed = line.Trim();
        return trimmed.StartsWith(header, StringComparison.Ordinal) && trimmed[header.Length..].TrimStart() is "" or ['#', ..];
    }

    // How the lines of a text end.
    private static string EndOf(string text) => text.IndexOf('\n', StringComparison.Ordinal) is > 0 and var first && text[first - 1] is '\r' ? "\r\n" : "\n";

    // What is read is in canonical form: 3.12 as the range that it means.
    private static bool Says(ProjectSettings settings, SettingKey key, string value) => settings.Settings.Any(setting =>
        setting.Key == key && SettingParser.Parse(key, [value], setting.Origin).TryGet(out var meant, out _) && setting.Texts.SequenceEqual(meant.Texts, StringComparer.Ordinal));

    private static string Joined(string text, string block)
    {
        var end = EndOf(text);
        var joined = new StringBuilder(text);
        if (text.Length > 0)
        {
            joined.Append(text.EndsWith('\n') ? end : end + end);
        }

        return joined.Append(block.ReplaceLineEndings(end)).ToString();
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
        : Unsafe());

    private Failure Unsafe() => new(ProjectFailures.NotEditable, $"{path} is written in a way that cannot be edited safely.");

    private Result<ProjectSettings> Read(string text) => ReadTable(text).Then(table => EnvironmentTables.Read(table, directory));

    private Result<TomlTable> ReadTable(string text) => TomlReader.Parse(text, path).Then(root => Prefix.Length == 0
        ? root
        : root.FindTable("tool").Then(static tool => tool.Or(TomlTable.Empty).FindTable("slipway")).Map(static table => table.Or(TomlTable.Empty)));
}
