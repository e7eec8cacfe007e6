using Slipway.Core.Requirements;
using Slipway.Core.Tests.Support;

namespace Slipway.Core.Tests.Requirements;

public sealed class PackageNameTests
{
    [Theory]
    [InlineData("friendly-bard")]
    [InlineData("Friendly-Bard")]
    [InlineData("FRIENDLY-BARD")]
    [InlineData("friendly.bard")]
    [InlineData("friendly_bard")]
    [InlineData("friendly--bard")]
    [InlineData("FrIeNdLy-._.-bArD")]
    public void Parse_every_spelling_is_the_same_name(string text)
    {
        var name = Must.Succeed(PackageName.Parse(text));
        Assert.Equal("friendly-bard", name.Normalized);
        Assert.Equal(Must.Succeed(PackageName.Parse("friendly-bard")), name);
        Assert.Equal("friendly-bard", Must.Succeed(ExtraName.Parse(text)).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("_a")]
    [InlineData("a.")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("ä")]
    [InlineData("a\n")]
    [InlineData(" a")]
    [InlineData("--index-url")]
    public void Parse_malformed_is_refused(string text)
    {
        Must.Fail(PackageName.Parse(text), CoreFailures.NameInvalid);
        Must.Fail(ExtraName.Parse(text), CoreFailures.NameInvalid);
    }

    [Fact]
    public void CompareTo_sorts_by_normal_form()
    {
        string[] names = ["B", "a_z", "a-b"];
        Assert.Equal(["a-b", "a-z", "b"], names.Select(n => Must.Succeed(PackageName.Parse(n))).Order().Select(n => n.ToString()), StringComparer.Ordinal);
        Assert.Equal(string.Empty, default(PackageName).ToString());
    }
}
