using Slipway.Core.Tests.Support;
using Slipway.Core.Toml;

namespace Slipway.Core.Tests.Toml;

public sealed class TomlReaderInvalidTests
{
    [Theory]
    [InlineData("a", 1, 2)]
    [InlineData("a =", 1, 4)]
    [InlineData("a = \n", 1, 5)]
    [InlineData("= 1", 1, 1)]
    [InlineData("a = 1 b = 2", 1, 7)]
    [InlineData("a\n= 1", 1, 2)]
    [InlineData("a b = 1", 1, 3)]
    [InlineData("ä = 1", 1, 1)]
    [InlineData("a. = 1", 1, 4)]
    [InlineData(".a = 1", 1, 1)]
    [InlineData("a..b = 1", 1, 3)]
    [InlineData("\"a = 1", 1, 1)]
    [InlineData("\"\"\"a\"\"\" = 1", 1, 3)]
    [InlineData("'''a''' = 1", 1, 3)]
    [InlineData("a = 1\na = 2", 2, 1)]
    [InlineData("a = 1\n\"a\" = 2", 2, 1)]
    [InlineData("a = 1\na.b = 2", 2, 1)]
    [InlineData("a.b = 1\na = 2", 2, 1)]
    [InlineData("a = []\na.b = 2", 2, 1)]
    [InlineData("a = \"x\ry\"", 1, 5)]
    [InlineData("# bad \u0001", 1, 7)]
    [InlineData("# bad \u007f", 1, 7)]
    [InlineData("# bare\rreturn", 1, 7)]
    [InlineData("a = 1\rb = 2", 1, 6)]
    [InlineData("\ufeff\ufeffa = 1", 1, 2)]
    [InlineData("\0", 1, 1)]
    public void Parse_keys_and_layout(string text, int line, int column) => Check(text, line, column);

    [Theory]
    [InlineData("\"open")]
    [InlineData("'open")]
    [InlineData("\"a\nb\"")]
    [InlineData("'a\nb'")]
    [InlineData("\"\"\"open\"\"")]
    [InlineData("'''open''")]
    [InlineData("\"\\x41\"")]
    [InlineData("\"\\e\"")]
    [InlineData("\"\\ \"")]
    [InlineData("\"\\")]
    [InlineData("\"\\u12\"")]
    [InlineData("\"\\u 123\"")]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"\\U00110000\"")]
    [InlineData("\"\\Uffffffff\"")]
    [InlineData("\"bell \u0007\"")]
    [InlineData("'bell \u0007'")]
    [InlineData("\"del \u007f\"")]
    [InlineData("\"\"\"nul \0\"\"\"")]
    [InlineData("\"\"\"bare \r return\"\"\"")]
    [InlineData("'''bare \r return'''")]
    [InlineData("\"\"\"a \\ b\"\"\"")]
    [InlineData("\"\"\"six\"\"\"\"\"\"")]
    [InlineData("'''six''''''")]
    [InlineData("\"a\" \"b\"")]
    public void Parse_strings(string value) => Refuse("a = " + value);

    [Theory]
    [InlineData("01")]
    [InlineData("+01")]
    [InlineData("00")]
    [InlineData("1_")]
    [InlineData("_1")]
    [InlineData("1__0")]
    [InlineData("+_1")]
    [InlineData("++1")]
    [InlineData("0x")]
    [InlineData("0xg")]
    [InlineData("0x_1")]
    [InlineData("0x1_")]
    [InlineData("+0x1")]
    [InlineData("-0b1")]
    [InlineData("0X1")]
    [InlineData("0O7")]
    [InlineData("0B1")]
    [InlineData("0o8")]
    [InlineData("0b2")]
    [InlineData("9223372036854775808")]
    [InlineData("-9223372036854775809")]
    [InlineData("0x8000000000000000")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("1.e5")]
    [InlineData("01.5")]
    [InlineData("1._5")]
    [InlineData("1_.5")]
    [InlineData("1.5_")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1e_5")]
    [InlineData("1e5.5")]
    [InlineData("1.2.3")]
    [InlineData("Inf")]
    [InlineData("NaN")]
    [InlineData("+ inf")]
    [InlineData("True")]
    [InlineData("TRUE")]
    [InlineData("yes")]
    [InlineData("null")]
    [InlineData("text")]
    [InlineData("１")]
    [InlineData("1979-5-27")]
    [InlineData("1979-02-29")]
    [InlineData("1979-13-01")]
    [InlineData("1979-00-01")]
    [InlineData("1979-01-00")]
    [InlineData("1979-01-32")]
    [InlineData("0000-01-01")]
    [InlineData("79-01-01")]
    [InlineData("1979-01-01T")]
    [InlineData("1979-01-01T07:32")]
    [InlineData("1979-01-01T7:32:00")]
    [InlineData("1979-01-01  07:32:00")]
    [InlineData("1979-01-01T24:00:00")]
    [InlineData("1979-01-01T23:60:00")]
    [InlineData("1979-01-01T23:59:60")]
    [InlineData("1979-01-01T07:32:00.")]
    [InlineData("1979-01-01T07:32:00.Z")]
    [InlineData("1979-01-01T07:32:00+7")]
    [InlineData("1979-01-01T07:32:00+24:00")]
    [InlineData("1979-01-01T07:32:00+07:60")]
    [InlineData("1979-01-01T07:32:00ZZ")]
    [InlineData("1979-01-01x07:32:00")]
    [InlineData("07:32")]
    [InlineData("07:32:00Z")]
    [InlineData("25:00:00")]
    [InlineData("-07:32:00")]
    public void Parse_numbers_booleans_and_dates(string value) => Refuse("a = " + value);

    [Theory]
    [InlineData("a = [1 2]")]
    [InlineData("a = [,]")]
    [InlineData("a = [1,,2]")]
    [InlineData("a = [1")]
    [InlineData("a = [1,\n")]
    [InlineData("a = ]")]
    [InlineData("a = [1] ]")]
    [InlineData("a = {b = 1,}")]
    [InlineData("a = {,}")]
    [InlineData("a = {b = 1 c = 2}")]
    [InlineData("a = {b = 1\n}")]
    [InlineData("a = {\nb = 1}")]
    [InlineData("a = {b = 1, # c\n c = 1}")]
    [InlineData("a = {b = 1, b = 2}")]
    [InlineData("a = {b = 1, b.c = 2}")]
    [InlineData("a = {b = {c = 1}, b.d = 2}")]
    [InlineData("a = {b.c = 1, b = 2}")]
    [InlineData("a = {b}")]
    [InlineData("a = {b = 1")]
    [InlineData("a = {b = 1}}")]
    [InlineData("a = {b = 1}\na.c = 2")]
    [InlineData("a = {b = 1}\n[a]")]
    [InlineData("a = {b = 1}\n[a.c]")]
    [InlineData("a = {b = {}}\n[a.b.c]")]
    [InlineData("a = {b.c = 1}\n[a.b.d]")]
    [InlineData("a = [{b = 1}]\n[[a]]")]
    [InlineData("a = [{b = 1}]\n[a.c]")]
    [InlineData("a = []\n[[a]]")]
    [InlineData("x = [{a = 1, a = 2}]")]
    public void Parse_arrays_and_inline_tables(string text) => Refuse(text);

    [Theory]
    [InlineData("[a")]
    [InlineData("[]")]
    [InlineData("[a]]")]
    [InlineData("[a] b = 1")]
    [InlineData("[a.]")]
    [InlineData("[.a]")]
    [InlineData("[a\n]")]
    [InlineData("[[a]")]
    [InlineData("[ [a]]")]
    [InlineData("[[a] ]")]
    [InlineData("[[]]")]
    [InlineData("[a b]")]
    [InlineData("[a]\n[a]")]
    [InlineData("[a.b]\n[a]\n[a]")]
    [InlineData("[a]\nb = 1\n[a.b]")]
    [InlineData("[a]\nb = 1\n[a.b.c]")]
    [InlineData("a.b = 1\n[a]")]
    [InlineData("[a]\nb.c = 1\n[a.b]")]
    [InlineData("[a]\nb.c.d = 1\n[a.b.c]")]
    [InlineData("[a.b]\nz = 9\n[a]\nb.t = 1")]
    [InlineData("[a.b.c]\nz = 9\n[a]\nb.c.t = 1")]
    [InlineData("[a.b.c]\n[a]\nb.d = 1\n[a.b]")]
    [InlineData("[[a]]\n[a]")]
    [InlineData("[a]\n[[a]]")]
    [InlineData("[a.b]\n[[a]]")]
    [InlineData("[[a.b]]\n[a]\nb.c = 1")]
    [InlineData("[[a]]\nb = 1\n[[a.b]]")]
    [InlineData("[[a]]\nb = [1]\n[[a.b]]")]
    [InlineData("[[a]]\n[a.b]\n[[a.b]]")]
    [InlineData("a = 1\n[a]")]
    [InlineData("a = 1\n[[a]]")]
    [InlineData("a = 1\n[a.b]")]
    public void Parse_tables(string text) => Refuse(text);

    // Not inline data: attributes cannot hold a lone surrogate.
    [Fact]
    public void Parse_invalid_unicode()
    {
        Check("a = 'x" + '\ud800' + "'", 1, 7);
        Check("# 🐍" + '\udc00' + '\ud800', 1, 5);
        Check("a = '" + '\ud83d', 1, 6);
    }

    [Fact]
    public void Parse_deep_nesting_is_refused_not_overflowed()
    {
        Refuse("a = " + new string('[', 100_000));
        Refuse(string.Concat(Enumerable.Repeat("a = {", 100_000)));
        Refuse("a = " + string.Concat(Enumerable.Repeat("{a = ", 100_000)));
        Refuse(string.Join('.', Enumerable.Repeat("a", 100_000)) + " = 1");
        Refuse($"[{string.Join('.', Enumerable.Repeat("a", 100_000))}]");
        Refuse("a = " + string.Concat(Enumerable.Repeat($"{{{string.Join('.', Enumerable.Repeat("a", 100))} = ", 100)));
    }

    [Fact]
    public void Parse_nesting_up_to_the_limit_is_read() =>
        Must.Succeed(TomlReader.Parse($"a = {new string('[', TomlReader.DeepestNesting - 1)}{new string(']', TomlReader.DeepestNesting - 1)}", "t"));

    [Fact]
    public void Parse_secret_in_the_line_is_not_repeated()
    {
        var failure = Must.Fail(TomlReader.Parse("url = \"https://u:hunter2@host/\" x", "t"), CoreFailures.TomlInvalid);
        Assert.DoesNotContain("hunter2", failure + failure.Location!.LineText, StringComparison.Ordinal);
    }

    private static void Check(string text, int line, int column)
    {
        var location = Must.Fail(TomlReader.Parse(text, "t"), CoreFailures.TomlInvalid).Location!;
        Assert.Equal((line, column), (location.Line, location.Column));
        Assert.NotNull(location.LineText);
    }

    private static void Refuse(string text) => Must.Fail(TomlReader.Parse(text, "t"), CoreFailures.TomlInvalid);
}
