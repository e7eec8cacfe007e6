using System.Collections.Immutable;
using Slipway.Core.Requirements;
using Slipway.Environments.Sites;
using Slipway.Environments.Tests.Support;

namespace Slipway.Environments.Tests.Sites;

/// <summary>Which installed packages serve requirements, by their own metadata.</summary>
public sealed class SiteSelectionTests
{
    private static readonly MarkerEnvironment Target = new()
    {
        OsName = "posix", SysPlatform = "linux", PlatformMachine = "x86_64", PlatformPythonImplementation = "CPython", PlatformRelease = "6", PlatformSystem = "Linux",
        PlatformVersion = "1", PythonVersion = "3.11", PythonFullVersion = "3.11.2", ImplementationName = "cpython", ImplementationVersion = "3.11.2",
    };

    private static readonly SiteFacts Site = new(
        ["/p"],
        [
            One("a", "1.0", "B>=1", "win; sys_platform=='win32'", "c[fast]>=2 ; extra=='more'"),
            One("b", "1.13.0a0+gitunknown", "a"),
            One("c", "2.0", "d; extra=='fast'", "this is no requirement", "gone>=1"),
            One("d", "not-a-version"),
        ]);

    [Theory]
    [InlineData("a", "a b")]
    [InlineData("A[more]", "a b c d")]
    [InlineData("b>=1.13.0a0", "a b")]
    [InlineData("c", "c")]
    [InlineData("d", "d")]
    [InlineData("zzz; python_version<'3'", "")]
    public void What_is_needed_in_turn_is_used(string requirement, string used)
    {
        var selection = SiteSelection.Select(Site, Target, Ask.Packages([requirement]), [], []);

        Assert.Equal(used, string.Join(' ', selection.Used.Select(package => package.Name)));
        Assert.Empty(selection.Unmet);
    }

    [Theory]
    [InlineData("b>=1.13", "b 1.13.0a0+gitunknown is installed, and b>=1.13 is wanted")]
    [InlineData("d>=1", "d not-a-version is installed, and d>=1 is wanted")]
    [InlineData("gone", "gone is not installed")]
    public void What_is_not_satisfied_is_said(string requirement, string sentence) =>
        Assert.Equal([sentence], SiteSelection.Select(Site, Target, Ask.Packages([requirement]), [], []).Unmet, StringComparer.Ordinal);

    [Fact]
    public void Constraint_counts_for_what_is_used_alone() => Assert.Equal(
        ["a 1.0 is installed, and a constraint says a<1"],
        SiteSelection.Select(Site, Target, Ask.Packages(["a"]), Ask.Packages(["a<1", "b>=1a0", "c<1", "a<0.5; sys_platform=='win32'"]), []).Unmet, StringComparer.Ordinal);

    [Fact]
    public void What_the_packager_left_out_is_a_warning_only() =>
        Assert.Equal(["gone, which c needs, is not installed"], SiteSelection.Select(Site, Target, Ask.Packages(["c"]), [], []).Warnings, StringComparer.Ordinal);

    [Fact]
    public void What_comes_from_elsewhere_is_left_out()
    {
        var selection = SiteSelection.Select(Site, Target, Ask.Packages(["a", "gone"]), [], [PackageName.Parse("gone").Value, PackageName.Parse("b").Value]);

        Assert.Equal(["a"], selection.Used.Select(package => package.Name.Normalized), StringComparer.Ordinal);
        Assert.Empty(selection.Unmet);
    }

    private static SiteDistribution One(string name, string version, params ImmutableArray<string> requires) => new(name, version, "record-sha256:00", requires);
}
