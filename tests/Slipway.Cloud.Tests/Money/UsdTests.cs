using System.Text.Json;
using Slipway.Cloud.Money;
using Slipway.TestKit;

namespace Slipway.Cloud.Tests.Money;

public sealed class UsdTests
{
    [Theory]
    [InlineData("6.84", "6.84")]
    [InlineData("1.5484", "1.5484")]
    [InlineData("10", "10.00")]
    [InlineData("0.000001", "0.000001")]
    public void Text_is_read_and_written(string text, string written) => Assert.Equal(written, Usd.Parse(text).Value.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1e3")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1,5")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("1.0000001")]
    [InlineData("10000000.01")]
    [InlineData("99999999999999999999999999999999")]
    [InlineData(" 1")]
    [InlineData("١")]
    public void Text_that_is_no_amount_is_refused(string text) => Assert.Equal("CLD0301", Usd.Parse(text).Failure.Code.Id);

    [Theory]
    [InlineData("1.5484", "1.5484")]
    [InlineData("23.6", "23.60")]
    [InlineData("1.2500000000000002", "1.250001")]
    [InlineData("\"0.10\"", "0.10")]
    [InlineData("-0.5", null)]
    [InlineData("1e300", null)]
    [InlineData("true", null)]
    [InlineData("\"NaN\"", null)]
    public void Json_is_read_without_a_binary_float(string json, string? written)
    {
        using var document = JsonDocument.Parse(json);
        var read = Usd.Read(document.RootElement, "price");
        Assert.Equal(written, read.IsOk ? read.Value.ToString() : null);
    }

    [Fact]
    public void Sums_are_exact_and_ceilings_never_lose_a_cent() => Property.Check(500, static gen =>
    {
        var (one, two) = (Amount(gen), Amount(gen));
        var nodes = gen.Int(1, 50);
        var time = TimeSpan.FromMinutes(gen.Int(1, 100_000));
        Assert.Equal(one + two, two + one);
        Assert.Equal(one, one + two - two);
        Assert.Equal((one * nodes).For(time), one.For(time * nodes));
        var ceiling = one.For(time).CeilingToCent();
        Assert.True(ceiling >= one.For(time) && ceiling.Value - one.For(time).Value < 0.01m);
        Assert.Equal(one, Usd.Parse(one.ToString()).Value);
        Assert.True((one - two).Value >= 0);
    });

    [Fact]
    public void Hostile_text_never_throws() => Property.Check(500, static gen => Assert.True(Usd.Parse(gen.Text(0, 30)) is not null));

    private static Usd Amount(Gen gen) => Usd.Of(gen.Int(0, 1_000_000_000) / 1_000_000m).Value;
}
