using Slipway.Environments.Provisioners.Pip;

namespace Slipway.Environments.Tests.Pip;

public sealed class PipNarrationTests
{
    [Theory]
    [InlineData("Fetching 1 package", "Processing /s/work/links/x-1.whl (from -r /s/work/install.txt (line 1))", "Processing x-1.whl")]
    [InlineData("Installing 1 package", "Processing ./s/links/x-1.whl (from -r /s/work/install.txt (line 1))", null)]
    [InlineData("Resolving demo", "Collecting demo>=1 (from -r /s/requirements.txt (line 1))", "Collecting demo>=1")]
    [InlineData("Fetching 1 package", "Collecting demo@ https://u:p@h/x.whl (from -r /s/f.txt (line 1))", "Collecting demo")]
    [InlineData("Resolving demo", "Downloading https://h/files/x-1.whl.metadata (2.3 kB)", "Downloading x-1.whl.metadata (2.3 kB)")]
    [InlineData("Resolving demo", "Downloading https://h/a/x-1.whl#sha256=00 (800.1 MB)", "Downloading x-1.whl (800.1 MB)")]
    [InlineData("Resolving demo", "Using cached x-1.whl (2 kB)", "Using cached x-1.whl")]
    [InlineData("Fetching 1 package", "Progress 250000 of 1000000", "Downloading 25% of 1.0 MB")]
    [InlineData("Fetching 1 package", "Progress 5 of 0", null)]
    [InlineData("Fetching 1 package", "Building wheel for made (pyproject.toml): started", "Building made")]
    [InlineData("Fetching 1 package", "Installing build dependencies: started", "Installing what the build needs")]
    [InlineData("Installing 2 packages", "Installing collected packages: a, b", "Installing a, b")]
    [InlineData("Resolving demo", "Looking in indexes: https://h/simple", null)]
    [InlineData("Resolving demo", "", null)]
    [InlineData("Resolving demo", "Collecting", "Collecting ")]
    public void Line_says_what_happens_without_paths_of_ours(string stage, string line, string? told) =>
        Assert.Equal(told, PipNarration.Tell(stage, line));
}
