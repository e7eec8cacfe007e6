using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Slipway.Core.Text;

/// <summary>
/// JSON in one spelling, for digests: the JSON Canonicalization Scheme (RFC 8785). Members are ordered by the UTF-16 units of their names, strings escape
/// only what they must, numbers are written as ECMAScript writes them, and there are no blanks.
/// </summary>
/// <remarks>
/// A number that is no exact double (a seed of 64 bits, say) keeps its own digits, where the RFC, which speaks of I-JSON only, would round it: two different
/// numbers must not have one digest.
/// </remarks>
public static class CanonicalJson
{
    /// <summary>The canonical UTF-8 bytes of a value.</summary>
    public static byte[] Bytes(JsonElement value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Write(value, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The canonical text of a value.</summary>
    public static string Text(JsonElement value) => Encoding.UTF8.GetString(Bytes(value));

    /// <summary>Appends a value.</summary>
    public static void Write(JsonElement value, IBufferWriter<byte> to)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(value, to);
                break;
            case JsonValueKind.Array:
                WriteArray(value, to);
                break;
            case JsonValueKind.String:
                WriteString(value.GetString()!, to);
                break;
            case JsonValueKind.Number:
                Put(NumberText(value.GetRawText()), to);
                break;
            case JsonValueKind.True:
                to.Write("true"u8);
                break;
            case JsonValueKind.False:
                to.Write("false"u8);
                break;
            default:
                to.Write("null"u8);
                break;
        }
    }

    /// <summary>Appends a text as a JSON string.</summary>
    public static void WriteString(string text, IBufferWriter<byte> to)
    {
        to.Write("\""u8);
        var plain = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] >= ' ' && text[i] is not ('"' or '\\'))
            {
                continue;
            }

            Put(text.AsSpan(plain, i - plain), to);
            plain = i + 1;
            Put(Escape(text[i]), to);
        }

        Put(text.AsSpan(plain), to);
        to.Write("\""u8);
    }

    private static void WriteObject(JsonElement value, IBufferWriter<byte> to)
    {
        var members = new List<JsonProperty>();
        members.AddRange(value.EnumerateObject());
        members.Sort(static (one, other) => string.CompareOrdinal(one.Name, other.Name));
        to.Write("{"u8);
        for (var i = 0; i < members.Count; i++)
        {
            to.Write(i > 0 ? ","u8 : default);
            WriteString(members[i].Name, to);
            to.Write(":"u8);
            Write(members[i].Value, to);
        }

        to.Write("}"u8);
    }

    private static void WriteArray(JsonElement value, IBufferWriter<byte> to)
    {
        to.Write("["u8);
        var first = true;
        foreach (var item in value.EnumerateArray())
        {
            to.Write(first ? default : ","u8);
            first = false;
            Write(item, to);
        }

        to.Write("]"u8);
    }

    private static string Escape(char character) => character switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\b' => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        '\f' => "\\f",
        '\r' => "\\r",
        _ => $"\\u{(int)character:x4}",
    };

    private static void Put(ReadOnlySpan<char> text, IBufferWriter<byte> to)
    {
        if (!text.IsEmpty)
        {
            Encoding.UTF8.GetBytes(text, to);
        }
    }

    // ECMA-262, Number::toString, over the shortest digits that read back as the same double.
    private static string NumberText(string literal)
    {
        var number = double.Parse(literal, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!double.IsFinite(number) || IsInexactInteger(literal, number))
        {
            return literal;
        }

        if (number == 0)
        {
            return "0";
        }

        var parts = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture).Split('E');
        var whole = parts[0].IndexOf('.', StringComparison.Ordinal);
        var digits = parts[0].Replace(".", string.Empty, StringComparison.Ordinal);
        var zeros = digits.Length - digits.TrimStart('0').Length;
        var exponent = parts.Length > 1 ? int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0;
        var point = (whole < 0 ? digits.Length : whole) + exponent - zeros;
        return (number < 0 ? "-" : string.Empty) + Arrange(digits.Trim('0'), point);
    }

    private static bool IsInexactInteger(string literal, double number) =>
        literal.AsSpan().IndexOfAny('.', 'e', 'E') < 0 && Math.Abs(number) >= 9007199254740992
        && (!decimal.TryParse(literal, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exact) || Math.Abs(exact) > long.MaxValue || (decimal)number != exact);

    private static string Arrange(string digits, int point) => point switch
    {
        > 0 and <= 21 when digits.Length <= point => digits.PadRight(point, '0'),
        > 0 and <= 21 => $"{digits[..point]}.{digits[point..]}",
        > -6 and <= 0 => $"0.{new string('0', -point)}{digits}",
        _ => $"{digits[..1]}{(digits.Length > 1 ? "." + digits[1..] : string.Empty)}e{(point > 0 ? "+" : "-")}{Math.Abs(point - 1).ToString(CultureInfo.InvariantCulture)}",
    };
}
