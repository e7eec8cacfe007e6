namespace Slipway.TestKit.Tests;

public sealed class TempFolderTests
{
    private const UnixFileMode ReadOnly = UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    [Fact]
    public void Dispose_removes_a_read_only_tree()
    {
        var folder = new TempFolder();
        folder.WriteFile("a/b/file", "x");
        File.SetUnixFileMode(folder.Combine("a", "b", "file"), UnixFileMode.UserRead);
        File.SetUnixFileMode(folder.Combine("a", "b"), ReadOnly);
        File.SetUnixFileMode(folder.Combine("a"), UnixFileMode.None);
        File.SetUnixFileMode(folder.FullPath, ReadOnly);

        folder.Dispose();

        Assert.False(Directory.Exists(folder.FullPath));
    }

    [Fact]
    public void Dispose_follows_no_link()
    {
        using var outside = new TempFolder();
        outside.WriteFile("kept/file", "x");
        File.SetUnixFileMode(outside.Combine("kept"), ReadOnly);
        var folder = new TempFolder();
        Directory.CreateSymbolicLink(folder.Combine("folder-link"), outside.Combine("kept"));
        File.CreateSymbolicLink(folder.Combine("file-link"), outside.Combine("kept", "file"));
        File.CreateSymbolicLink(folder.Combine("dangling"), "/nowhere/at/all");

        folder.Dispose();

        Assert.False(Directory.Exists(folder.FullPath));
        Assert.Equal("x", File.ReadAllText(outside.Combine("kept", "file")));
        Assert.Equal(ReadOnly, File.GetUnixFileMode(outside.Combine("kept")));
    }

    [Fact]
    public void Delete_tree_removes_the_link_it_is_given_and_accepts_absence()
    {
        using var folder = new TempFolder();
        folder.WriteFile("kept/file", "x");
        Directory.CreateSymbolicLink(folder.Combine("link"), folder.Combine("kept"));

        TempFolder.DeleteTree(folder.Combine("link"));
        TempFolder.DeleteTree(folder.Combine("absent"));

        Assert.False(Path.Exists(folder.Combine("link")));
        Assert.True(File.Exists(folder.Combine("kept", "file")));
    }

    [Fact]
    public void Folder_belongs_to_its_owner_alone_unless_asked()
    {
        using var own = new TempFolder();
        using var shared = new TempFolder(ReadOnly | UnixFileMode.UserWrite);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(own.FullPath));
        Assert.Equal(ReadOnly | UnixFileMode.UserWrite, File.GetUnixFileMode(shared.FullPath));
        Assert.StartsWith(TempFolder.Root, own.FullPath, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_that_are_not_utf_8_are_removed_too()
    {
        var folder = new TempFolder();
        var made = await CommandRunner.RunAsync("/bin/sh", ["-c", "mkdir \"$(printf 'a\\377')\"; echo x >\"$(printf 'a\\377/b\\376')\"; ln -s / \"$(printf 'l\\375')\""], new CommandOptions { WorkingFolder = folder.FullPath });
        Assert.True(made.ExitCode == 0, made.Stderr);
        folder.Dispose();
        Assert.False(Directory.Exists(folder.FullPath));
    }

    [Fact]
    public async Task Store_gives_programs_its_own_home_and_nothing_of_the_person()
    {
        var inherited = new Dictionary<string, string?>(StringComparer.Ordinal) { ["PIP_INDEX_URL"] = "x", ["UV_INDEX"] = "x" };
        using var store = new TempStore();

        var outer = await CommandRunner.RunAsync("env", [], new CommandOptions { Environment = inherited });
        var inner = await CommandRunner.RunAsync("env", [], new CommandOptions { Environment = store.Environment });

        Assert.Contains("PIP_INDEX_URL=x", outer.Stdout, StringComparison.Ordinal);
        var variables = inner.Stdout.Split('\n');
        Assert.Contains("SLIPWAY_HOME=" + store.SlipwayHome, variables, StringComparer.Ordinal);
        Assert.Contains("HOME=" + store.Home, variables, StringComparer.Ordinal);
        Assert.Contains("PATH=" + Environment.GetEnvironmentVariable("PATH"), variables, StringComparer.Ordinal);
        Assert.DoesNotContain(variables, variable =>
            variable.StartsWith("PIP_", StringComparison.Ordinal) || variable.StartsWith("PYTHON", StringComparison.Ordinal));
        Assert.Empty(Directory.GetFileSystemEntries(store.SlipwayHome));
    }
}
