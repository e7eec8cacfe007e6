using Slipway.Core.Tests.Support;
using Slipway.Core.Toml;

namespace Slipway.Core.Tests.Toml;

public sealed class TomlTableTests
{
    private static readonly TomlTable Root = Must.Succeed(TomlReader.Parse(
        "[tool.slipway]\nname = 'x'\nsize = 3\nratio = 1.5\non = true\nwhen = 2024-01-02\nlist = ['a', 'b']\nmixed = ['a', 1]\n[[tool.slipway.items]]\nid = 'q'\n", "p.toml"));

    private static TomlTable Slipway => Must.Succeed(Must.Succeed(Root.GetTable("tool")).GetTable("slipway"));

    [Fact]
    public void Get_present_value_of_the_type_is_given()
    {
        Assert.Equal("x", Must.Succeed(Slipway.GetString("name")));
        Assert.Equal(3, Must.Succeed(Slipway.GetInteger("size")));
        Assert.Equal(1.5, Must.Succeed(Slipway.FindFloat("ratio")).Or(0));
        Assert.Equal(3.0, Must.Succeed(Slipway.FindFloat("size")).Or(0));
        Assert.True(Must.Succeed(Slipway.FindBoolean("on")).Or(false));
        Assert.Equal("2024-01-02", Must.Succeed(Slipway.FindDateTime("when")).OrDefault()!.ToString());
        Assert.Equal("a b", string.Join(' ', Must.Succeed(Slipway.GetStrings("list"))));
        Assert.Equal("q", Must.Succeed(Must.Succeed(Slipway.GetTables("items"))[0].GetString("id")));
        Assert.Equal(2, Must.Succeed(Slipway.FindArray("mixed")).OrDefault()!.Items.Count);
    }

    [Fact]
    public void Find_absent_value_is_nothing_and_get_is_a_failure()
    {
        Assert.False(Must.Succeed(Slipway.FindString("absent")).HasValue);
        Assert.Empty(Must.Succeed(Slipway.GetStrings("absent")));
        Assert.Empty(Must.Succeed(Slipway.GetTables("absent")));
        Assert.Null(Must.Succeed(Slipway.FindTable("absent")).OrDefault());
        var failure = Must.Fail(Slipway.GetString("absent"), CoreFailures.TomlMissing);
        Assert.Contains("tool.slipway.absent", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, failure.Location!.Line);
    }

    [Fact]
    public void Get_other_type_names_path_line_and_types()
    {
        var failure = Must.Fail(Slipway.GetString("size"), CoreFailures.TomlType);
        Assert.Equal("tool.slipway.size must be a string, but it is an integer.", failure.Message);
        Assert.Equal("p.toml:3:8", failure.Location!.ToString());
        Assert.Contains("tool.slipway.mixed[1] must be a string", Must.Fail(Slipway.GetStrings("mixed"), CoreFailures.TomlType).Message, StringComparison.Ordinal);
        Must.Fail(Slipway.GetTable("name"), CoreFailures.TomlType);
        Must.Fail(Slipway.GetTables("list"), CoreFailures.TomlType);
        Must.Fail(Slipway.FindBoolean("name"), CoreFailures.TomlType);
    }

    [Fact]
    public void AllowOnly_other_key_is_refused_where_it_stands()
    {
        var failure = Must.Fail(Slipway.AllowOnly("name", "size", "ratio", "on", "list", "mixed", "items"), CoreFailures.TomlType);
        Assert.Equal("p.toml:6:1", failure.Location!.ToString());
        Assert.True(Root.AllowOnly("tool").IsOk);
    }

    [Fact]
    public void ToUtc_offset_is_taken_off_and_bounds_are_kept()
    {
        var root = Must.Succeed(TomlReader.Parse("a = 2024-01-01T00:30:00+01:00\nb = 0001-01-01T00:00:00+01:00\nc = 2024-01-01", "t"));
        Assert.Equal(new DateTimeOffset(2023, 12, 31, 23, 30, 0, TimeSpan.Zero), Must.Succeed(root.FindDateTime("a")).OrDefault()!.ToUtc());
        Assert.Null(Must.Succeed(root.FindDateTime("b")).OrDefault()!.ToUtc());
        Assert.Null(Must.Succeed(root.FindDateTime("c")).OrDefault()!.ToUtc());
    }
}
