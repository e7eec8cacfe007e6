using Slipway.Core.Tests.Support;
using Slipway.Core.Text;

namespace Slipway.Core.Tests.Text;

public sealed class InstantTextTests
{
    [Theory]
    [InlineData("2026-01-31", "2026-01-31T00:00:00Z")]
    [InlineData("2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z")]
    [InlineData("2026-01-31 12:00:00.250+01:30", "2026-01-31T10:30:00.25Z")]
    public void Parse_gives_the_instant_in_utc(string text, string expected)
    {
        var instant = Must.Succeed(InstantText.Parse(text));
        Assert.Equal((expected, TimeSpan.Zero), (InstantText.Render(instant), instant.Offset));
    }

    [Theory]
    [InlineData("")]
    [InlineData("7d")]
    [InlineData("12:00:00")]
    [InlineData("2026-01-31T12:00:00")]
    [InlineData("2026-02-30")]
    [InlineData("0001-01-01T00:00:00+01:00")]
    [InlineData("2026-01-31T12:00:00Z ")]
    public void Parse_refuses_what_is_no_instant(string text) => Must.Fail(InstantText.Parse(text), CoreFailures.TimeInvalid);
}
