using System.Globalization;
using System.Text;

namespace Slipway.Core.Toml;

/// <summary>The four kinds of strings. Null means that the scanner holds a failure.</summary>
internal static class TomlStrings
{
    /// <summary>Parses a string in single quotation marks, basic or literal, which ends on its line.</summary>
    /// <param name="scanner">At the opening quotation mark.</param>
    /// <param name="isVerbatim">Whether the text stands in the document as it is.</param>
    public static string? ParseOneLine(TomlScanner scanner, out bool isVerbatim)
    {
        isVerbatim = true;
        var start = scanner.Position;
        var quote = scanner.Current;
        scanner.Position++;
        var builder = new StringBuilder();
        while (!scanner.TryTake(quote))
        {
            if (scanner.AtEnd || scanner.Current is '\n' or '\r')
            {
                scanner.Fail(start, "The string is not closed on its line.");
                return null;
            }

            if (quote == '"' && scanner.Current == '\\')
            {
                isVerbatim = false;
                if (!TakeEscape(scanner, builder))
                {
                    return null;
                }
            }
            else if (!TakeCharacter(scanner, builder))
            {
                return null;
            }
        }

        return builder.ToString();
    }

    /// <summary>Parses a string in triple quotation marks, basic or literal.</summary>
    /// <param name="scanner">At the first opening quotation mark.</param>
    public static string? ParseMultiLine(TomlScanner scanner)
    {
        var start = scanner.Position;
        var quote = scanner.Current;
        scanner.Position += 3;
        scanner.TryTakeNewline();
        var builder = new StringBuilder();
        while (!scanner.AtEnd)
        {
            if (scanner.Current == quote)
            {
                if (TakeQuotes(scanner, builder, quote))
                {
                    return builder.ToString();
                }
            }
            else if (scanner.TryTakeNewline())
            {
                builder.Append('\n');
            }
            else if (quote == '"' && scanner.Current == '\\' ? !TakeContinuation(scanner) && !TakeEscape(scanner, builder) : !TakeCharacter(scanner, builder))
            {
                return null;
            }
        }

        scanner.Fail(start, "The string is not closed.");
        return null;
    }

    /// <summary>Takes quotation marks within or at the end of a string; true when they closed it.</summary>
    private static bool TakeQuotes(TomlScanner scanner, StringBuilder builder, char quote)
    {
        // Up to two quotation marks may stand directly before the three that close the string.
        var count = 0;
        while (count < 5 && scanner.Peek(count) == quote)
        {
            count++;
        }

        scanner.Position += count;
        builder.Append(quote, count >= 3 ? count - 3 : count);
        return count >= 3;
    }

    /// <summary>Takes a backslash at the end of a line and the blank space up to the next text; false for any other backslash.</summary>
    private static bool TakeContinuation(TomlScanner scanner)
    {
        var start = scanner.Position++;
        scanner.SkipBlanks();
        if (!scanner.TryTakeNewline())
        {
            scanner.Position = start;
            return false;
        }

        do
        {
            scanner.SkipBlanks();
        }
        while (scanner.TryTakeNewline());
        return true;
    }

    private static bool TakeCharacter(TomlScanner scanner, StringBuilder builder)
    {
        if (TomlScanner.IsForbidden(scanner.Current))
        {
            return scanner.Fail("A string must not hold a control character as such; write it as an escape.");
        }

        builder.Append(scanner.Current);
        scanner.Position++;
        return true;
    }

    private static bool TakeEscape(TomlScanner scanner, StringBuilder builder)
    {
        var start = scanner.Position;
        var kind = scanner.Peek(1);
        scanner.Position += 2;
        switch (kind)
        {
            case 'u':
                return TakeCodePoint(scanner, builder, start, 4);
            case 'U':
                return TakeCodePoint(scanner, builder, start, 8);
            default:
                var index = "btnfr\"\\".IndexOf(kind, StringComparison.Ordinal);
                if (index < 0)
                {
                    return scanner.Fail(start, "The escape is unknown; TOML has \\b \\t \\n \\f \\r \\\" \\\\ \\uXXXX and \\UXXXXXXXX. A literal string in '...' takes backslashes as they are.");
                }

                builder.Append("\b\t\n\f\r\"\\"[index]);
                return true;
        }
    }

    private static bool TakeCodePoint(TomlScanner scanner, StringBuilder builder, int start, int digits)
    {
        var available = Math.Min(digits, Math.Max(0, scanner.Text.Length - scanner.Position));
        var text = scanner.Text.AsSpan(Math.Min(scanner.Position, scanner.Text.Length), available);
        if (available < digits
            || !uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            || !Rune.IsValid(value))
        {
            return scanner.Fail(start, $"The escape needs {digits} hexadecimal digits that name a Unicode character.");
        }

        builder.Append(new Rune(value));
        scanner.Position += digits;
        return true;
    }
}
