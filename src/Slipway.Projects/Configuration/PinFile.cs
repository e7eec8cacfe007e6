using System.Collections.Immutable;
using Slipway.Core.Failures;

namespace Slipway.Projects.Configuration;

/// <summary>Reads pyenv's <c>.python-version</c>: the first word of the first line that is no comment; <c>system</c> asks for nothing in particular.</summary>
internal static class PinFile
{
    public static Result<ImmutableArray<Setting>> Read(string text, string path)
    {
        var lines = text.Split('\n');
        var index = Array.FindIndex(lines, static line => line.Trim() is { Length: > 0 } content && content[0] != '#');
        if (index < 0 || lines[index].Trim().Split([' ', '\t'])[0] is "system")
        {
            return ImmutableArray<Setting>.Empty;
        }

        var word = lines[index].Trim().Split([' ', '\t'])[0];
        var origin = new SettingOrigin(SettingLayer.Pin, path, Path.GetDirectoryName(path)!, new FailureLocation(path, index + 1));
        return SettingParser.Parse(SettingKey.Python, [word], origin).TryGet(out var setting, out var failure)
            ? ImmutableArray.Create(setting)
            : failure with { Code = ProjectFailures.MalformedPin, Hint = null };
    }
}
