using System.Text;
using Xunit.Sdk;

namespace Slipway.TestKit.Tests;

public sealed class GenTests
{
    [Fact]
    public void Same_seed_gives_the_same_values()
    {
        static string Draw(int seed)
        {
            var gen = new Gen(seed);
            return gen.Text(5, 50) + gen.Int(int.MinValue, int.MaxValue) + Convert.ToHexString(gen.Bytes(0, 9)) + string.Concat(gen.Shuffle(Gen.Letters));
        }

        Assert.Equal(Draw(7), Draw(7), StringComparer.Ordinal);
        Assert.NotEqual(Draw(7), Draw(8), StringComparer.Ordinal);
    }

    [Fact]
    public void Values_keep_their_bounds_and_reach_them()
    {
        var lengths = new HashSet<int>();
        Property.Check(200, gen =>
        {
            var text = gen.String(Gen.Digits, 1, 3);
            Assert.All(text, digit => Assert.True(char.IsAsciiDigit(digit)));
            lengths.Add(text.Length);
            Assert.InRange(gen.Pick(4, 5), 4, 5);
            Assert.InRange(gen.List(inner => inner.Bool(), 0, 2).Count, 0, 2);
            Assert.All(gen.ControlCharacters(1, 5), character => Assert.Contains(character, Gen.Controls));
        });

        Assert.Equal([1, 2, 3], lengths.Order());
    }

    [Fact]
    public void Unicode_is_valid_in_utf8()
    {
        var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        Property.Check(200, gen =>
        {
            var text = gen.Unicode(0, 20) + gen.Text(0, 20);
            Assert.Equal(text, strict.GetString(strict.GetBytes(text)));
        });
    }

    [Fact]
    public void Failed_property_names_its_seed()
    {
        var failure = Assert.Throws<XunitException>(() => Property.Check(1000, gen => Assert.NotEqual(5, gen.Int(1, 6))));

        var seed = int.Parse(failure.Message.Split("SLIPWAY_TEST_SEED=")[1].Split('.')[0]);
        Assert.Equal(5, new Gen(seed).Int(1, 6));
    }

    [Fact]
    public void Snapshot_difference_shows_the_changed_lines_with_context()
    {
        var diff = Snapshot.Diff(["a", "b", "c", "d"], ["a", "x", "y", "d"]);

        Assert.Equal("@@ line 2 @@\n  a\n- b\n- c\n+ x\n+ y\n  d\n", diff);
    }

    [Fact]
    public void Snapshot_that_is_absent_or_different_fails()
    {
        using var folder = new TempFolder();
        var source = folder.WriteFile("Some.cs", string.Empty);
        folder.WriteFile("__snapshots__/Some.here.txt", "one\ntwo\n");

        Snapshot.Match("one\ntwo", source, "here");
        Assert.Contains("+ three", Assert.ThrowsAny<XunitException>(() => Snapshot.Match("one\nthree", source, "here")).Message, StringComparison.Ordinal);
        Assert.ThrowsAny<XunitException>(() => Snapshot.Match("one", source, "absent"));
    }
}
