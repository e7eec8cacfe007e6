using System.Text;

namespace Slipway.Core.Toml;

/// <summary>
/// Writes documents of TOML 1.0, always the same text for the same table. Keys keep their order, except that
/// within a table values come before tables, as TOML demands.
/// </summary>
public static class TomlWriter
{
    // Longer arrays are written with one value a line.
    private const int WidestArray = 100;

    /// <summary>Writes a document.</summary>
    /// <returns>The text, with LF line ends and one at its end; empty for an empty table.</returns>
    public static string Write(TomlTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var builder = new StringBuilder();
        WriteTable(builder, table, path: string.Empty);
        return builder.ToString();
    }

    private static void WriteTable(StringBuilder builder, TomlTable table, string path)
    {
        var later = new List<(string Path, TomlValue Value)>();
        foreach (var key in table.Keys)
        {
            table.TryGet(key, out var value);
            var name = TomlKeys.Render(key);
            if (value is TomlTable { IsInline: false } or TomlArray { IsTableArray: true, Items.Count: > 0 })
            {
                later.Add((path.Length == 0 ? name : $"{path}.{name}", value));
            }
            else
            {
                builder.Append(name).Append(" = ");
                WriteValue(builder, value!, mayBreak: true);
                builder.Append('\n');
            }
        }

        foreach (var (subpath, value) in later)
        {
            WriteTables(builder, value, subpath);
        }
    }

    private static void WriteTables(StringBuilder builder, TomlValue value, string path)
    {
        if (value is TomlArray array)
        {
            foreach (var item in array.Items)
            {
                BeginHeader(builder).Append("[[").Append(path).Append("]]\n");
                WriteTable(builder, (TomlTable)item, path);
            }

            return;
        }

        var table = (TomlTable)value;
        if (NeedsHeader(table))
        {
            BeginHeader(builder).Append('[').Append(path).Append("]\n");
        }

        WriteTable(builder, table, path);
    }

    private static StringBuilder BeginHeader(StringBuilder builder) => builder.Append(builder.Length == 0 ? string.Empty : "\n");

    // A table that holds nothing but tables is defined by their headers.
    private static bool NeedsHeader(TomlTable table)
    {
        foreach (var key in table.Keys)
        {
            table.TryGet(key, out var value);
            if (value is not (TomlTable { IsInline: false } or TomlArray { IsTableArray: true, Items.Count: > 0 }))
            {
                return true;
            }
        }

        return table.Keys.Count == 0;
    }

    private static void WriteValue(StringBuilder builder, TomlValue value, bool mayBreak)
    {
        switch (value)
        {
            case TomlString text:
                builder.Append(TomlText.String(text.Value));
                break;
            case TomlTable table:
                WriteInlineTable(builder, table);
                break;
            case TomlArray array:
                WriteArray(builder, array, mayBreak);
                break;
            default:
                builder.Append(value);
                break;
        }
    }

    private static void WriteInlineTable(StringBuilder builder, TomlTable table)
    {
        builder.Append('{');
        var separator = string.Empty;
        foreach (var key in table.Keys)
        {
            table.TryGet(key, out var value);
            builder.Append(separator).Append(TomlKeys.Render(key)).Append(" = ");
            WriteValue(builder, value!, mayBreak: false);
            separator = ", ";
        }

        builder.Append('}');
    }

    private static void WriteArray(StringBuilder builder, TomlArray array, bool mayBreak)
    {
        var items = array.Items.Select(static item =>
        {
            var text = new StringBuilder();
            WriteValue(text, item, mayBreak: false);
            return text.ToString();
        }).ToList();
        var breaks = mayBreak && (array.Items.Any(static item => item is TomlTable) || items.Sum(static item => item.Length + 2) > WidestArray);
        if (!breaks)
        {
            builder.Append('[').AppendJoin(", ", items).Append(']');
            return;
        }

        builder.Append("[\n");
        foreach (var item in items)
        {
            builder.Append("    ").Append(item).Append(",\n");
        }

        builder.Append(']');
    }
}
