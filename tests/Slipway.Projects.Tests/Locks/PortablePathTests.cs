using Slipway.Projects.Locks;

namespace Slipway.Projects.Tests.Locks;

public sealed class PortablePathTests
{
    [Theory]
    [InlineData("tool @ file:///p/tree", "tool @ ./tree")]
    [InlineData("tool @ file:///p/my%20dir/x.whl --hash=sha256:00", "tool @ ./my%20dir/x.whl --hash=sha256:00")]
    [InlineData("tool @ file:///other/%C3%BC ; python_version < '4'", "tool @ ../other/%C3%BC ; python_version < '4'")]
    [InlineData("tool>=1", "tool>=1")]
    [InlineData("tool @ https://h/x.whl", "tool @ https://h/x.whl")]
    public void Sources_of_this_machine_are_relative_to_the_lock_and_come_back(string line, string portable)
    {
        Assert.Equal(portable, PortablePath.Relative(line, "/p"));
        Assert.Equal(line, PortablePath.Absolute(portable, "/p"));
    }
}
