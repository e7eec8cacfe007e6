namespace Slipway.TestKit.Tests;

public sealed class CapabilityTests
{
    [Fact]
    public void What_is_absent_is_the_reason_for_skipping()
    {
        Assert.Equal("Needs Python 3.99 (not found)", Requirement.FindAbsent([Capability.Linux], "3.99"));
        Assert.Null(Requirement.FindAbsent([Capability.Linux], python: null));
        Assert.Null(new RequiresFactAttribute(Capability.Linux).Skip);
        Assert.Null(new RequiresTheoryAttribute().Skip);
    }

    [Fact]
    public void Each_capability_has_an_answer()
    {
        Assert.All(Enum.GetValues<Capability>(), capability => Assert.Equal(Capabilities.Has(capability), Capabilities.WhyNot(capability) is null));
    }

    [RequiresFact(Capability.Python)]
    public async Task Interpreters_have_the_versions_they_claim()
    {
        foreach (var python in Pythons.All)
        {
            var answer = await CommandRunner.RunAsync(python.FullPath, ["-I", "-c", "import sys; print('cp%d%d' % sys.version_info[:2])"]);
            Assert.Equal(python.Tag + "\n", answer.OrThrow().Stdout);
        }

        Assert.Contains(Pythons.Default, Pythons.All);
        Assert.Same(Pythons.All[0], Pythons.TryFindAtLeast(3, 0));
        Assert.Null(Pythons.TryFind(3, 99));
    }
}
