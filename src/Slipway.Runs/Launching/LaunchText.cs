using System.Text;

namespace Slipway.Runs.Launching;

/// <summary>Keeps any text within one field of a launch record: tab, line feed and backslash are escaped.</summary>
internal static class LaunchText
{
    public static string Escape(string field) => field.AsSpan().IndexOfAny("\t\n\\") < 0
        ? field
        : field.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    public static string Unescape(string field)
    {
        if (!field.Contains('\\', StringComparison.Ordinal))
        {
            return field;
        }

        var text = new StringBuilder(field.Length);
        for (var i = 0; i < field.Length; i++)
        {
            var escaped = field[i] == '\\' && i + 1 < field.Length;
            text.Append(escaped ? field[++i] switch { 't' => '\t', 'n' => '\n', var c => c } : field[i]);
        }

        return text.ToString();
    }
}
