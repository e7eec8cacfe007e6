using Slipway.Core.Tests.Support;
using Slipway.Core.Versions;

namespace Slipway.Core.Tests.Versions;

public sealed class PepVersionTests
{
    // Ascending, and no two equal.
    private static readonly string[] Ordered =
    [
        "0.0.dev1", "0.9", "1.dev0", "1.0.dev456", "1.0a1.dev3", "1.0a1", "1.0a2.dev456", "1.0a12.dev456", "1.0a12", "1.0a12.post1.dev2",
        "1.0a12.post1", "1.0b1.dev456", "1.0b2", "1.0b2.post345.dev456", "1.0b2.post345", "1.0rc1.dev456", "1.0rc1", "1.0",
        "1.0+abc.5", "1.0+abc.7", "1.0+5", "1.0+5.0", "1.0.post456.dev34", "1.0.post456", "1.0.post457", "1.1.dev1", "1.1", "1.10",
        "2", "2014.4", "99999999999999999999999999999999", "1!0.1.dev1", "1!0.1", "2!0",
    ];

    [Theory]
    [InlineData("1.0", "1.0")]
    [InlineData(" 1.0\t", "1.0")]
    [InlineData("v1.0", "1.0")]
    [InlineData("V1.0", "1.0")]
    [InlineData("0!1.0", "1.0")]
    [InlineData("1!1.0", "1!1.0")]
    [InlineData("01.002.0003", "1.2.3")]
    [InlineData("1.1RC1", "1.1rc1")]
    [InlineData("1.1.a1", "1.1a1")]
    [InlineData("1.1-a1", "1.1a1")]
    [InlineData("1.1_a1", "1.1a1")]
    [InlineData("1.1alpha1", "1.1a1")]
    [InlineData("1.1beta2", "1.1b2")]
    [InlineData("1.1c3", "1.1rc3")]
    [InlineData("1.1preview4", "1.1rc4")]
    [InlineData("1.1pre5", "1.1rc5")]
    [InlineData("1.2a", "1.2a0")]
    [InlineData("1.2a.", "1.2a0")]
    [InlineData("1.1a-6", "1.1a6")]
    [InlineData("1.2-post2", "1.2.post2")]
    [InlineData("1.2_post2", "1.2.post2")]
    [InlineData("1.2post2", "1.2.post2")]
    [InlineData("1.2.post-2", "1.2.post2")]
    [InlineData("1.0-r4", "1.0.post4")]
    [InlineData("1.0rev4", "1.0.post4")]
    [InlineData("1.0-1", "1.0.post1")]
    [InlineData("1.0a1-1", "1.0a1.post1")]
    [InlineData("1.0a-1", "1.0a1")]
    [InlineData("1.0a--1", "1.0a0.post1")]
    [InlineData("1.2.post", "1.2.post0")]
    [InlineData("1.2-dev2", "1.2.dev2")]
    [InlineData("1.2dev", "1.2.dev0")]
    [InlineData("1.0+ubuntu-1", "1.0+ubuntu.1")]
    [InlineData("1.0+Ubuntu_001", "1.0+ubuntu.1")]
    [InlineData("1!2.3.4rc5.post6.dev7+local.8", "1!2.3.4rc5.post6.dev7+local.8")]
    public void ToString_any_spelling_is_normal(string text, string normal)
    {
        var version = Must.Succeed(PepVersion.Parse(text));
        Assert.Equal(normal, version.ToString());
        Assert.Equal(normal, Must.Succeed(PepVersion.Parse(normal)).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("french toast")]
    [InlineData("1.")]
    [InlineData(".1")]
    [InlineData("1..2")]
    [InlineData("1.0+")]
    [InlineData("1.0+_foobar")]
    [InlineData("1.0+foo&asd")]
    [InlineData("1.0+1+1")]
    [InlineData("1.0+a..b")]
    [InlineData("1.0 1")]
    [InlineData("1!")]
    [InlineData("!1")]
    [InlineData("1!1!1")]
    [InlineData("-1.0")]
    [InlineData("1.0.*")]
    [InlineData("1.0a1b1")]
    [InlineData("1.0.post1.post2")]
    [InlineData("1.0.dev1.dev2")]
    [InlineData("1.0.dev1a1")]
    [InlineData("vv1")]
    [InlineData("１.0")]
    [InlineData("1.0\0")]
    public void Parse_not_a_version_is_refused(string text) => Must.Fail(PepVersion.Parse(text), CoreFailures.VersionInvalid);

    [Fact]
    public void Parse_overlong_text_is_refused() =>
        Must.Fail(PepVersion.Parse(new string('1', PepVersion.MaximumLength + 1)), CoreFailures.VersionInvalid);

    [Fact]
    public void CompareTo_every_pair_follows_the_standard()
    {
        var versions = Ordered.Select(text => Must.Succeed(PepVersion.Parse(text))).ToList();
        for (var left = 0; left < versions.Count; left++)
        {
            for (var right = 0; right < versions.Count; right++)
            {
                Assert.True(
                    Math.Sign(versions[left].CompareTo(versions[right])) == left.CompareTo(right),
                    $"{versions[left]} against {versions[right]}");
                Assert.Equal(left == right, versions[left].Equals(versions[right]));
            }
        }
    }

    [Theory]
    [InlineData("1.0", "1.0.0")]
    [InlineData("1", "1.0.0.0")]
    [InlineData("0", "0.0")]
    [InlineData("1.0a1", "1a1")]
    [InlineData("1.0+ABC-1", "1+abc.01")]
    [InlineData("0!2.0", "2")]
    public void Equals_same_version_in_other_spelling(string left, string right)
    {
        var first = Must.Succeed(PepVersion.Parse(left));
        var second = Must.Succeed(PepVersion.Parse(right));
        Assert.True(first == second);
        Assert.Equal(first.GetHashCode(), second.GetHashCode());
        Assert.Equal(first.ToShortestString(), second.ToShortestString());
    }

    [Fact]
    public void Properties_all_parts_are_there()
    {
        var version = Must.Succeed(PepVersion.Parse("3!1.2rc4.post5.dev6+x.7"));
        Assert.Equal(3, version.Epoch);
        Assert.Equal("1.2", string.Join('.', version.Release));
        Assert.Equal(new PreRelease(PreReleaseKind.Candidate, 4), version.Pre);
        Assert.Equal(5, version.Post);
        Assert.Equal(6, version.Dev);
        Assert.Equal("x.7", version.Local);
        Assert.True(version.IsPrerelease);
        Assert.True(version.IsPostrelease);
        Assert.False(Must.Succeed(PepVersion.Parse("1.0.post1")).IsPrerelease);
    }

    [Fact]
    public void ToString_generated_versions_round_trip()
    {
        const int Seed = 440;
        var gen = new Gen(Seed);
        for (var round = 0; round < 2000; round++)
        {
            var version = Must.Succeed(PepVersion.Parse(gen.Version()));
            var again = Must.Succeed(PepVersion.Parse(version.ToString()));
            Assert.True(version == again && version.ToString() == again.ToString(), $"seed {Seed}, round {round}: {version}");
        }
    }
}
