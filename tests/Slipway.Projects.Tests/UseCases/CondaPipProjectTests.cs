using Slipway.Environments;
using Slipway.Projects.Checks;
using Slipway.Projects.Discovery;
using Slipway.Projects.Locks;
using Slipway.Projects.UseCases;
using Slipway.TestKit;
using Slipway.TestKit.Conda;

namespace Slipway.Projects.Tests.UseCases;

/// <summary>A project whose environment.yml asks pip for packages too is locked, synced and checked like any other.</summary>
public sealed class CondaPipProjectTests
{
    [RequiresFact(Capability.Python)]
    public async Task What_pip_brings_is_locked_synced_and_no_surprise_to_the_checks()
    {
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var shop = new ProjectWorkshop("demo");
        using var links = new FindLinksFolder();
        links.Add(new WheelBuilder("added", "1.0").Module("added.py", "V = 1\n"));
        TestMicromamba.Install(shop.Home);
        var channel = await new CondaChannelFolder(Path.Combine(shop.Root, "channel")).PublishAsync(CondaPackageBuilder.Python(Pythons.Default));
        shop.With("environment.yml", $"name: demo\nchannels: [{channel.FullPath}]\ndependencies: [python, pip: [added]]\n").With("slipway.toml", $"find-links = [\"{links.FullPath}\"]\n");
        var project = shop.Finder.Find(shop.Project, new RequestSettings()).Value;
        var name = Assert.Single(project.Environments);

        var written = await shop.Locks.WriteAsync(project, name, new RequestSettings(), new LockWishes(), NoProgress.Instance, cancellation.Token);
        Assert.True(written.IsOk, written.ToString());
        Assert.Contains("name = \"added\"", shop.Text("pylock.toml"), StringComparison.Ordinal);
        var synced = await shop.Sync.SyncAsync(project, name, new RequestSettings { Locked = true }, refresh: false, NoProgress.Instance, cancellation.Token);
        Assert.True(synced.IsOk, synced.ToString());
        Assert.Empty(await OddAsync());

        // What nobody declared is told, and by its name alone.
        var site = Path.GetDirectoryName(Directory.GetFiles(synced.Value.Environment.Root, "added.py", SearchOption.AllDirectories).Single())!;
        File.SetUnixFileMode(site, File.GetUnixFileMode(site) | UnixFileMode.UserWrite);
        Directory.CreateDirectory($"{site}/stray-1.0.dist-info");
        await File.WriteAllTextAsync($"{site}/stray-1.0.dist-info/INSTALLER", "pip\n");
        var finding = Assert.Single(await OddAsync());
        Assert.Equal("pip-in-conda", finding.Id);
        Assert.EndsWith("declares it: stray", finding.Message, StringComparison.Ordinal);

        // Another wish of pip makes the lock stale, and says which. What is locked anew keeps the version that still fits.
        links.Add(new WheelBuilder("added", "2.0").Module("added.py", "V = 2\n"));
        shop.With("environment.yml", shop.Text("environment.yml").Replace("[added]", "['added>=1']", StringComparison.Ordinal));
        Assert.Contains("added>=1 is needed", (await shop.Locks.CheckAsync(project, name, new RequestSettings(), cancellation.Token)).Value.Reason, StringComparison.Ordinal);
        var again = await shop.Locks.WriteAsync(project, name, new RequestSettings(), new LockWishes(), NoProgress.Instance, cancellation.Token);
        Assert.True(again.IsOk, again.ToString());
        Assert.Contains("name = \"added\"\nversion = \"1.0\"", shop.Text("pylock.toml"), StringComparison.Ordinal);
        var newest = await shop.Locks.WriteAsync(project, name, new RequestSettings(), new LockWishes { Upgrade = true }, NoProgress.Instance, cancellation.Token);
        Assert.True(newest.IsOk, newest.ToString());
        Assert.Contains("name = \"added\"\nversion = \"2.0\"", shop.Text("pylock.toml"), StringComparison.Ordinal);

        async Task<IReadOnlyList<CheckFinding>> OddAsync() =>
            [.. (await shop.Check.LookAsync(project, new RequestSettings(), cancellation.Token)).Where(finding => finding.Level is CheckLevel.Warning or CheckLevel.Error)];
    }
}
