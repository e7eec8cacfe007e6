using Slipway.Core.Failures;

namespace Slipway.Projects.Configuration;

/// <summary>What a file of a version manager says of Python.</summary>
/// <param name="Path">The file's absolute path.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Word">The version or name; null when the file leaves it to the system.</param>
internal sealed record Pin(string Path, int Line, string? Word);

/// <summary>Reads the files in which version managers keep the Python of a directory.</summary>
internal static class PinFile
{
    /// <summary>pyenv's file: the first word of the first line that is no comment.</summary>
    public const string Pyenv = ".python-version";

    /// <summary>asdf's file: what follows the name of the tool.</summary>
    public const string Asdf = ".tool-versions";

    private const string AsdfTool = "python";
    private const string AsdfPath = "path:";
    private const string System = "system";

    /// <summary>Reads pyenv's file; one without a word says nothing in particular.</summary>
    public static Pin ReadPyenv(string text, string path)
    {
        var (line, words) = Lines(text).FirstOrDefault();
        return words is null ? new Pin(path, 1, null) : new Pin(path, line, Meant(words[0]));
    }

    /// <summary>Reads asdf's file; null when it says nothing of Python. Of several versions the first is meant, the others are what to fall back on.</summary>
    public static Pin? ReadAsdf(string text, string path)
    {
        var (line, words) = Lines(text).FirstOrDefault(static found => found.Words is [AsdfTool, _, ..]);
        return words is null ? null : new Pin(path, line, Meant(words[1].StartsWith(AsdfPath, StringComparison.Ordinal) ? $"{words[1][AsdfPath.Length..]}/bin/python3" : words[1]));
    }

    /// <summary>The text with another version in pyenv's file.</summary>
    public static string WritePyenv(string text, string version) => Replaced(text, Lines(text).FirstOrDefault().Line, version) ?? $"{version}\n";

    /// <summary>The text with another version in asdf's file.</summary>
    public static string WriteAsdf(string text, string version)
    {
        var line = $"{AsdfTool} {version}";
        return Replaced(text, Lines(text).FirstOrDefault(static found => found.Words is [AsdfTool, ..]).Line, line)
            ?? (text.Length == 0 || text.EndsWith('\n') ? $"{text}{line}\n" : $"{text}\n{line}\n");
    }

    /// <summary>The setting that a pin is.</summary>
    public static Result<Setting> ToSetting(Pin pin)
    {
        var origin = new SettingOrigin(SettingLayer.Pin, pin.Path, Path.GetDirectoryName(pin.Path)!, new FailureLocation(pin.Path, pin.Line));
        return SettingParser.Parse(SettingKey.Python, [pin.Word!], origin).TryGet(out var setting, out var failure)
            ? setting
            : failure with { Code = ProjectFailures.MalformedPin, Hint = null };
    }

    private static string? Meant(string word) => word is System ? null : word;

    private static IEnumerable<(int Line, string[] Words)> Lines(string text) => text.Split('\n')
        .Select(static (line, index) => (Line: index + 1, Words: line.Split('#')[0].Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries)))
        .Where(static found => found.Words.Length > 0);

    private static string? Replaced(string text, int line, string with)
    {
        if (line == 0)
        {
            return null;
        }

        var lines = text.Split('\n');
        lines[line - 1] = with;
        return string.Join('\n', lines);
    }
}
