using System.Text.RegularExpressions;
using Slipway.Environments;
using Slipway.Projects.Discovery;
using Slipway.Projects.UseCases;
using Slipway.TestKit;
using Slipway.TestKit.Conda;

namespace Slipway.Projects.Tests.UseCases;

/// <summary>conda-lock by a stand-in that resolves with the tests' micromamba.</summary>
public sealed partial class CondaLockTests : IDisposable
{
    private readonly ProjectWorkshop _shop = new("conda project");
    private readonly CondaChannelFolder _channel;

    public CondaLockTests() => _channel = new CondaChannelFolder(Path.Combine(_shop.Root, "channel"));

    private string Tools => Path.Combine(_shop.Home, ".local", "bin");

    public void Dispose() => _shop.Dispose();

    [RequiresFact(Capability.Python)]
    public async Task Project_with_a_lock_of_conda_lock_is_locked_by_it()
    {
        TestMicromamba.Install(_shop.Home);
        await _channel.PublishAsync(new("app", "1.0"), new("more", "1.0"));
        Declare("app");

        // Never because it is there: only where its lock is, or on request.
        StandIn.CondaLock(Tools);
        Assert.Equal(_shop.At("pylock.toml"), (await LockedAsync()).Path);
        File.Delete(_shop.At("pylock.toml"));
        var first = await LockedAsync(new LockWishes { CondaLock = true });
        Assert.Equal((_shop.At("conda-lock.yml"), true, "1 packages for linux-64"), (first.Path, first.IsNew, first.Packages));
        var text = _shop.Text("conda-lock.yml");
        Assert.Contains("  - environment.yml\n", text, StringComparison.Ordinal);
        Assert.Equal((LockStanding.Used, null), await StandsAsync());
        Assert.DoesNotContain("draft", _shop.Listing(), StringComparison.Ordinal);
        Assert.False(File.Exists(_shop.At("pylock.toml")));

        // By content: times mean nothing, and what answers stays without the tool.
        await _channel.PublishAsync(new("app", "1.0"), new("app", "2.0"), new("more", "1.0"), new("more", "2.0"));
        File.SetLastWriteTimeUtc(_shop.At("environment.yml"), File.GetLastWriteTimeUtc(_shop.At("environment.yml")).AddDays(1));
        File.Delete(Path.Combine(Tools, "conda-lock"));
        Assert.False((await LockedAsync()).IsChanged);
        Declare("app", "more");
        Assert.Equal((LockStanding.LeftOut, ProjectFailures.LockRefused), await StandsAsync());
        Assert.Equal(_shop.At("environment.yml"), (await _shop.CheckLockAsync()).Check.Declaration);
        var missing = await _shop.LockAsync();
        Assert.Equal(EnvironmentFailures.CondaLockMissing, missing.Failure.Code);
        Assert.Contains("pipx install conda-lock", missing.Failure.Remedy, StringComparison.Ordinal);
        StandIn.CondaLock(Tools, "1.4.0");
        Assert.Contains("is conda-lock 1.4.0, and 2.0 or newer is needed", (await _shop.LockAsync()).Failure.Message, StringComparison.Ordinal);
        Assert.Equal(text, _shop.Text("conda-lock.yml"));

        // The platforms that it names, and those alone; a pylock.toml that lies there too says the same afterwards.
        StandIn.CondaLock(Tools);
        Directory.CreateSymbolicLink(Path.Combine(_channel.FullPath, "osx-arm64"), "linux-64");
        _shop.With("conda-lock.yml", text.Replace("  - linux-64\n", "  - linux-64\n  - osx-arm64\n", StringComparison.Ordinal)).With("pylock.toml", "lock-version = '1.0'\ncreated-by = 'me'\npackages = []\n");
        var again = await LockedAsync();
        Assert.Equal(("linux-64, osx-arm64", "more"), (again.Packages.Split(" for ")[1], Assert.Single(again.Changes.Added).Name));
        Assert.Contains("app-2.0", _shop.Text("pylock.toml"), StringComparison.Ordinal);
        Assert.Equal((LockStanding.Used, null), await StandsAsync());

        await _channel.PublishAsync(new("app", "2.0"), new("app", "3.0"), new("more", "2.0"), new("more", "3.0"));
        Assert.Equal("app 2.0 3.0", string.Join(' ', (await LockedAsync(new LockWishes { UpgradePackages = ["app"] })).Changes.Changed.Select(one => $"{one.Name} {one.From} {one.To}")));
        Assert.Equal("more", Assert.Single((await LockedAsync(new LockWishes { Upgrade = true })).Changes.Changed).Name);
    }

    [RequiresFact(Capability.Python)]
    public async Task What_fails_leaves_the_locks_as_they_were_and_says_the_words_of_the_tool()
    {
        TestMicromamba.Install(_shop.Home);
        StandIn.CondaLock(Tools);
        await _channel.PublishAsync(new CondaPackageBuilder("app", "1.0"));
        Declare("app");
        _ = await LockedAsync(new LockWishes { CondaLock = true });
        Declare("app", "absent");
        var before = _shop.Listing();
        var failed = await _shop.LockAsync();
        Assert.Equal(EnvironmentFailures.CondaLockFailed, failed.Failure.Code);
        Assert.Contains("nothing provides requested absent", failed.Failure.Detail, StringComparison.Ordinal);
        Assert.Equal(before, _shop.Listing());

        // A tool that claims success and writes what does not answer.
        StandIn.Write(Tools, "conda-lock", "#!/bin/sh\n[ \"$1\" = --version ] && echo 'conda-lock, version 2.5.7' && exit 0\nwhile [ \"$1\" != --lockfile ]; do shift; done\ncp conda-lock.yml \"$2\"\n");
        Assert.Contains("does not answer", (await _shop.LockAsync()).Failure.Message, StringComparison.Ordinal);
        Assert.Equal(before, _shop.Listing());

        File.Delete(_shop.At("environment.yml"));
        _shop.With("requirements.txt", "# nothing\n");
        File.Delete(_shop.At("conda-lock.yml"));
        Assert.Equal(ProjectFailures.CondaLockUnfit, (await _shop.LockAsync(new LockWishes { CondaLock = true })).Failure.Code);
    }

    [RequiresFact(Capability.Python)]
    public async Task Without_conda_lock_what_still_fits_is_kept_and_a_lock_of_another_platform_stays()
    {
        TestMicromamba.Install(_shop.Home);
        await _channel.PublishAsync(new CondaPackageBuilder("app", "1.0").DependsOn("under"), new("under", "1.0"));
        Declare("app");
        _ = await LockedAsync();
        await _channel.PublishAsync(
            new CondaPackageBuilder("app", "1.0").DependsOn("under"), new CondaPackageBuilder("app", "2.0").DependsOn("under"), new("under", "1.0"), new("under", "2.0"), new("more", "1.0"));
        Declare("app", "more");
        var changes = (await LockedAsync()).Changes;
        Assert.Equal(("more", 2), (Assert.Single(changes.Added).Name, changes.Unchanged));
        Assert.Equal("app", Assert.Single((await LockedAsync(new LockWishes { UpgradePackages = ["app"] })).Changes.Changed).Name);

        var foreign = Platform().Replace(_shop.Text("pylock.toml"), "${before}osx-64");
        _shop.With("pylock.toml", foreign);
        Assert.Equal((LockStanding.Foreign, EnvironmentFailures.CondaLockForeign), await StandsAsync());
        Assert.Equal(ProjectFailures.LockOfAnotherPlatform, (await _shop.LockAsync()).Failure.Code);
        Assert.Equal(foreign, _shop.Text("pylock.toml"));
        Assert.True((await LockedAsync(new LockWishes { Replace = true })).IsChanged);
        Assert.Equal((LockStanding.Used, null), await StandsAsync());
    }

    private void Declare(params string[] specs) => _shop.With("environment.yml", $"channels: ['{_channel.FullPath}']\ndependencies: [{string.Join(", ", specs)}]\n");

    private async Task<(LockStanding, Slipway.Core.Failures.FailureCode?)> StandsAsync()
    {
        var (check, locked) = await _shop.CheckLockAsync();
        return (check.Standing, locked?.Code);
    }

    private async Task<WrittenLock> LockedAsync(LockWishes? wishes = null)
    {
        var written = await _shop.LockAsync(wishes);
        Assert.True(written.IsOk, written.IsOk ? string.Empty : $"{written.Failure}\n{written.Failure.Detail}");
        return written.Value;
    }

    [GeneratedRegex("(?<before>platform = \")linux-64", RegexOptions.CultureInvariant)]
    private static partial Regex Platform();
}
