using System.Globalization;
using System.Text.Json;
using Slipway.Core.Text;

namespace Slipway.Core.Tests.Text;

public sealed class CanonicalJsonTests
{
    // RFC 8785, appendix B: the numbers by their IEEE 754 bits.
    [Theory]
    [InlineData("0000000000000000", "0")]
    [InlineData("8000000000000000", "0")]
    [InlineData("0000000000000001", "5e-324")]
    [InlineData("8000000000000001", "-5e-324")]
    [InlineData("7fefffffffffffff", "1.7976931348623157e+308")]
    [InlineData("4340000000000000", "9007199254740992")]
    [InlineData("c340000000000000", "-9007199254740992")]
    [InlineData("4430000000000000", "295147905179352830000")]
    [InlineData("44b52d02c7e14af5", "9.999999999999997e+22")]
    [InlineData("44b52d02c7e14af6", "1e+23")]
    [InlineData("44b52d02c7e14af7", "1.0000000000000001e+23")]
    [InlineData("444b1ae4d6e2ef4e", "999999999999999700000")]
    [InlineData("444b1ae4d6e2ef4f", "999999999999999900000")]
    [InlineData("444b1ae4d6e2ef50", "1e+21")]
    [InlineData("3eb0c6f7a0b5ed8c", "9.999999999999997e-7")]
    [InlineData("3eb0c6f7a0b5ed8d", "0.000001")]
    [InlineData("41b3de4355555553", "333333333.3333332")]
    [InlineData("41b3de4355555557", "333333333.33333343")]
    [InlineData("becbf647612f3696", "-0.0000033333333333333333")]
    [InlineData("43143ff3c1cb0959", "1424953923781206.2")]
    public void Numbers_are_written_as_the_standard_shows(string bits, string expected)
    {
        var number = BitConverter.Int64BitsToDouble(long.Parse(bits, NumberStyles.HexNumber, CultureInfo.InvariantCulture));

        Assert.Equal(expected, Canonical(number.ToString("E16", CultureInfo.InvariantCulture)));
        Assert.Equal(expected, Canonical(expected));
    }

    [Fact]
    public void Members_are_ordered_by_their_utf16_units()
    {
        // RFC 8785, 3.2.3.
        const string Input = """{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}""";

        using var parsed = JsonDocument.Parse(Canonical(Input));

        Assert.Equal(["\r", "1", "\u0080", "\u00f6", "\u20ac", "\ud83d\ude00", "\ufb33"], parsed.RootElement.EnumerateObject().Select(static member => member.Name), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("""{ "b" : [ 1.0, 2e0 , {"d":1,"c":2} ], "a" : null }""", """{"a":null,"b":[1,2,{"c":2,"d":1}]}""")]
    [InlineData(""" "\u20ac$\u000f\nA'\u0042\u0022\u005c\\\"\/" """, """ "€$\u000f\nA'B\"\\\\\"/" """)]
    [InlineData("[ true , false , [ ] , { } ]", "[true,false,[],{}]")]
    public void There_is_one_spelling(string input, string expected) => Assert.Equal(expected.Trim(), Canonical(input));

    [Fact]
    public void Large_integers_stay_apart()
    {
        Assert.Equal("9007199254740993", Canonical("9007199254740993"));
        Assert.Equal("18446744073709551615", Canonical("18446744073709551615"));
        Assert.Equal("9007199254740994", Canonical("9007199254740994"));
    }

    private static string Canonical(string json)
    {
        using var parsed = JsonDocument.Parse(json);
        return CanonicalJson.Text(parsed.RootElement);
    }
}
