using Slipway.Core.Identity;
using Slipway.Core.Versions;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Requests;
using Slipway.Environments.Tests.Support;

namespace Slipway.Environments.Tests.Requests;

/// <summary>Golden vectors: a change of them makes every host resolve everything again.</summary>
public sealed class RequestDigestTests
{
    private static EnvironmentRequest Full => new()
    {
        Requirements = [new(Ask.Packages(["Demo.Pkg>=1"])[0].Requirement, ["sha256:bb", "sha256:aa"]), .. Ask.Packages(["alpha"])],
        Constraints = Ask.Packages(["beta<3"]),
        RequiresPython = VersionSpecifierSet.Parse(">=3.9").Value,
        Python = InterpreterRequest.Parse("3.12", "/", "test").Value,
        Sources = PackageSources.Create([new PackageIndex("https://h/simple")], []).Value,
    };

    [Fact]
    public void Digests_are_golden()
    {
        Assert.Equal("9b426b70254194c55ecbe83f9910d0dc554460863b3781f59289f2d7afd55af4", new EnvironmentRequest().ToFields("linux-x86_64").Digest().Hex);
        Assert.Equal("8621708e1d0e473bc874da7411b7a7aed8d3268d4a590e33616d8a4fbd9f82e8", Full.ToFields("linux-x86_64").Digest().Hex);
    }

    [Fact]
    public void Order_repetition_and_spelling_do_not_matter()
    {
        var other = Full with
        {
            Requirements = [.. Ask.Packages(["ALPHA", "alpha"]), new(Ask.Packages(["demo_pkg >= 1"])[0].Requirement, ["sha256:aa", "sha256:bb", "sha256:aa"])],
        };
        Assert.Equal(Full.ToFields("p").Digest(), other.ToFields("p").Digest());
    }

    [Fact]
    public void Everything_that_steers_resolution_matters()
    {
        EnvironmentRequest[] variants =
        [
            Full,
            Full with { Requirements = Ask.Packages(["alpha"]) },
            Full with { Constraints = [] },
            Full with { RequiresPython = VersionSpecifierSet.Any },
            Full with { Python = null },
            Full with { Sources = PackageSources.Default },
            Full with { Sources = PackageSources.Create([], ["/srv/a"]).Value },
            Full with { Sources = PackageSources.Create([], ["/srv/a", "/srv/b"]).Value },
            Full with { Sources = Sources(new PackageIndex("https://h/a"), new PackageIndex("https://h/b")) },
            Full with { Sources = Sources(new PackageIndex("https://h/b"), new PackageIndex("https://h/a")) },
            Full with { Sources = Sources(new PackageIndex("https://h/simple") { Name = "corp" }) },
            Full with { Sources = Sources(new PackageIndex("https://h/simple") { Packages = ["alpha"] }) },
            Full with { Sources = Sources(new PackageIndex("https://h/simple")) with { ExcludeNewer = DateTimeOffset.UnixEpoch } },
            Full with { Sources = Sources(new PackageIndex("https://h/simple") { Never = ["demo"] }) },
            Full with { Requirements = [Ask.Packages(["a @ file:///srv/a"])[0] with { LocalContent = "tree:00" }] },
            Full with { Requirements = [Ask.Packages(["a @ file:///srv/a"])[0] with { LocalContent = "tree:11" }] },
            Full with { Provisioner = "uv" },
            Full with { SysPathMode = SysPathMode.SystemSitePackages },
        ];
        Assert.Equal(variants.Length, variants.Select(variant => variant.ToFields("p").Digest()).Distinct().Count());
        Assert.NotEqual(Full.ToFields("p").Digest(), Full.ToFields("q").Digest());
    }

    [Theory]
    [InlineData("corp", "https://h/a", "corp", "https://h/b")]
    [InlineData("my-corp", "https://h/a", "My.Corp", "https://h/b")]
    [InlineData("a", "https://h/simple", "b", "https://H/simple/")]
    public void Indexes_that_cannot_be_told_apart_are_refused(string name, string url, string otherName, string otherUrl) => Assert.Equal(
        EnvironmentFailures.IndexTwice,
        PackageSources.Create([new PackageIndex(url) { Name = name }, new PackageIndex(otherUrl) { Name = otherName }], []).Failure.Code);

    [Theory]
    [InlineData("-x")]
    [InlineData("a b")]
    [InlineData("")]
    [InlineData("a\nb")]
    public void Index_name_that_is_none_is_refused(string name) =>
        Assert.Equal(EnvironmentFailures.SourceRefused, PackageSources.Create([new PackageIndex("https://h/a") { Name = name }], []).Failure.Code);

    private static PackageSources Sources(params PackageIndex[] indexes) => PackageSources.Create([.. indexes], []).Value;
}
