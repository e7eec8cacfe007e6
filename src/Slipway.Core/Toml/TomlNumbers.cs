using System.Globalization;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Core.Toml;

/// <summary>Booleans, numbers, dates and times: the values that are one word.</summary>
internal static class TomlNumbers
{
    /// <summary>Parses the word at the scanner's position; null means that the scanner holds a failure.</summary>
    public static TomlValue? Parse(TomlScanner scanner)
    {
        var start = scanner.Position;
        var word = TakeWord(scanner);
        if (word.Length == 0)
        {
            scanner.Fail(start, $"A value was expected, but there is {scanner.Describe()}.");
            return null;
        }

        var location = scanner.Locate(start);
        if (word is "true" or "false")
        {
            return new TomlBoolean(word == "true", location);
        }

        if (TomlDates.Parse(word, location) is { } date)
        {
            return date;
        }

        return ParseFloat(word) is { } number ? new TomlFloat(number, location) : ParseInteger(scanner, start, word, location);
    }

    private static double? ParseFloat(string word) => word switch
    {
        "inf" or "+inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        "nan" or "+nan" or "-nan" => double.NaN,
        _ when IsFloat(word) => double.Parse(WithoutUnderscores(word), NumberStyles.Float, CultureInfo.InvariantCulture),
        _ => null,
    };

    private static TomlInteger? ParseInteger(TomlScanner scanner, int start, string word, FailureLocation location)
    {
        if (!IsInteger(word, out var radix))
        {
            scanner.Fail(start, $"{Shown.Quote(word)} is not a value of TOML; text needs quotation marks.");
            return null;
        }

        if (ParseInteger(WithoutUnderscores(word), radix) is { } number)
        {
            return new TomlInteger(number, location);
        }

        scanner.Fail(start, $"The integer {Shown.Quote(word)} does not fit into 64 bits.");
        return null;
    }

    private static string TakeWord(TomlScanner scanner)
    {
        var start = scanner.Position;
        SkipWord(scanner);

        // A date and a time may be separated by one blank.
        if (scanner.Position - start == 10 && scanner.Text[start + 4] == '-' && scanner.Current == ' ' && char.IsAsciiDigit(scanner.Peek(1)))
        {
            scanner.Position++;
            SkipWord(scanner);
        }

        return scanner.Text[start..scanner.Position];
    }

    private static void SkipWord(TomlScanner scanner)
    {
        while (char.IsAsciiLetterOrDigit(scanner.Current) || scanner.Current is '+' or '-' or '_' or '.' or ':')
        {
            scanner.Position++;
        }
    }

    private static bool IsFloat(ReadOnlySpan<char> word)
    {
        var mantissa = word;
        if (word.IndexOfAny('e', 'E') is >= 0 and var exponentAt)
        {
            var exponent = word[(exponentAt + 1)..];
            if (!AreDigits(exponent.StartsWith("+", StringComparison.Ordinal) || exponent.StartsWith("-", StringComparison.Ordinal) ? exponent[1..] : exponent, 10))
            {
                return false;
            }

            mantissa = word[..exponentAt];
        }

        var dot = mantissa.IndexOf('.');
        return dot < 0
            ? mantissa.Length < word.Length && IsDecimal(mantissa)
            : IsDecimal(mantissa[..dot]) && AreDigits(mantissa[(dot + 1)..], 10);
    }

    private static bool IsInteger(ReadOnlySpan<char> word, out int radix)
    {
        radix = word switch
        {
            ['0', 'x', ..] => 16,
            ['0', 'o', ..] => 8,
            ['0', 'b', ..] => 2,
            _ => 10,
        };
        return radix == 10 ? IsDecimal(word) : AreDigits(word[2..], radix);
    }

    private static bool IsDecimal(ReadOnlySpan<char> word)
    {
        var digits = word is ['+' or '-', ..] ? word[1..] : word;
        return AreDigits(digits, 10) && (digits.Length == 1 || digits[0] != '0');
    }

    /// <summary>Whether there are digits, with underscores at most singly and only between digits.</summary>
    private static bool AreDigits(ReadOnlySpan<char> text, int radix)
    {
        var afterDigit = false;
        foreach (var character in text)
        {
            var isDigit = char.IsAsciiHexDigit(character) && Digit(character) < radix;
            if (!isDigit && (character != '_' || !afterDigit))
            {
                return false;
            }

            afterDigit = isDigit;
        }

        return afterDigit;
    }

    private static long? ParseInteger(string word, int radix)
    {
        if (radix == 10)
        {
            return long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
        }

        long value = 0;
        foreach (var character in word.AsSpan(2))
        {
            var digit = Digit(character);
            if (value > (long.MaxValue - digit) / radix)
            {
                return null;
            }

            value = (value * radix) + digit;
        }

        return value;
    }

    private static int Digit(char hexDigit) => char.IsAsciiDigit(hexDigit) ? hexDigit - '0' : char.ToLowerInvariant(hexDigit) - 'a' + 10;

    private static string WithoutUnderscores(string word) => word.Replace("_", string.Empty, StringComparison.Ordinal);
}
