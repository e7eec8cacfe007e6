namespace Slipway.Cli.Terminal;

/// <summary>Columns of text made plain, aligned; the last column is not padded, so that nothing trails.</summary>
internal static class TextTable
{
    public static void Write(TextWriter writer, IReadOnlyList<string> header, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var widths = header.Select((title, column) => rows.Select(row => row[column].Length).Append(title.Length).Max()).ToArray();
        foreach (var row in rows.Prepend(header))
        {
            var cells = row.Select((cell, column) => column == row.Count - 1 ? cell : cell.PadRight(widths[column]));
            writer.WriteLine(Plain.Line(string.Join("  ", cells)));
        }
    }
}
