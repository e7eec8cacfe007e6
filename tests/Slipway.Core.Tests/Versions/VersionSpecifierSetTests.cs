using Slipway.Core.Tests.Support;
using Slipway.Core.Versions;

namespace Slipway.Core.Tests.Versions;

public sealed class VersionSpecifierSetTests
{
    [Theory]
    [InlineData("", "1.0", true)]
    [InlineData("==1.0", "1.0", true)]
    [InlineData("==1.0", "1.0.0", true)]
    [InlineData("==1.0", "1.0+local", true)]
    [InlineData("==1.0+local", "1.0", false)]
    [InlineData("==1.0+local", "1.0+LOCAL", true)]
    [InlineData("==1.0", "1.0.post1", false)]
    [InlineData("==1.1.*", "1.1", true)]
    [InlineData("==1.1.*", "1.1.9.post2", true)]
    [InlineData("==1.1.*", "1.10", false)]
    [InlineData("==1.1.0.*", "1.1", true)]
    [InlineData("==1!1.1.*", "1.1", false)]
    [InlineData("==1.1.*", "1.1+abc", true)]
    [InlineData("!=1.0", "1.0.0", false)]
    [InlineData("!=1.0", "1.0.post1", true)]
    [InlineData("!=1.1.*", "1.1.5", false)]
    [InlineData("~=2.2", "2.2", true)]
    [InlineData("~=2.2", "2.9.1", true)]
    [InlineData("~=2.2", "3.0", false)]
    [InlineData("~=2.2", "2.1", false)]
    [InlineData("~=2.2.0", "2.2.5", true)]
    [InlineData("~=2.2.0", "2.3", false)]
    [InlineData("~=2.2.post3", "2.2.post4", true)]
    [InlineData("~=2.2.post3", "2.2", false)]
    [InlineData("~=1!1.2", "1!1.5", true)]
    [InlineData("~=1!1.2", "1.5", false)]
    [InlineData(">=1.7", "1.7+x", true)]
    [InlineData("<=1.7", "1.7+x", true)]
    [InlineData("<=1.7", "1.7.post1", false)]
    [InlineData(">1.7", "1.7.1", true)]
    [InlineData(">1.7", "1.7.0.post1", false)]
    [InlineData(">1.7", "1.7+x", false)]
    [InlineData(">1.7.post2", "1.7.post3", true)]
    [InlineData(">1.7.post2", "1.7.0", false)]
    [InlineData("<1.7", "1.6.9", true)]
    [InlineData("<1.7", "1.7.dev1", false)]
    [InlineData(">=1.0,!=1.3.4.*,<2.0", "1.3.4", false)]
    [InlineData(">=1.0,!=1.3.4.*,<2.0", "1.3.5", true)]
    [InlineData("===1.0", "1.0", true)]
    [InlineData("===1.0", "1.0.0", false)]
    [InlineData("===1.0+DownStream1", "1.0+downstream1", true)]
    [InlineData("===wat", "1.0", false)]
    public void Contains_final_release_follows_the_operator(string specifiers, string version, bool expected) =>
        Assert.Equal(expected, Must.Succeed(VersionSpecifierSet.Parse(specifiers)).Contains(Must.Succeed(PepVersion.Parse(version))));

    [Theory]
    [InlineData(">=1.0", "2.0rc1", null, false)]
    [InlineData(">=1.0", "2.0rc1", true, true)]
    [InlineData(">=1.0rc1", "2.0rc1", null, true)]
    [InlineData(">=1.0rc1", "2.0rc1", false, false)]
    [InlineData("", "2.0.dev1", null, false)]
    [InlineData("", "2.0.dev1", true, true)]
    [InlineData("<2.0rc1", "2.0b1", null, false)]
    [InlineData("!=2.0rc1", "2.0b1", null, false)]
    [InlineData("<2.0rc1", "2.0b1", true, true)]
    [InlineData("<2.0", "2.0b1", true, false)]
    [InlineData("==2.0b1", "2.0b1", null, true)]
    [InlineData("===2.0b1", "2.0b1", null, true)]
    [InlineData("==1.1.*", "1.1a1", true, true)]
    [InlineData("~=2.2", "2.3a1", true, true)]
    [InlineData(">1.0.dev1", "1.0a1", true, true)]
    public void Contains_prerelease_needs_leave(string specifiers, string version, bool? prereleases, bool expected) =>
        Assert.Equal(expected, Must.Succeed(VersionSpecifierSet.Parse(specifiers)).Contains(Must.Succeed(PepVersion.Parse(version)), prereleases));

    [Theory]
    [InlineData("1.0")]
    [InlineData("=1.0")]
    [InlineData("=>1.0")]
    [InlineData("==")]
    [InlineData("===")]
    [InlineData("===1.0[x]")]
    [InlineData("~=1")]
    [InlineData("~=1.0.*")]
    [InlineData("~=1.0+local")]
    [InlineData(">=1.0+local")]
    [InlineData("<1.*")]
    [InlineData("==1.0a1.*")]
    [InlineData("==1.0+x.*")]
    [InlineData("==1.0.dev1.*")]
    [InlineData("==*")]
    [InlineData(">=1.0 <2")]
    [InlineData(",>=1.0")]
    [InlineData(">=1.0,,<2")]
    [InlineData(">=1.0\0")]
    [InlineData("!==1.0")]
    public void Parse_malformed_is_refused(string text) => Must.Fail(VersionSpecifierSet.Parse(text), CoreFailures.SpecifierInvalid);

    [Theory]
    [InlineData("", "")]
    [InlineData(" >= 1.0.0 , < 2 ", "<2,>=1")]
    [InlineData("<2,>=1,<2.0", "<2,>=1")]
    [InlineData("==1.0.*", "==1.0.*")]
    [InlineData("~=1.0.0", "~=1.0.0")]
    [InlineData("==1.0-ALPHA", "==1a0")]
    [InlineData("===1.0-ALPHA", "===1.0-ALPHA")]
    [InlineData("===1.0,>=0.5", ">=0.5,===1.0")]
    [InlineData(">=1.0,", ">=1")]
    [InlineData("==0.0", "==0")]
    public void ToString_is_canonical(string text, string canonical)
    {
        var set = Must.Succeed(VersionSpecifierSet.Parse(text));
        Assert.Equal(canonical, set.ToString());
        Assert.Equal(set, Must.Succeed(VersionSpecifierSet.Parse(canonical)));
    }

    [Fact]
    public void Intersect_holds_the_clauses_of_both()
    {
        var both = Must.Succeed(VersionSpecifierSet.Parse(">=1")).Intersect(Must.Succeed(VersionSpecifierSet.Parse("<2,>=1.0")));
        Assert.Equal("<2,>=1", both.ToString());
        Assert.Equal(both, both.Intersect(VersionSpecifierSet.Any));
    }

    [Fact]
    public void ToString_canonical_text_means_the_same()
    {
        const int Seed = 441;
        var gen = new Gen(Seed);
        for (var round = 0; round < 2000; round++)
        {
            if (!VersionSpecifierSet.Parse(gen.Specifier()).TryGet(out var set, out _))
            {
                continue;
            }

            var again = Must.Succeed(VersionSpecifierSet.Parse(set.ToString()));
            var version = Must.Succeed(PepVersion.Parse(gen.Version()));
            Assert.True(
                set.Equals(again) && set.Contains(version) == again.Contains(version) && set.Contains(version, true) == again.Contains(version, true),
                $"seed {Seed}, round {round}: {set} with {version}");
        }
    }
}
