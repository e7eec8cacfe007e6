using Slipway.Runs.Launching;
using Slipway.TestKit;

namespace Slipway.Runs.Tests.Launching;

public sealed class LaunchChecksTests : IDisposable
{
    private const string Script = "# /// script\n# dependencies = []\n# ///\nprint(1)\n";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Absence_ends_with_anything_that_appears()
    {
        var path = _folder.Combine("f");
        var check = LaunchChecks.Take(CheckKind.Absence, path)!;
        Assert.True(LaunchChecks.Holds(check));
        File.CreateSymbolicLink(path, "/nowhere");
        Assert.False(LaunchChecks.Holds(check));
        Assert.Null(LaunchChecks.Take(CheckKind.Absence, path));
    }

    [Fact]
    public void Presence_ends_when_nothing_is_there_and_not_with_what_it_holds()
    {
        var path = _folder.WriteFile("f", "abc");
        var check = LaunchChecks.Take(CheckKind.Presence, path)!;
        File.Delete(path);
        Assert.False(LaunchChecks.Holds(check));
        Assert.Null(LaunchChecks.Take(CheckKind.Presence, path));
        Directory.CreateDirectory(path);
        Assert.True(LaunchChecks.Holds(check));
    }

    [Fact]
    public void Content_ends_with_one_byte_and_comes_back_with_it()
    {
        var path = _folder.WriteFile("f", "abc");
        var check = LaunchChecks.Take(CheckKind.Content, path)!;
        Assert.True(LaunchChecks.Holds(check));
        File.WriteAllText(path, "abd");
        Assert.False(LaunchChecks.Holds(check));
        File.WriteAllText(path, "abc");
        Assert.True(LaunchChecks.Holds(check));
        File.Delete(path);
        Assert.False(LaunchChecks.Holds(check));
        Assert.Null(LaunchChecks.Take(CheckKind.Content, path));
    }

    [Fact]
    public void Script_block_lets_the_rest_of_the_script_change()
    {
        var path = _folder.WriteFile("x.py", Script);
        var check = LaunchChecks.Take(CheckKind.ScriptBlock, path)!;
        File.WriteAllText(path, "#!/usr/bin/env python\n" + Script + "print(2)\n");
        Assert.True(LaunchChecks.Holds(check));
        File.WriteAllText(path, Script.Replace("[]", "['a']", StringComparison.Ordinal));
        Assert.False(LaunchChecks.Holds(check));
        File.WriteAllText(path, Script + Script);
        Assert.False(LaunchChecks.Holds(check));
    }

    [Fact]
    public void Script_without_a_block_holds_until_it_gets_one()
    {
        var path = _folder.WriteFile("x.py", "print(1)\n");
        var check = LaunchChecks.Take(CheckKind.ScriptBlock, path)!;
        File.WriteAllText(path, "print(2)\n");
        Assert.True(LaunchChecks.Holds(check));
        File.WriteAllText(path, Script);
        Assert.False(LaunchChecks.Holds(check));
        File.Delete(path);
        Assert.False(LaunchChecks.Holds(check));
        Directory.CreateDirectory(path);
        Assert.False(LaunchChecks.Holds(check));
    }

    [Fact]
    public void Stamp_ends_with_a_replaced_file_of_the_same_content()
    {
        var path = _folder.WriteFile("f", "abc");
        var check = LaunchChecks.Take(CheckKind.Stamp, path)!;
        Assert.True(LaunchChecks.Holds(check));
        File.Move(_folder.WriteFile("g", "abc"), path, overwrite: true);
        Assert.False(LaunchChecks.Holds(check));
        File.Delete(path);
        Assert.False(LaunchChecks.Holds(check));
        Assert.Null(LaunchChecks.Take(CheckKind.Stamp, path));
    }
}
