using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Slipway.Cloud.Money;

/// <summary>
/// One line of a record: <c>{"sum":"64 hex digits","record":{…}}</c>. The sum is the SHA-256 of the previous line's sum and this record's bytes, so no line can be
/// changed, left out or moved without all later ones failing.
/// </summary>
internal static class RecordLines
{
    /// <summary>What stands for the sum before the first line.</summary>
    public static readonly string Start = new('0', SumDigits);

    private const int SumDigits = 64;
    private const string Before = "{\"sum\":\"";
    private const string Between = "\",\"record\":";

    public static string Sum(string previous, ReadOnlySpan<byte> record)
    {
        var all = new byte[SumDigits + record.Length];
        Encoding.ASCII.GetBytes(previous, all);
        record.CopyTo(all.AsSpan(SumDigits));
        return Convert.ToHexStringLower(SHA256.HashData(all));
    }

    /// <summary>The line, its end included.</summary>
    public static byte[] Render(string sum, ReadOnlySpan<byte> record) =>
        [.. Encoding.ASCII.GetBytes(Before + sum + Between), .. record, (byte)'}', (byte)'\n'];

    /// <summary>The record of a line without its end; null when the line does not follow the one before.</summary>
    public static JsonElement? Read(ReadOnlyMemory<byte> line, string previous, out string sum)
    {
        var head = Before.Length + SumDigits + Between.Length;
        sum = previous;
        if (line.Length < head + 3 || line.Span[^1] != (byte)'}')
        {
            return null;
        }

        var record = line[head..^1];
        var expected = Sum(previous, record.Span);
        if (!line.Span[..head].SequenceEqual(Encoding.ASCII.GetBytes(Before + expected + Between)))
        {
            return null;
        }

        sum = expected;
        return JsonText.Read(record);
    }
}
