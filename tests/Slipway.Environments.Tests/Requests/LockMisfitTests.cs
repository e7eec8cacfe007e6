using Slipway.Core.Locks;
using Slipway.Environments.Requests;
using Slipway.Environments.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Requests;

/// <summary>Locks of which only the installer, or a look into the packages, shows that they cannot be followed.</summary>
public sealed class LockMisfitTests : IAsyncLifetime, IDisposable
{
    private readonly World _world = new();
    private LocalIndex _index = null!;

    public async Task InitializeAsync()
    {
        _index = await LocalIndex.StartAsync();
        foreach (var version in (string[])["1.0", "2.0"])
        {
            _index.Add(new WheelBuilder("lib", version).Module("lib.py", $"V = '{version}'\n"));
            _index.Add(new WheelBuilder("app", version).Module("app.py", "V = 1\n").Extra("fast", "lib", "app[more]").Extra("more", "deep"));
            _index.Add(new WheelBuilder("deep", version).Module("deep.py", "V = 1\n"));
        }
    }

    public async Task DisposeAsync() => await _index.DisposeAsync();

    public void Dispose() => _world.Dispose();

    [RequiresFact(Capability.Python)]
    public async Task Lock_that_does_not_say_what_it_is_for_is_foreign_where_none_of_its_files_fits()
    {
        var other = new WheelBuilder("lib", "1.0").Tag("cp311-cp311-win_amd64");
        _index.Add(other);
        var made = await MadeAsync("lib==1.0");
        var document = Changed(made, package => package with { Wheels = [package.Wheels[0] with { Name = other.FileName, Url = _index.UrlOf(other).AbsoluteUri }] });

        var loose = await _world.EnsureAsync(Ask.Index(_index, "lib") with { Lock = Import(document, strict: false) });
        var told = _world.Progress.Stages.ToList();
        var strict = await _world.FailAsync(Ask.Index(_index, "lib") with { Lock = Import(document, strict: true) }, EnvironmentFailures.ForeignLock);
        await _world.FailAsync(new EnvironmentRequest { Lock = Import(document, strict: false) }, EnvironmentFailures.ForeignLock);

        Assert.Equal(["lib 1.0"], Versions(loose), StringComparer.Ordinal);
        var warning = Assert.Single(loose.Plan.Warnings);
        Assert.StartsWith("/project/pylock.toml is not for CPython ", warning, StringComparison.Ordinal);
        Assert.Contains(other.FileName, warning, StringComparison.Ordinal);
        Assert.EndsWith("Its versions are used as constraints.", warning, StringComparison.Ordinal);
        Assert.Equal(["Resolving lib", $"warning: {warning}", "Resolving lib"], told.Skip(told.Count - 7).Where(line => line.Contains("lib", StringComparison.Ordinal)), StringComparer.Ordinal);
        Assert.Contains(other.FileName, strict.Message, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Package_of_a_lock_for_another_Python_makes_it_foreign()
    {
        var document = Changed(await MadeAsync("lib==1.0"), package => package with { RequiresPython = Core.Versions.VersionSpecifierSet.Parse("<3").Value });

        var failure = await _world.FailAsync(Ask.Index(_index, "lib") with { Lock = Import(document, strict: true) }, EnvironmentFailures.ForeignLock);

        Assert.StartsWith("/project/pylock.toml has lib 1.0, which is for Python <3, and the interpreter is ", failure.Message, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task That_versions_became_constraints_is_said_before_resolving_which_may_fail()
    {
        var document = await MadeAsync("lib==1.0") with { RequiresPython = Core.Versions.VersionSpecifierSet.Parse("<3").Value };
        _world.Progress.Stages.Clear();

        await _world.FailAsync(Ask.Index(_index, "lib", "absent") with { Lock = Import(document, strict: false) }, EnvironmentFailures.Unsatisfiable);

        Assert.Collection(
            _world.Progress.Stages,
            first => Assert.StartsWith("warning: /project/pylock.toml is for Python <3, ", first, StringComparison.Ordinal),
            second => Assert.Equal("Resolving lib, absent", second));
    }

    [RequiresFact(Capability.Python)]
    public async Task Lock_without_what_an_extra_needs_is_not_believed()
    {
        var bare = await MadeAsync("app==1.0");
        var half = await MadeAsync("app==1.0", "lib==1.0");
        var whole = await MadeAsync("app[fast]==1.0", "lib==1.0", "deep==1.0");
        EnvironmentRequest With(Pylock document, bool strict) => Ask.Index(_index, "app[fast]") with { Lock = Import(document, strict) };

        var missing = await _world.FailAsync(With(bare, strict: true), EnvironmentFailures.StaleLock);
        var further = await _world.FailAsync(With(half, strict: true), EnvironmentFailures.StaleLock);
        var loose = await _world.EnsureAsync(With(half, strict: false));
        var followed = await _world.EnsureAsync(With(whole, strict: true));

        Assert.Equal("/project/pylock.toml has no lib, which app[fast] needs.", missing.Message);
        Assert.Equal("/project/pylock.toml has no deep, which app[more] needs.", further.Message);
        Assert.Equal(["app 1.0", "deep 2.0", "lib 1.0"], Versions(loose), StringComparer.Ordinal);
        Assert.Equal($"{further.Message} Its versions are used as constraints.", Assert.Single(loose.Plan.Warnings));
        Assert.Equal(["app 1.0", "deep 1.0", "lib 1.0"], Versions(followed), StringComparer.Ordinal);
        Assert.Empty(followed.Plan.Warnings);
    }

    // As another tool would write it: without what only our locks say.
    private async Task<Pylock> MadeAsync(params IReadOnlyList<string> requirements)
    {
        var plan = await _world.Service.ResolveAsync(Ask.Index(_index, requirements), World.Script, new EnsureOptions(), _world.Progress, _world.Token);
        Assert.True(plan.IsOk, plan.ToString());
        return Changed(plan.Value.Lock!.Document with { Environments = [], Tool = null }, package => package with { Tool = null });
    }

    private static Pylock Changed(Pylock document, Func<PylockPackage, PylockPackage> change) => document with { Packages = [.. document.Packages.Select(change)] };

    private static ImportedLock Import(Pylock document, bool strict) => new(document, "/project/pylock.toml", strict);

    private static IEnumerable<string> Versions(ReadyEnvironment ready) => ready.Plan.Lock!.Files.Select(file => $"{file.Name} {file.Version}");
}
