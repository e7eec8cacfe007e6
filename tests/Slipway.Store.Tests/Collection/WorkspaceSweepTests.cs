using Slipway.Machines.Files;
using Slipway.Store.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Store.Tests.Collection;

/// <summary>Files of projects that were brought from other machines.</summary>
public sealed class WorkspaceSweepTests : IDisposable
{
    private const int Limit = 60_000;
    private static readonly TimeSpan Old = TimeSpan.FromDays(40);
    private readonly StoreFixture _store = new();

    public void Dispose() => _store.Dispose();

    [Fact(Timeout = Limit)]
    public async Task Old_workspace_goes_with_its_repository_and_its_lock_file_stays()
    {
        Plant("demo-11111111", Old);
        Plant("young-22222222", TimeSpan.FromDays(1));
        File.Delete(_store.Layout.WorkspaceUse("young-22222222"));
        var dry = await _store.CollectAsync(dryRun: true);
        Assert.Equal("workspaces/demo-11111111", Assert.Single(dry, static entry => entry.Removed).Name);
        Assert.True(Directory.Exists(_store.Layout.Workspace("demo-11111111")));

        var entries = await _store.CollectAsync();
        Assert.Equal(2000, Assert.Single(entries, static entry => entry.Removed).Bytes);
        Assert.Equal("used 24 hours ago", Assert.Single(entries, static entry => !entry.Removed).KeptBecause);
        Assert.False(Directory.Exists(_store.Layout.Workspace("demo-11111111")) || Directory.Exists(_store.Layout.Repository("demo-11111111")));
        Assert.Equal("lock", Path.GetFileName(Assert.Single(Directory.EnumerateFiles(_store.Layout.WorkspaceState("demo-11111111")))));
        Assert.DoesNotContain(await _store.CollectAsync(), static entry => entry.Removed);
    }

    [Fact(Timeout = Limit)]
    public async Task Workspace_stays_while_files_are_brought_a_process_works_there_or_a_run_names_it()
    {
        const string Name = "demo-11111111";
        Plant(Name, Old);
        await using (var pusher = CommandRunner.Start("flock", ["-x", $"{_store.Layout.WorkspaceState(Name)}/lock", "/bin/sh", "-c", "echo held; exec sleep 1000"]))
        {
            await pusher.WaitForLineAsync(static line => line == "held");
            Assert.Equal("files are being brought there", Assert.Single(await _store.CollectAsync()).KeptBecause);
        }

        await using (var worker = CommandRunner.Start("/bin/sh", ["-c", "cd \"$1\" && echo there && exec sleep 1000", "sh", _store.Layout.Workspace(Name)]))
        {
            await worker.WaitForLineAsync(static line => line == "there");
            Assert.Equal($"used by process {worker.Id}", Assert.Single(await _store.CollectAsync()).KeptBecause);
        }

        var run = $"{_store.Layout.Runs}/20260101t000000-1";
        Directory.CreateDirectory(run);
        await File.WriteAllTextAsync($"{run}/run.json", $"{{\"cwd\":\"{_store.Layout.Workspace(Name)}\"}}");
        Assert.Contains("has not ended", Assert.Single(await _store.CollectAsync()).KeptBecause, StringComparison.Ordinal);
        await File.WriteAllTextAsync($"{run}/exit.json", "{}");
        Assert.True(Assert.Single(await _store.CollectAsync()).Removed);
    }

    [Fact(Timeout = Limit)]
    public async Task Repository_without_a_workspace_and_old_loose_scripts_go()
    {
        Plant("gone-33333333", Old);
        Assert.True(LocalFiles.RemoveTree(_store.Layout.Workspace("gone-33333333")).IsOk);
        var script = $"{_store.Layout.LooseScripts}/abc/one.py";
        Directory.CreateDirectory(Path.GetDirectoryName(script)!);
        await File.WriteAllTextAsync(script, "print(1)\n");
        _store.Age(script, Old);
        _store.Age(Path.GetDirectoryName(script)!, Old);
        Assert.Equal("workspaces/gone-33333333 workspaces/scripts/abc", string.Join(' ', (await _store.CollectAsync()).Where(static entry => entry.Removed).Select(static entry => entry.Name)));
        Assert.False(File.Exists(script) || Directory.Exists(_store.Layout.Repository("gone-33333333")));
    }

    private void Plant(string name, TimeSpan age)
    {
        var state = _store.Layout.WorkspaceState(name);
        foreach (var (path, size) in new[] { ($"{_store.Layout.Workspace(name)}/train.py", 1000), ($"{_store.Layout.Repository(name)}/objects", 1000), ($"{state}/marker", 1), ($"{state}/lock", 0), (_store.Layout.WorkspaceUse(name), 0) })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, new byte[size]);
            _store.Age(path, age);
            _store.Age(Path.GetDirectoryName(path)!, age);
        }
    }
}
