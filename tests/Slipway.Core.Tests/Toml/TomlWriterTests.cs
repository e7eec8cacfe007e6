using Slipway.Core.Tests.Support;
using Slipway.Core.Toml;

namespace Slipway.Core.Tests.Toml;

public sealed class TomlWriterTests
{
    private const string Alphabet = "ab z\"'\\\n\t\r#=[]{}.,äß🐍\u0001\u007f";

    [Fact]
    public void Write_document_has_the_standard_style()
    {
        var table = new TomlTableBuilder()
            .Add("tool", new TomlTableBuilder().Add("slipway", new TomlTableBuilder().Add("x", 1).Build()).Build())
            .Add("a key", "b\"c\u0001")
            .Add("absent", (string?)null)
            .Add("wheels", new TomlArray([new TomlTableBuilder(isInline: true).Add("n", "1").AddStrings("t", ["x", "y"]).Build()]))
            .Add("packages", new TomlArray([new TomlTableBuilder().Add("on", true).Build(), new TomlTableBuilder().Build()], isTableArray: true))
            .Add("at", new DateTimeOffset(2024, 1, 2, 5, 0, 0, TimeSpan.FromHours(2)))
            .Build();
        Assert.Equal(
            """
            "a key" = "b\"c\u0001"
            wheels = [
                {n = "1", t = ["x", "y"]},
            ]
            at = 2024-01-02T03:00:00Z

            [tool.slipway]
            x = 1

            [[packages]]
            on = true

            [[packages]]

            """,
            TomlWriter.Write(table));
    }

    [Fact]
    public void Write_generated_tables_round_trip()
    {
        const int Seed = 100;
        var gen = new Gen(Seed);
        for (var round = 0; round < 1500; round++)
        {
            var table = Table(gen, depth: 4, isInline: false);
            var text = TomlWriter.Write(table);
            var again = TomlReader.Parse(text, "t");
            Assert.True(again.IsOk && again.Value.Equals(table), $"seed {Seed}, round {round}: {again}\n{text}");
            Assert.Equal(text, TomlWriter.Write(again.Value));
        }
    }

    [Fact]
    public void Equals_content_counts_and_order_of_keys_does_not()
    {
        var one = Must.Succeed(TomlReader.Parse("a = 1\nb = {c = [1, nan]}", "t"));
        var other = Must.Succeed(TomlReader.Parse("[b]\nc = [1, nan]\n", "u"));
        Assert.False(one.Equals(other));
        Assert.True(one.Equals(Must.Succeed(TomlReader.Parse("b.c = [1, nan]\na = 0x1", "u"))));
    }

    private static TomlTable Table(Gen gen, int depth, bool isInline)
    {
        var builder = new TomlTableBuilder(isInline);
        foreach (var key in Enumerable.Range(0, gen.Next(5)).Select(_ => gen.Repeat(0, 4, () => gen.Pick("a", "b", "1", "-", ".", "é", "\"", " "))).Distinct(StringComparer.Ordinal))
        {
            builder.Add(key, Value(gen, depth - 1, isInline));
        }

        return builder.Build();
    }

    private static TomlValue Value(Gen gen, int depth, bool isInline) => gen.Next(depth > 0 ? 9 : 6) switch
    {
        0 => new TomlString(gen.Repeat(0, 12, () => string.Concat(gen.Pick(Alphabet.EnumerateRunes().ToArray())))),
        1 => new TomlInteger(gen.Chance(20) ? gen.Pick(long.MinValue, long.MaxValue) : gen.Next(1000) - 500),
        2 => new TomlFloat(gen.Pick(double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, 1e300, -1.5e-300, 1e16, gen.Next(1000) / 7.0)),
        3 => new TomlBoolean(gen.Chance(50)),
        4 or 5 => DateTime(gen),
        6 => new TomlArray(Enumerable.Range(0, gen.Next(5)).Select(_ => Value(gen, depth - 1, isInline: true))),
        7 when !isInline => new TomlArray(Enumerable.Range(0, 1 + gen.Next(3)).Select(_ => Table(gen, depth - 1, isInline: false)), isTableArray: true),
        _ => Table(gen, depth - 1, isInline || gen.Chance(30)),
    };

    private static TomlDateTime DateTime(Gen gen)
    {
        var date = new DateOnly(1 + gen.Next(9999), 1 + gen.Next(12), 1 + gen.Next(28));
        var time = new TimeOnly(gen.Next(24), gen.Next(60), gen.Next(60)).Add(TimeSpan.FromTicks(gen.Pick(0, 1, 1000, 5_000_000, 9_999_999)));
        return gen.Next(4) switch
        {
            0 => new TomlDateTime(date, time: null),
            1 => new TomlDateTime(date: null, time),
            2 => new TomlDateTime(date, time),
            _ => new TomlDateTime(date, time, TimeSpan.FromMinutes(gen.Next(2879) - 1439)),
        };
    }
}
