using System.Globalization;
using System.Text.Json;
using Slipway.Core.Tests.Support;
using Slipway.Core.Toml;

namespace Slipway.Core.Tests.Oracle;

/// <summary>TOML documents as Python's own reader reads them.</summary>
public sealed class TomlOracleTests
{
    private const string Program =
        """
        import json, sys, tomllib, datetime, struct
        def show(v):
            if isinstance(v, dict): return ['t', [[k, show(v[k])] for k in v]]
            if isinstance(v, list): return ['a', [show(i) for i in v]]
            if isinstance(v, bool): return ['b', 'true' if v else 'false']
            if isinstance(v, int): return ['i', str(v)]
            if isinstance(v, float): return ['f', 'nan' if v != v else struct.pack('>d', v).hex()]
            if isinstance(v, str): return ['s', v]
            if isinstance(v, datetime.datetime) and v.tzinfo is not None:
                o = v.utcoffset()
                return ['d', v.replace(tzinfo=None).isoformat(timespec='microseconds') + '|' + str(int(o.total_seconds() // 60))]
            if isinstance(v, (datetime.datetime, datetime.time)): return ['d', v.isoformat(timespec='microseconds')]
            return ['d', v.isoformat()]
        def big(v):
            if isinstance(v, dict): return any(map(big, v.values()))
            if isinstance(v, list): return any(map(big, v))
            return isinstance(v, int) and not -2**63 <= v < 2**63
        out = []
        for text in json.load(sys.stdin):
            try: doc = tomllib.loads(text)
            except (tomllib.TOMLDecodeError, RecursionError): out.append(None)
            else: out.append('big' if big(doc) else show(doc))
        json.dump(out, sys.stdout)
        """;

    private static readonly string[] Keys = ["a", "b", "c", "a.b", "a.b.c", "b.c", "\"q\"", "'a'", "a . c", "1", "\"\""];

    private static readonly string[] Values =
    [
        "1", "-0", "+7", "0x1F", "0o17", "0b11", "1_000", "01", "1__0", "1.5", "-1e3", "1.", "6.02E+23", "1e1_0", "inf", "-nan", "true", "False", "\"x\"", "'y\\'", "\"\\u00e9\\n\"",
        "\"\\x\"", "\"\"\"\nm\\\n  n\"\"\"\"", "'''l\n'''", "1979-05-27", "1979-05-27T07:32:00Z", "1979-05-27 07:32:00.5-07:00", "07:32:00", "1979-02-30", "07:32:00.123456", "{}", "{a = 1}", "{a.b = 1, a.c = 2}",
        "{a = {b = 1}, a.c = 2}", "{a = 1,}", "[]", "[1, 'x',]", "[\n1, # c\n2\n]", "[[1], [2]]", "[{a = 1}, {b = 2}]", "[1 2]", "9223372036854775807", "9223372036854775808", "",
    ];

    [OracleFact]
    public void Documents_validity_and_content_agree()
    {
        var gen = new Gen(5);
        string[] texts = [.. Enumerable.Range(0, 6000).Select(_ => gen.Chance(80) ? Document(gen) : gen.Mutate(Document(gen), "[]{}\"'\\=.,# \n\r\t019eax_-:+\u0001\u007fé"))];
        var answers = PythonOracle.Ask(Program, texts);
        var valid = 0;
        for (var index = 0; index < texts.Length; index++)
        {
            var ours = TomlReader.Parse(texts[index], "t");
            var theirs = answers[index];
            var isValid = theirs.ValueKind == JsonValueKind.Array;
            Assert.True(ours.IsOk == isValid, $"{ours} for\n{texts[index]}\n{theirs}");
            if (isValid)
            {
                Compare(ours.Value, theirs, texts[index]);
                valid++;
            }
        }

        Assert.InRange(valid, 1000, 5500);
    }

    private static void Compare(TomlValue ours, JsonElement theirs, string document)
    {
        var (kind, content) = (theirs[0].GetString(), theirs[1]);
        switch (ours)
        {
            case TomlTable table:
                Assert.Equal(("t", content.GetArrayLength()), (kind, table.Keys.Count));
                foreach (var pair in content.EnumerateArray())
                {
                    Assert.True(table.TryGet(pair[0].GetString()!, out var value), document);
                    Compare(value, pair[1], document);
                }

                break;
            case TomlArray array:
                Assert.Equal(("a", content.GetArrayLength()), (kind, array.Items.Count));
                for (var index = 0; index < array.Items.Count; index++)
                {
                    Compare(array.Items[index], content[index], document);
                }

                break;
            default:
                Assert.Equal((kind, content.GetString()), Scalar(ours));
                break;
        }
    }

    private static (string? Kind, string? Text) Scalar(TomlValue value) => value switch
    {
        TomlBoolean boolean => ("b", boolean.ToString()),
        TomlInteger integer => ("i", integer.ToString()),
        TomlFloat number => ("f", double.IsNaN(number.Value) ? "nan" : BitConverter.DoubleToInt64Bits(number.Value).ToString("x16", CultureInfo.InvariantCulture)),
        TomlString text => ("s", text.Value),
        TomlDateTime dateTime => ("d", DateTime(dateTime)),
        _ => (null, null),
    };

    private static string DateTime(TomlDateTime value)
    {
        var date = value.Date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var time = value.Time?.ToString("HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
        var text = date is not null && time is not null ? $"{date}T{time}" : date ?? time;
        return value.Offset is { } offset ? $"{text}|{(int)offset.TotalMinutes}" : text!;
    }

    private static string Document(Gen gen)
    {
        var end = gen.Pick("\n", "\n", "\r\n");
        return string.Join(end, Enumerable.Range(0, gen.Next(6)).Select(_ => gen.Next(10) switch
        {
            0 or 1 => $"[{gen.Pick(Keys)}]",
            2 => $"[[{gen.Pick(Keys)}]]",
            3 => gen.Pick(string.Empty, "# comment", "  "),
            _ => $"{gen.Pick(Keys)}{gen.Pick(" ", string.Empty)}= {(gen.Chance(70) ? gen.Pick("1", "'s'", "{}", "[]", "true") : gen.Pick(Values))}{gen.Pick(string.Empty, " # c")}",
        })) + gen.Pick(end, string.Empty);
    }
}
