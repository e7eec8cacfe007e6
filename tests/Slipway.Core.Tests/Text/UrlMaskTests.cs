using Slipway.Core.Text;

namespace Slipway.Core.Tests.Text;

public sealed class UrlMaskTests
{
    [Theory]
    [InlineData("no url: a@b", "no url: a@b")]
    [InlineData("https://host/x@1", "https://host/x@1")]
    [InlineData("https://u:p@host/", "https://***@host/")]
    [InlineData("a https://u@h b git+ssh://v:w@h c", "a https://*@h b git+ssh://***@h c")]
    [InlineData("'https://u:p@ss@host'", "'https://******@host'")]
    [InlineData("https://u/n:p@host", "https://*****@host")]
    [InlineData("https://h/?next=https://u:p@x", "https://*******************@x")]
    public void Apply_userinfo_is_hidden_and_the_length_stays(string text, string expected) => Assert.Equal(expected, UrlMask.Apply(text));

    [Fact]
    public void Apply_many_urls_take_linear_time() => Assert.NotEmpty(UrlMask.Apply(string.Concat(Enumerable.Repeat("://", 500_000))));
}
