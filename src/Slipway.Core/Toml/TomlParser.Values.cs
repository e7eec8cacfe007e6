namespace Slipway.Core.Toml;

/// <content>The values.</content>
internal sealed partial class TomlParser
{
    private TomlValue? ParseValue()
    {
        switch (scanner.Current)
        {
            case '"' or '\'':
                return ParseString();
            case '[':
                return ParseNested(ParseArray);
            case '{':
                return ParseNested(ParseInlineTable);
            default:
                return TomlNumbers.Parse(scanner);
        }
    }

    private TomlString? ParseString()
    {
        var start = scanner.Position;
        var isMultiLine = scanner.StartsWith("\"\"\"") || scanner.StartsWith("'''");
        var isVerbatim = false;
        var value = isMultiLine ? TomlStrings.ParseMultiLine(scanner) : TomlStrings.ParseOneLine(scanner, out isVerbatim);
        return value is null ? null : new TomlString(value, scanner.Locate(start)) { IsVerbatim = isVerbatim };
    }

    private TomlValue? ParseNested(Func<TomlValue?> parse)
    {
        _depth++;
        var value = CheckDepth(scanner.Position) ? parse() : null;
        _depth--;
        return value;
    }

    private TomlArray? ParseArray()
    {
        var array = new TomlArray(isTableArray: false, scanner.Locate(scanner.Position++));
        while (scanner.SkipToContent())
        {
            if (scanner.TryTake(']'))
            {
                return array;
            }

            if (ParseValue() is not { } item)
            {
                return null;
            }

            array.Add(item);
            if (!scanner.SkipToContent())
            {
                return null;
            }

            if (!scanner.TryTake(',') && scanner.Current != ']')
            {
                scanner.Fail($"The array needs ',' or ']' here, but there is {scanner.Describe()}.");
                return null;
            }
        }

        return null;
    }

    private TomlTable? ParseInlineTable()
    {
        var table = new TomlTable(TomlTableForm.Inline, scanner.Locate(scanner.Position++));
        scanner.SkipBlanks();
        if (scanner.TryTake('}'))
        {
            return table;
        }

        do
        {
            if (!ParseKeyValue(table))
            {
                return null;
            }

            scanner.SkipBlanks();
        }
        while (scanner.TryTake(','));
        if (scanner.TryTake('}'))
        {
            return table;
        }

        scanner.Fail($"The inline table needs ',' or '}}' here, on the same line, but there is {scanner.Describe()}.");
        return null;
    }
}
