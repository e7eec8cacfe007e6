using System.Text.RegularExpressions;
using Slipway.Environments;
using Slipway.Projects.Discovery;
using Slipway.Projects.UseCases;
using Slipway.TestKit;

namespace Slipway.Projects.Tests.UseCases;

public sealed partial class LockUseCaseTests : IDisposable
{
    private readonly ProjectWorkshop _shop = new();

    public void Dispose() => _shop.Dispose();

    [RequiresTheory(Capability.Python)]
    [InlineData("pip")]
    [InlineData("uv")]
    public async Task Changed_declaration_changes_only_what_must(string backend)
    {
        StandIn.Uv(Path.Combine(_shop.Home, ".local", "bin"));
        var links = new FindLinksFolder(_shop.Root + "/links");
        links.Add(new WheelBuilder("app", "1.0").Requires("under"));
        links.Add(new WheelBuilder("under", "1.0"));
        links.Add(new WheelBuilder("extra", "1.0"));
        _shop.With("slipway.toml", $"backend = '{backend}'\nfind-links = ['{links.FullPath}']\n").With("requirements.txt", "app\n");
        var first = await LockedAsync();
        Assert.Equal((true, "app under"), (first.IsNew, string.Join(' ', first.Changes.Added.Select(package => package.Name))));

        links.Add(new WheelBuilder("app", "2.0").Requires("under"));
        links.Add(new WheelBuilder("under", "2.0"));
        _shop.With("requirements.txt", "app\nextra\n");
        Assert.Equal("requirements.txt", Path.GetFileName((await _shop.CheckLockAsync()).Check.Declaration));
        Assert.Equal("+extra 1.0 =2", Text(await LockedAsync()));
        Assert.False((await LockedAsync()).IsChanged);

        Assert.Equal("under 1.0>2.0 =2", Text(await LockedAsync(new LockWishes { UpgradePackages = ["Under"] })));
        _shop.With("requirements.txt", "app>=2\n");
        Assert.Equal("-extra 1.0 app 1.0>2.0 =1", Text(await LockedAsync()));
        links.Add(new WheelBuilder("under", "3.0"));
        links.Add(new WheelBuilder("app", "3.0").Requires("under"));
        Assert.Equal("app 2.0>3.0 under 2.0>3.0 =0", Text(await LockedAsync(new LockWishes { Upgrade = true })));

        var project = _shop.Finder.Find(_shop.Project, new RequestSettings()).Value;
        Assert.True(_shop.Locks.CheckUpgrades(project, project.Environments, new RequestSettings(), new LockWishes { UpgradePackages = ["under", "APP"] }).IsOk);
        var unknown = _shop.Locks.CheckUpgrades(project, project.Environments, new RequestSettings(), new LockWishes { UpgradePackages = ["udner"] });
        Assert.Equal((ProjectFailures.UpgradeUnknown, "--upgrade-package udner: no such package is locked or declared here."), (unknown.Failure.Code, unknown.Failure.Message));
    }

    [RequiresFact(Capability.Python)]
    public async Task Lock_of_another_Python_or_platform_is_found_by_the_check_as_sync_finds_it()
    {
        var links = new FindLinksFolder(_shop.Root + "/links");
        links.Add(new WheelBuilder("app", "1.0"));
        _shop.With("slipway.toml", $"find-links = ['{links.FullPath}']\n").With("requirements.txt", "app\n");
        Assert.Equal((LockStanding.Missing, ProjectFailures.LockMissing), Stands(await _shop.CheckLockAsync()));
        _ = await LockedAsync();
        var text = _shop.Text("pylock.toml");
        Assert.Equal((LockStanding.Used, null), Stands(await _shop.CheckLockAsync()));

        // What was resolved before answers: the check takes it too, whatever else is on PATH by now.
        links.Add(new WheelBuilder("app", "2.0"));
        var other = Version().Replace(text, "${before}3.5");
        Assert.NotEqual(text, other, StringComparer.Ordinal);
        _shop.With("pylock.toml", other);
        var (check, locked) = await _shop.CheckLockAsync();
        Assert.Equal((LockStanding.Foreign, EnvironmentFailures.ForeignLock), (check.Standing, locked!.Code));
        Assert.Equal(check.Reason, locked.Message);
        Assert.Equal(check.Reason, Assert.Single(await _shop.FindingsAsync(), finding => finding.Id is "foreign-lock").Message);

        // Another Python of this platform: the lock is made anew with the versions that it had, and says so.
        var again = await LockedAsync();
        Assert.Contains("3.5", again.WasFor, StringComparison.Ordinal);
        Assert.Equal((text, "=1"), (_shop.Text("pylock.toml"), Text(again)));

        foreach (var declared in (string[])["app\n", "app>=1\n"])
        {
            var foreign = Platform().Replace(text, "${before}darwin");
            _shop.With("requirements.txt", declared).With("pylock.toml", foreign);
            Assert.NotEqual(text, foreign, StringComparer.Ordinal);
            Assert.NotEqual(LockStanding.Used, (await _shop.CheckLockAsync()).Check.Standing);
            var refused = await _shop.LockAsync();
            Assert.Equal(ProjectFailures.LockOfAnotherPlatform, refused.Failure.Code);
            Assert.Contains("darwin", refused.Failure.Message, StringComparison.Ordinal);
            Assert.Equal(ProjectFailures.LockOfAnotherPlatform, (await _shop.LockAsync(new LockWishes { UpgradePackages = ["app"] })).Failure.Code);
            Assert.Equal(foreign, _shop.Text("pylock.toml"));
        }

        Assert.Equal("=1", Text(await LockedAsync(new LockWishes { Replace = true })));
        Assert.Equal("app 1.0>2.0 =0", Text(await LockedAsync(new LockWishes { Upgrade = true })));
    }

    [GeneratedRegex(@"(?<before>python_version == \W+)3[.][0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex Version();

    [GeneratedRegex(@"(?<before>sys_platform == \W+)linux", RegexOptions.CultureInvariant)]
    private static partial Regex Platform();

    private static (LockStanding, Slipway.Core.Failures.FailureCode?) Stands((CheckedLock Check, Slipway.Core.Failures.Failure? Locked) both) => (both.Check.Standing, both.Locked?.Code);

    private async Task<WrittenLock> LockedAsync(LockWishes? wishes = null)
    {
        var written = await _shop.LockAsync(wishes);
        Assert.True(written.IsOk, written.IsOk ? string.Empty : $"{written.Failure}\n{written.Failure.Detail}");
        return written.Value;
    }

    private static string Text(WrittenLock done) => string.Join(' ',
    [
        .. done.Changes.Added.Select(package => $"+{package.Name} {package.Version}"),
        .. done.Changes.Removed.Select(package => $"-{package.Name} {package.Version}"),
        .. done.Changes.Changed.Select(package => $"{package.Name} {package.From}>{package.To}"),
        $"={done.Changes.Unchanged}",
    ]);
}
