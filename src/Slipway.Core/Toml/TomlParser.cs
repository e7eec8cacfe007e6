using Slipway.Core.Failures;

namespace Slipway.Core.Toml;

/// <summary>The statements of a document: tables, arrays of tables, and keys with values.</summary>
internal sealed partial class TomlParser(TomlScanner scanner)
{
    private readonly TomlTable _root = new(TomlTableForm.Header, scanner.Locate(0));
    private int _depth;

    private readonly record struct KeyPart(string Name, int Offset);

    public Result<TomlTable> Parse()
    {
        if (scanner.Current == '\uFEFF')
        {
            scanner.Position++;
        }

        return scanner.CheckEncoding() && ParseStatements() ? _root : scanner.Failure!;
    }

    private bool ParseStatements()
    {
        var current = _root;
        while (scanner.SkipToContent())
        {
            if (scanner.AtEnd)
            {
                return true;
            }

            if (scanner.Current == '[')
            {
                if (ParseHeader() is not { } table)
                {
                    return false;
                }

                current = table;
            }
            else if (!ParseKeyValue(current))
            {
                return false;
            }

            if (!scanner.EndLine())
            {
                return false;
            }
        }

        return false;
    }

    private TomlTable? ParseHeader()
    {
        var start = scanner.Position++;
        var isArray = scanner.TryTake('[');
        if (ParseKey() is not { } parts)
        {
            return null;
        }

        if (!scanner.TryTake(']') || (isArray && !scanner.TryTake(']')))
        {
            scanner.Fail($"The header must be closed by {(isArray ? "']]'" : "']'")}, but there is {scanner.Describe()}.");
            return null;
        }

        _depth = isArray ? parts.Count + 1 : parts.Count;
        if (!CheckDepth(start) || FindParent(parts) is not { } parent)
        {
            return null;
        }

        return isArray ? AppendTable(parent, parts[^1], start) : DefineTable(parent, parts[^1], start);
    }

    private TomlTable? FindParent(List<KeyPart> parts)
    {
        var table = _root;
        foreach (var part in parts.Take(parts.Count - 1))
        {
            if (!table.TryGet(part.Name, out var value))
            {
                value = new TomlTable(TomlTableForm.ImpliedByHeader, scanner.Locate(part.Offset));
                table.Add(part.Name, value, scanner.Locate(part.Offset));
            }

            var next = value is TomlArray { IsTableArray: true } array ? array.Items[^1] as TomlTable : value as TomlTable;
            if (next is null || next.IsInline)
            {
                FailRedefinition(table, part, next is null ? "is no table, so it cannot hold one" : "is an inline table, to which nothing can be added");
                return null;
            }

            table = next;
        }

        return table;
    }

    private TomlTable? DefineTable(TomlTable parent, KeyPart part, int start)
    {
        if (!parent.TryGet(part.Name, out var existing))
        {
            var table = new TomlTable(TomlTableForm.Header, scanner.Locate(start));
            parent.Add(part.Name, table, scanner.Locate(part.Offset));
            return table;
        }

        if (existing is TomlTable { Form: TomlTableForm.ImpliedByHeader } implied)
        {
            implied.Form = TomlTableForm.Header;
            return implied;
        }

        FailRedefinition(parent, part, "is defined a second time");
        return null;
    }

    private TomlTable? AppendTable(TomlTable parent, KeyPart part, int start)
    {
        if (!parent.TryGet(part.Name, out var existing))
        {
            existing = new TomlArray(isTableArray: true, scanner.Locate(start));
            parent.Add(part.Name, existing, scanner.Locate(part.Offset));
        }

        if (existing is TomlArray { IsTableArray: true } array)
        {
            var table = new TomlTable(TomlTableForm.Header, scanner.Locate(start));
            array.Add(table);
            return table;
        }

        FailRedefinition(parent, part, "is already defined as something other than an array of tables");
        return null;
    }

    private bool ParseKeyValue(TomlTable table)
    {
        if (ParseKey() is not { } parts)
        {
            return false;
        }

        if (!scanner.TryTake('='))
        {
            return scanner.Fail($"The key must be followed by '=', but there is {scanner.Describe()}.");
        }

        _depth += parts.Count;
        if (!CheckDepth(parts[0].Offset) || FindDottedParent(table, parts) is not { } parent)
        {
            return false;
        }

        var last = parts[^1];
        if (parent.TryGet(last.Name, out _))
        {
            return FailRedefinition(parent, last, "is defined a second time");
        }

        scanner.SkipBlanks();
        if (ParseValue() is not { } value)
        {
            return false;
        }

        parent.Add(last.Name, value, scanner.Locate(last.Offset));
        _depth -= parts.Count;
        return true;
    }

    private TomlTable? FindDottedParent(TomlTable table, List<KeyPart> parts)
    {
        foreach (var part in parts.Take(parts.Count - 1))
        {
            if (!table.TryGet(part.Name, out var value))
            {
                value = new TomlTable(TomlTableForm.DottedKey, scanner.Locate(part.Offset));
                table.Add(part.Name, value, scanner.Locate(part.Offset));
            }

            if (value is not TomlTable { Form: TomlTableForm.DottedKey or TomlTableForm.ImpliedByHeader } next)
            {
                FailRedefinition(table, part, value is TomlTable ? "is a table that is complete; a dotted key cannot add to it" : "is no table, so a dotted key cannot add to it");
                return null;
            }

            // From here on no header may define it: it has been defined by a dotted key.
            next.Form = TomlTableForm.DottedKey;
            table = next;
        }

        return table;
    }

    /// <summary>Parses a key, which may be dotted, and the blanks around it.</summary>
    private List<KeyPart>? ParseKey()
    {
        var parts = new List<KeyPart>();
        do
        {
            scanner.SkipBlanks();
            var start = scanner.Position;
            if (ParseSimpleKey() is not { } name)
            {
                return null;
            }

            parts.Add(new KeyPart(name, start));
            scanner.SkipBlanks();
        }
        while (scanner.TryTake('.'));
        return parts;
    }

    private string? ParseSimpleKey()
    {
        if (scanner.Current is '"' or '\'')
        {
            return TomlStrings.ParseOneLine(scanner, out _);
        }

        var start = scanner.Position;
        while (!scanner.AtEnd && TomlKeys.IsBareCharacter(scanner.Current))
        {
            scanner.Position++;
        }

        if (scanner.Position > start)
        {
            return scanner.Text[start..scanner.Position];
        }

        scanner.Fail($"A key was expected, but there is {scanner.Describe()}.");
        return null;
    }

    private bool CheckDepth(int offset) =>
        _depth <= TomlReader.DeepestNesting || scanner.Fail(offset, $"The document is nested deeper than {TomlReader.DeepestNesting} levels.");

    private bool FailRedefinition(TomlTable table, KeyPart part, string problem) =>
        scanner.Fail(part.Offset, $"{Text.Shown.Quote(table.PathOf(part.Name))} {problem}.");
}
