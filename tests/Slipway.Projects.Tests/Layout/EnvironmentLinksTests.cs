using Slipway.Projects.Layout;
using Slipway.Projects.Naming;
using Slipway.Store.Layout;
using Slipway.TestKit;

namespace Slipway.Projects.Tests.Layout;

public sealed class EnvironmentLinksTests : IDisposable
{
    private static readonly EnvironmentName Dev = EnvironmentName.Suggest("dev");
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private EnvironmentLinks Links => new(new ProjectLayout(_folder.Combine("p")), new StoreLayout(_folder.Combine("store")));

    [Theory]
    [InlineData(".slipway")]
    [InlineData(".slipway/envs")]
    public void Nothing_is_written_or_removed_through_a_link(string name)
    {
        var outside = _folder.CreateFolder("outside");
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.Combine($"p/{name}"))!);
        File.CreateSymbolicLink(_folder.Combine($"p/{name}"), outside);
        File.WriteAllText(Path.Combine(outside, "active"), "dev\n");

        Assert.Equal(ProjectFailures.NotPlainFile, Links.Point(Dev, "/store/root").Failure.Code);
        Assert.Equal(ProjectFailures.NotPlainFile, Links.Remember(Dev).Failure.Code);
        Assert.Equal(ProjectFailures.NotPlainFile, Links.Remove(Dev).Failure.Code);
        Assert.Equal(["active"], Directory.EnumerateFileSystemEntries(outside).Select(Path.GetFileName), StringComparer.Ordinal);
    }

    [Fact]
    public void Links_change_by_rename_and_a_real_directory_stays()
    {
        _folder.CreateFolder("p");
        Assert.True(Links.Point(Dev, _folder.CreateFolder("one")).IsOk);
        Assert.True(Links.Point(Dev, _folder.CreateFolder("two")).IsOk);
        Assert.Equal(_folder.Combine("two"), new FileInfo(_folder.Combine("p/.slipway/envs/dev")).LinkTarget);
        Assert.True(Links.PointVenv(Dev).Value);
        Assert.Equal(".slipway/envs/dev", new FileInfo(_folder.Combine("p/.venv")).LinkTarget);

        File.Delete(_folder.Combine("p/.venv"));
        _folder.WriteFile("p/.venv/mine", "x");
        Assert.False(Links.PointVenv(Dev).Value);
        Assert.True(File.Exists(_folder.Combine("p/.venv/mine")));
        Assert.Equal("*\n", File.ReadAllText(_folder.Combine("p/.slipway/.gitignore")));
    }
}
