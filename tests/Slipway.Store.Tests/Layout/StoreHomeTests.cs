using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Store.Layout;
using Slipway.Store.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Store.Tests.Layout;

/// <summary>Where the store is, and whether it can be trusted.</summary>
public sealed class StoreHomeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private uint Me => StoreFixture.StatusOf(_folder.FullPath).OwnerId;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("/a", "/b", "/c", "/a")]
    [InlineData("/a/", "/b", "/c", "/a")]
    [InlineData("", "/b", "/c", "/b/slipway")]
    [InlineData(null, "/b/", "/c", "/b/slipway")]
    [InlineData(null, null, "/c", "/c/.local/share/slipway")]
    [InlineData("/a b", null, null, "/a b")]
    public void Home_comes_from_the_first_variable_that_is_set(string? own, string? data, string? home, string expected) =>
        Assert.Equal(expected, Locate(own, data, home).Ok().Home);

    [Theory]
    [InlineData("relative", null, null, "SLIPWAY_HOME")]
    [InlineData("~/store", null, null, "SLIPWAY_HOME")]
    [InlineData("/", null, null, "SLIPWAY_HOME")]
    [InlineData("/a:b", null, null, "SLIPWAY_HOME")]
    [InlineData("/a\nb", "/b", "/c", "SLIPWAY_HOME")]
    [InlineData("/a\rb", null, null, "SLIPWAY_HOME")]
    [InlineData(null, "data", null, "XDG_DATA_HOME")]
    [InlineData(null, null, "/home/a:b", "HOME")]
    [InlineData(null, null, null, "None of")]
    public void Home_that_cannot_be_used_is_refused_by_the_variables_name(string? own, string? data, string? home, string named)
    {
        var failure = Locate(own, data, home).Fails(StoreFailures.UnusableHome);
        Assert.Equal(ExitCode.Configuration, failure.Code.Exit);
        Assert.StartsWith(named, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
        Assert.DoesNotContain('\r', failure.Message);
    }

    [Fact]
    public void Home_that_is_missing_is_created_for_the_owner_alone()
    {
        var path = _folder.Combine("new", "store");
        Assert.Equal(path, StoreHome.Prepare(new StoreLayout(path), Me).Ok().Home);
        var status = StoreFixture.StatusOf(path);
        Assert.Equal((FileKind.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute), (status.Kind, status.Mode));
    }

    [Fact]
    public void Home_behind_links_is_named_by_its_real_path()
    {
        var real = _folder.CreateFolder("real");
        Directory.CreateSymbolicLink(_folder.Combine("one"), "real");
        Directory.CreateSymbolicLink(_folder.Combine("two"), _folder.Combine("one"));
        Assert.Equal($"{real}/store", StoreHome.Prepare(new StoreLayout(_folder.Combine("two", "store")), Me).Ok().Home);
        Assert.Equal(real, StoreHome.Prepare(new StoreLayout(_folder.Combine("two")), Me).Ok().Home);
    }

    [Fact]
    public void Home_whose_real_path_holds_a_colon_is_refused()
    {
        _folder.CreateFolder("a:b");
        Directory.CreateSymbolicLink(_folder.Combine("link"), "a:b");
        StoreHome.Prepare(new StoreLayout(_folder.Combine("link")), Me).Fails(StoreFailures.UnusableHome);
    }

    [Fact]
    public void Home_that_is_a_file_or_below_one_is_refused_as_configuration()
    {
        var file = _folder.WriteFile("file", "text");
        StoreHome.Prepare(new StoreLayout(file), Me).Fails(StoreFailures.UnusableHome);
        StoreHome.Prepare(new StoreLayout($"{file}/store"), Me).Fails(StoreFailures.UnusableHome);
        Directory.CreateSymbolicLink(_folder.Combine("dangling"), "nowhere");
        StoreHome.Prepare(new StoreLayout(_folder.Combine("dangling")), Me).Fails(StoreFailures.UnusableHome);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void Home_that_others_can_write_is_refused(UnixFileMode open)
    {
        var path = _folder.CreateFolder("store");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | open);
        var failure = StoreHome.Prepare(new StoreLayout(path), Me).Fails(StoreFailures.StoreOpenToOthers);
        Assert.Equal(ExitCode.Refused, failure.Code.Exit);
        Assert.Contains($"chmod 700 {path}", failure.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Home_of_another_user_is_refused()
    {
        var failure = StoreHome.Prepare(new StoreLayout(_folder.FullPath), Me + 1).Fails(StoreFailures.ForeignStore);
        Assert.Equal(ExitCode.Refused, failure.Code.Exit);
        Assert.Contains($"user {Me}", failure.Message, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.OtherUser)]
    public void Home_of_another_user_is_refused_for_root_too()
    {
        var path = _folder.CreateFolder("store");
        AsAnotherUser.Own(path);
        StoreHome.Prepare(new StoreLayout(path), Me).Fails(StoreFailures.ForeignStore);
    }

    [Theory]
    [InlineData("envs")]
    [InlineData("build-locks")]
    [InlineData("leases")]
    [InlineData("trash")]
    [InlineData("wheels")]
    [InlineData("launches")]
    public void Home_with_a_link_in_the_place_of_a_directory_is_refused(string name)
    {
        var path = _folder.CreateFolder("store");
        Directory.CreateSymbolicLink($"{path}/{name}", _folder.CreateFolder("elsewhere"));
        var failure = StoreHome.Prepare(new StoreLayout(path), Me).Fails(StoreFailures.LinkInStore);
        Assert.Equal(ExitCode.Refused, failure.Code.Exit);
        Assert.StartsWith($"{path}/{name} ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Directory_above_that_others_can_rename_in_is_found()
    {
        var above = _folder.CreateFolder("above");
        var home = _folder.CreateFolder("above", "between", "store");
        Assert.Null(StoreHome.OpenAncestor(home, Me));
        File.SetUnixFileMode(above, (UnixFileMode)0x1FF);
        Assert.Equal(above, StoreHome.OpenAncestor(home, Me));
        File.SetUnixFileMode(above, (UnixFileMode)0x1FF | UnixFileMode.StickyBit);
        Assert.Null(StoreHome.OpenAncestor(home, Me));
    }

    private static Result<StoreLayout> Locate(string? own, string? data, string? home) => StoreHome.Locate(name => name switch
    {
        "SLIPWAY_HOME" => own,
        "XDG_DATA_HOME" => data,
        "HOME" => home,
        _ => throw new ArgumentException(name),
    });
}
