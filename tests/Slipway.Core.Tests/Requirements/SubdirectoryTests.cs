using Slipway.Core.Requirements;

namespace Slipway.Core.Tests.Requirements;

/// <summary>A subdirectory never leads out of its repository or archive.</summary>
public sealed class SubdirectoryTests
{
    [Theory]
    [InlineData("a @ git+https://h/r#subdirectory=../x")]
    [InlineData("a @ git+https://h/r@main#egg=a&subdirectory=p/../../x")]
    [InlineData("a @ git+file:///r#subdirectory=/etc")]
    [InlineData("a @ git+https://h/r#subdirectory=%2e%2e/x")]
    [InlineData("a @ git+https://h/r#subdirectory=-x")]
    [InlineData("a @ https://h/a.tar.gz#subdirectory=")]
    public void Subdirectory_that_leaves_is_refused(string text) => Assert.Equal(CoreFailures.UrlInvalid, Requirement.Parse(text).Failure.Code);

    [Theory]
    [InlineData("a @ git+https://h/r#subdirectory=python")]
    [InlineData("a @ git+https://h/r@v1#subdirectory=a/..b/c.d")]
    public void Subdirectory_within_is_kept(string text) => Assert.EndsWith(text[text.IndexOf('#', StringComparison.Ordinal)..], Requirement.Parse(text).Value.Url!, StringComparison.Ordinal);
}
