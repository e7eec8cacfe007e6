using Slipway.Cli.Terminal;
using Slipway.TestKit;

namespace Slipway.Cli.Tests.Terminal;

public sealed class SizesTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.0 kB")]
    [InlineData(999_949, "999.9 kB")]
    [InlineData(999_950, "1.0 MB")]
    [InlineData(20_000_000_000, "20.0 GB")]
    [InlineData(long.MaxValue, "9223372036.9 GB")]
    public void Size_has_a_decimal_unit(long bytes, string text) => Assert.Equal(text, Sizes.Text(bytes));

    [Theory]
    [InlineData(0, "just now")]
    [InlineData(59, "just now")]
    [InlineData(60, "1 min ago")]
    [InlineData(3_600, "1 h ago")]
    [InlineData(90_000, "1 d ago")]
    [InlineData(-5, "just now")]
    public void Age_is_told_roughly(int seconds, string text) => Assert.Equal(text, Sizes.Ago(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData("30d", 30 * 24 * 60)]
    [InlineData("12h", 12 * 60)]
    [InlineData("45m", 45)]
    [InlineData("0d", 0)]
    [InlineData("36500d", 36_500 * 24 * 60)]
    public void Age_is_read(string text, int minutes) => Assert.Equal(TimeSpan.FromMinutes(minutes), Sizes.ParseAge(text));

    [Theory]
    [InlineData("")]
    [InlineData("d")]
    [InlineData("30")]
    [InlineData("-1d")]
    [InlineData("+1d")]
    [InlineData(" 1d")]
    [InlineData("1.5h")]
    [InlineData("30D")]
    [InlineData("36501d")]
    [InlineData("99999999999999999999d")]
    public void What_is_no_age_is_refused(string text) => Assert.Null(Sizes.ParseAge(text));

    [Fact]
    public void Any_text_is_an_age_or_none() => Property.Check(300, gen =>
    {
        var age = Sizes.ParseAge(gen.OneIn(2) ? gen.Text(0, 6) : gen.String("0123456789", 0, 6) + gen.Pick("d", "h", "m", "s"));
        Assert.True(age is null || age >= TimeSpan.Zero);
    });

    [Theory]
    [InlineData("0B", 0)]
    [InlineData("20GB", 20_000_000_000)]
    [InlineData("20G", 20_000_000_000)]
    [InlineData("500 MB", 500_000_000)]
    [InlineData("1.5tb", 1_500_000_000_000)]
    [InlineData("512MiB", 536_870_912)]
    [InlineData("1KiB", 1024)]
    public void Sizes_are_read(string text, long bytes) => Assert.Equal(bytes, Sizes.ParseBytes(text));

    [Theory]
    [InlineData("")]
    [InlineData("20")]
    [InlineData("GB")]
    [InlineData("-1GB")]
    [InlineData("1,5GB")]
    [InlineData("1.5.1GB")]
    [InlineData("20XB")]
    [InlineData("99999999999999999999TB")]
    [InlineData("2GB more")]
    public void What_is_no_size_is_refused(string text) => Assert.Null(Sizes.ParseBytes(text));
}
