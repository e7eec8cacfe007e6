using System.Text.Json;
using Slipway.Environments.Requests;
using Slipway.Environments.Sources;
using Slipway.Environments.Tests.Support;

namespace Slipway.Environments.Tests.Sources;

/// <summary>When pip asks through the gate, and what the driver is told.</summary>
public sealed class GatePlanTests : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Every_index_and_page_is_behind_the_gate_and_a_directory_alone_is_not()
    {
        Assert.Equal((true, true), Of(PackageSources.Default));
        Assert.Equal((true, false), Of(Create("https://packages.example/simple", [])));
        Assert.Equal((true, false), Of(Create(null, ["/srv/files", "https://packages.example/files"])));
        Assert.Equal((false, false), Of(Create(null, ["/srv/files", "/srv/more"])));
        Assert.Equal((true, false), Of(Create(null, ["/srv/files"]) with { ExcludeNewer = DateTimeOffset.UnixEpoch }));

        // A settled request that has to build something asks the index that it always had.
        Assert.Equal((true, true), Of(PackageSources.Default.ForSettled("/s/links.html", isBuilding: true)));
        Assert.Equal((false, false), Of(PackageSources.Default.ForSettled("/s/links.html", isBuilding: false)));
    }

    [Fact]
    public void Driver_is_told_which_settings_of_pip_hold()
    {
        using var plan = JsonDocument.Parse(GatePlan.Of(_world.Host with { IsOffline = true }, PackageSources.Default, []).ToBytes());

        Assert.True(plan.RootElement.GetProperty("is_offline").GetBoolean());
        Assert.Equal("PIP_CLIENT_CERT", plan.RootElement.GetProperty("honoured").GetProperty("client-cert").GetString());
        Assert.Contains("index-url", plan.RootElement.GetProperty("ignored").EnumerateArray().Select(name => name.GetString()), StringComparer.Ordinal);
    }

    private (bool IsGated, bool AsksDefault) Of(PackageSources sources)
    {
        var plan = GatePlan.Of(_world.Host, sources, []);
        return (plan.IsGated, plan.AsksDefault);
    }

    private static PackageSources Create(string? index, string[] links) =>
        PackageSources.Create(index is null ? [] : [new PackageIndex(index)], [.. links]).Value;
}
