using Slipway.Core.Requirements;
using Slipway.Core.Versions;
using Slipway.Environments.Requests;
using Slipway.Environments.Tests.Conda;
using Slipway.Environments.Tests.Support;
using Slipway.TestKit;
using Slipway.TestKit.Conda;

namespace Slipway.Environments.Tests.Requests;

/// <summary>Versions that a lock had: kept where nothing speaks against them, whoever resolves.</summary>
public sealed class PreferenceTests
{
    [RequiresTheory(Capability.Python)]
    [InlineData("pip")]
    [InlineData("uv")]
    public async Task Liked_versions_are_kept_until_something_speaks_against_them(string backend)
    {
        using var store = new TempStore();
        StandIn.Uv(Path.Combine(store.Home, ".local", "bin"));
        using var world = new World(new Dictionary<string, string>(StringComparer.Ordinal) { ["HOME"] = store.Home }, store: store);
        await using var index = await LocalIndex.StartAsync();
        foreach (var version in (string[])["1.0", "2.0", "3.0"])
        {
            index.Add(new WheelBuilder("free", version)).Add(new WheelBuilder("under_line", version)).Add(new WheelBuilder("bound", version)).Add(new WheelBuilder("app", version).Requires(version is "3.0" ? "bound>=2" : "bound"));
        }

        var asked = Ask.Index(index, "app>=3", "free", "under-line") with { Provisioner = backend };
        var liked = asked with { Preferences = [Like("app", "1.0"), Like("bound", "1.0"), Like("free", "2.0"), Like("under-line", "1.0"), Like("gone", "1.0")] };

        // What was liked is a part of what is asked: neither answer is taken for the other.
        Assert.Equal("app 3.0, bound 3.0, free 3.0, under-line 3.0", await NamesAsync(world, asked));
        Assert.Equal("app 3.0, bound 3.0, free 2.0, under-line 1.0", await NamesAsync(world, liked));
        Assert.Equal("app 2.0, bound 1.0", await NamesAsync(world, Ask.Index(index, "app<3") with { Provisioner = backend, Preferences = [Like("bound", "1.0")] }));
    }

    [RequiresFact(Capability.Python)]
    public async Task Liked_conda_packages_are_kept_and_what_nothing_needs_any_more_goes()
    {
        using var shop = new CondaWorkshop();
        CondaPackageBuilder[] old = [new("app", "1.0"), new("bound", "1.0"), new("free", "1.0"), new("gone", "1.0"), new("same", "1.0")];
        await shop.Channel.PublishAsync(
            [.. old, new CondaPackageBuilder("app", "3.0").DependsOn("bound >=2", "same"), new("bound", "2.0"), new("free", "2.0"), new("same", "2.0")]);
        var asked = shop.Ask("app>=3", "free");

        Assert.Equal("app 3.0, free 2.0, bound 2.0, same 2.0", await NamesAsync(shop.World, asked));
        var liked = asked with { Conda = asked.Conda! with { Preferences = [.. old.Select(shop.Locked)] } };
        Assert.Equal("app 3.0, free 1.0, bound 2.0, same 1.0", await NamesAsync(shop.World, liked));
    }

    private static PreferredVersion Like(string name, string version) => new(PackageName.Parse(name).Value, PepVersion.Parse(version).Value);

    private static async Task<string> NamesAsync(World world, EnvironmentRequest request)
    {
        var resolved = await world.Service.ResolveAsync(request, World.Script, new EnsureOptions(), world.Progress, world.Token);
        Assert.True(resolved.IsOk, resolved.IsOk ? string.Empty : $"{resolved.Failure}\n{resolved.Failure.Detail}");
        return string.Join(", ", resolved.Value.Lock!.Names);
    }
}
