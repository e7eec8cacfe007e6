using System.Text;
using Slipway.Core.Tests.Support;
using Slipway.Core.Toml;

namespace Slipway.Core.Tests.Toml;

public sealed class TomlReaderValidTests
{
    [Theory]
    [InlineData("", "{}")]
    [InlineData("\n\r\n  \t\n", "{}")]
    [InlineData("# only a comment", "{}")]
    [InlineData("# tab\tand ünïcode 🐍\r\n", "{}")]
    [InlineData("\uFEFFa = 1", "{a=1}")]
    [InlineData("a = 1 # why", "{a=1}")]
    [InlineData("a=1\r\nb=2", "{a=1,b=2}")]
    [InlineData("bare_key-1 = 1", "{bare_key-1=1}")]
    [InlineData("1234 = 1", "{1234=1}")]
    [InlineData("\"\" = 1", "{=1}")]
    [InlineData("'' = 1", "{=1}")]
    [InlineData("\"a.b\" = 1", "{a.b=1}")]
    [InlineData("'quoted \"k\"' = 1", "{quoted \"k\"=1}")]
    [InlineData("\"\\u00e4\" = 1", "{ä=1}")]
    [InlineData("a.b.c = 1", "{a={b={c=1}}}")]
    [InlineData("a . b = 1", "{a={b=1}}")]
    [InlineData("a.\"b.c\".'d' = 1", "{a={b.c={d=1}}}")]
    [InlineData("3.14 = 1", "{3={14=1}}")]
    [InlineData("a.b = 1\na.c = 2", "{a={b=1,c=2}}")]
    [InlineData("a.b = 1\nx = 0\na.c = 2", "{a={b=1,c=2},x=0}")]
    [InlineData("true = 1\ninf = 2", "{true=1,inf=2}")]
    public void Parse_keys_and_layout(string text, string expected) => Check(text, expected);

    [Theory]
    [InlineData("a = \"\"", "{a=''}")]
    [InlineData("a = \"x # y\"", "{a='x # y'}")]
    [InlineData("a = \"\\b\\t\\n\\f\\r\\\"\\\\\"", "{a='\b\t\n\f\r\"\\'}")]
    [InlineData("a = \"\\u0041\\U0001F40D\"", "{a='A🐍'}")]
    [InlineData("a = \"tab\there\"", "{a='tab\there'}")]
    [InlineData("a = 'C:\\x\\n'", "{a='C:\\x\\n'}")]
    [InlineData("a = ''", "{a=''}")]
    [InlineData("a = \"\"\"\"\"\"", "{a=''}")]
    [InlineData("a = ''''''", "{a=''}")]
    [InlineData("a = \"\"\"\nline\nnext\"\"\"", "{a='line\nnext'}")]
    [InlineData("a = \"\"\"\r\nline\r\nnext\"\"\"", "{a='line\nnext'}")]
    [InlineData("a = \"\"\"\n\nx\"\"\"", "{a='\nx'}")]
    [InlineData("a = \"\"\"x \\\n   y\"\"\"", "{a='x y'}")]
    [InlineData("a = \"\"\"x \\  \r\n \n\t y\"\"\"", "{a='x y'}")]
    [InlineData("a = \"\"\"\\\n\"\"\"", "{a=''}")]
    [InlineData("a = \"\"\"a\"b\"\"c\"\"\"", "{a='a\"b\"\"c'}")]
    [InlineData("a = \"\"\"x\"\"\"\"", "{a='x\"'}")]
    [InlineData("a = \"\"\"x\"\"\"\"\"", "{a='x\"\"'}")]
    [InlineData("a = \"\"\"\"x\"\"\"", "{a='\"x'}")]
    [InlineData("a = \"\"\"x\\\"\"\"\"", "{a='x\"'}")]
    [InlineData("a = \"\"\"\\u00e4\\\\\"\"\"", "{a='ä\\'}")]
    [InlineData("a = '''\nC:\\x\n'y' ''z'''''", "{a='C:\\x\n'y' ''z'''}")]
    [InlineData("a = '''\\\n'''", "{a='\\\n'}")]
    public void Parse_strings(string text, string expected) => Check(text, expected);

    [Theory]
    [InlineData("0", "0")]
    [InlineData("+0", "0")]
    [InlineData("-0", "0")]
    [InlineData("+99", "99")]
    [InlineData("-17", "-17")]
    [InlineData("1_000_000", "1000000")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("0xDEADbeef", "3735928559")]
    [InlineData("0xdead_beef", "3735928559")]
    [InlineData("0x7fffffffffffffff", "9223372036854775807")]
    [InlineData("0x00ff", "255")]
    [InlineData("0o755", "493")]
    [InlineData("0b1101_0110", "214")]
    [InlineData("1.0", "1.0")]
    [InlineData("+1.5", "1.5")]
    [InlineData("-0.01", "-0.01")]
    [InlineData("0.0", "0.0")]
    [InlineData("5e+22", "5e+22")]
    [InlineData("1e06", "1000000.0")]
    [InlineData("-2E-2", "-0.02")]
    [InlineData("6.626e-34", "6.626e-34")]
    [InlineData("224_617.445_991_228", "224617.445991228")]
    [InlineData("1e1_0", "10000000000.0")]
    [InlineData("1e400", "inf")]
    [InlineData("inf", "inf")]
    [InlineData("+inf", "inf")]
    [InlineData("-inf", "-inf")]
    [InlineData("nan", "nan")]
    [InlineData("-nan", "nan")]
    [InlineData("true", "true")]
    [InlineData("false", "false")]
    public void Parse_numbers_and_booleans(string value, string expected) => Check($"a = {value}", $"{{a={expected}}}");

    [Theory]
    [InlineData("1979-05-27T07:32:00Z", "1979-05-27T07:32:00Z", TomlDateTimeKind.OffsetDateTime)]
    [InlineData("1979-05-27t07:32:00z", "1979-05-27T07:32:00Z", TomlDateTimeKind.OffsetDateTime)]
    [InlineData("1979-05-27 07:32:00-07:00", "1979-05-27T07:32:00-07:00", TomlDateTimeKind.OffsetDateTime)]
    [InlineData("1979-05-27T00:32:00.999999+23:59", "1979-05-27T00:32:00.999999+23:59", TomlDateTimeKind.OffsetDateTime)]
    [InlineData("1979-05-27T07:32:00", "1979-05-27T07:32:00", TomlDateTimeKind.LocalDateTime)]
    [InlineData("1979-05-27 07:32:00.5", "1979-05-27T07:32:00.5", TomlDateTimeKind.LocalDateTime)]
    [InlineData("1979-05-27T07:32:00.12345678999", "1979-05-27T07:32:00.1234567", TomlDateTimeKind.LocalDateTime)]
    [InlineData("1979-05-27", "1979-05-27", TomlDateTimeKind.LocalDate)]
    [InlineData("2000-02-29", "2000-02-29", TomlDateTimeKind.LocalDate)]
    [InlineData("07:32:00", "07:32:00", TomlDateTimeKind.LocalTime)]
    [InlineData("23:59:59.999999", "23:59:59.999999", TomlDateTimeKind.LocalTime)]
    public void Parse_dates_and_times(string value, string expected, TomlDateTimeKind kind)
    {
        Must.Succeed(TomlReader.Parse($"a = {value} # x", "t")).TryGet("a", out var parsed);
        Assert.Equal(kind, Assert.IsType<TomlDateTime>(parsed).DateTimeKind);
        Assert.Equal(expected, parsed.ToString());
    }

    [Theory]
    [InlineData("a = []", "{a=[]}")]
    [InlineData("a = [1, 2,]", "{a=[1,2]}")]
    [InlineData("a = [1, 'x', 1.5, {b=1}, [true]]", "{a=[1,'x',1.5,{b=1},[true]]}")]
    [InlineData("a = [ # c\n  1, # d\n\n  2 # e\n , # f\n ]", "{a=[1,2]}")]
    [InlineData("a = [\r\n]", "{a=[]}")]
    [InlineData("a = 1979-05-27 # x", "{a=1979-05-27}")]
    [InlineData("a = [1979-05-27 , 1979-05-28]", "{a=[1979-05-27,1979-05-28]}")]
    [InlineData("a = {}", "{a={}}")]
    [InlineData("a = { }", "{a={}}")]
    [InlineData("a = {b = 1, c = 'x'}", "{a={b=1,c='x'}}")]
    [InlineData("a = {b.c = 1, b.d = 2}", "{a={b={c=1,d=2}}}")]
    [InlineData("a = {b = [\n1,\n2]}", "{a={b=[1,2]}}")]
    [InlineData("a = {\"x y\" = {z = 1}}", "{a={x y={z=1}}}")]
    public void Parse_arrays_and_inline_tables(string text, string expected) => Check(text, expected);

    [Theory]
    [InlineData("[a]", "{a={}}")]
    [InlineData("[ a . 'b.c' ]", "{a={b.c={}}}")]
    [InlineData("[a] # c\nb = 1\n[c]\nb = 2", "{a={b=1},c={b=2}}")]
    [InlineData("[a.b]\nx = 1\n[a]\ny = 2", "{a={b={x=1},y=2}}")]
    [InlineData("[a.b.c]\n[a.d]\n[a]", "{a={b={c={}},d={}}}")]
    [InlineData("[[a]]\nb = 1\n[[a]]\nb = 2", "{a=[{b=1},{b=2}]}")]
    [InlineData("[[a]]\n[[a.b]]\nx = 1\n[[a.b]]\nx = 2\n[a.c]\ny = 3\n[[a]]\n[[a.b]]\nx = 4", "{a=[{b=[{x=1},{x=2}],c={y=3}},{b=[{x=4}]}]}")]
    [InlineData("[a]\nb.c = 1\n[a.b.d]\ne = 2", "{a={b={c=1,d={e=2}}}}")]
    [InlineData("[a.b.c]\nz = 9\n[a]\nb.d = 1", "{a={b={c={z=9},d=1}}}")]
    [InlineData("[a]\n[a.b]\n[x]\n[a.c]", "{a={b={},c={}},x={}}")]
    [InlineData("[[a.b]]\nx=1\n[a]\ny=2", "{a={b=[{x=1}],y=2}}")]
    [InlineData("['']\nx = 1", "{={x=1}}")]
    public void Parse_tables(string text, string expected) => Check(text, expected);

    [Fact]
    public void Parse_values_know_where_they_stand()
    {
        var root = Must.Succeed(TomlReader.Parse("a = 1\n[t]\n  key = [ 'x',\n    'y' ]\n", "f.toml"));
        var table = Must.Succeed(root.GetTable("t"));
        Assert.Equal("f.toml:2:1", table.Location.ToString());
        Assert.Equal("f.toml:3:3", table.KeyLocation("key").ToString());
        var items = Must.Succeed(table.GetStringValues("key"));
        Assert.Equal("f.toml:4:5", items[1].Location.ToString());
        Assert.Equal("    'y' ]", items[1].Location.LineText);
        Assert.Equal("t.key[1]", items[1].Path);
        Assert.Equal(6, items[1].TextLocation.Column);
    }

    private static void Check(string text, string expected) => Assert.Equal(expected, Render(Must.Succeed(TomlReader.Parse(text, "t"))));

    private static string Render(TomlValue value) => value switch
    {
        TomlString text => $"'{text.Value}'",
        TomlArray array => $"[{string.Join(',', array.Items.Select(Render))}]",
        TomlTable table => RenderTable(table),
        _ => value.ToString()!,
    };

    private static string RenderTable(TomlTable table)
    {
        var builder = new StringBuilder("{");
        foreach (var key in table.Keys)
        {
            Assert.True(table.TryGet(key, out var value));
            builder.Append(builder.Length == 1 ? string.Empty : ",").Append(key).Append('=').Append(Render(value));
        }

        return builder.Append('}').ToString();
    }
}
