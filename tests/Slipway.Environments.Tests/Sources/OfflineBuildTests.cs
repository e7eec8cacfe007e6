using Slipway.Core.Failures;
using Slipway.Environments.Requests;
using Slipway.Environments.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Sources;

/// <summary>Without the network, what is here may be built, with what is here.</summary>
public sealed class OfflineBuildTests : IAsyncLifetime, IDisposable
{
    private readonly World _world = new();
    private readonly TempFolder _folder = new();
    private LocalIndex _index = null!;

    public async Task InitializeAsync()
    {
        _index = await LocalIndex.StartAsync();
        _index.Add(new WheelBuilder("helper", "1.0").Module("helper.py", string.Empty));
    }

    public async Task DisposeAsync() => await _index.DisposeAsync();

    public void Dispose()
    {
        _folder.Dispose();
        _world.Dispose();
    }

    [RequiresTheory(Capability.Python)]
    [InlineData(null)]
    [InlineData("gated")]
    public async Task Build_requirement_is_not_fetched_and_is_named(string? indexName)
    {
        var ready = await _world.EnsureAsync(Request("needy", indexName, [], "helper"));
        var asked = _index.Requests.Count;
        ForgetWheels();

        var failure = (await RepairAsync(ready)).Failure;

        Assert.Equal(EnvironmentFailures.Offline, failure.Code);
        Assert.Contains("the store lacks the build requirement helper of needy 1.0", failure.Message, StringComparison.Ordinal);
        Assert.Equal(asked, _index.Requests.Count);
    }

    [RequiresTheory(Capability.Python)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Build_requirement_in_a_local_folder_is_used(bool isBesideAnIndex)
    {
        using var links = new FindLinksFolder();
        links.Add(new WheelBuilder("helper", "1.0").Module("helper.py", string.Empty));
        var request = Request("needy", null, [links.FullPath], "helper");
        var ready = await _world.EnsureAsync(isBesideAnIndex ? request : request with { Sources = PackageSources.Create([], [links.FullPath]).Value });
        var asked = _index.Requests.Count;
        ForgetWheels();

        Assert.True((await RepairAsync(ready)).IsOk);
        Assert.Equal(asked, _index.Requests.Count);
    }

    [RequiresTheory(Capability.Python)]
    [InlineData("prepare_metadata_for_build_wheel")]
    [InlineData("build_wheel")]
    public async Task Build_that_asks_the_network_by_itself_is_refused_at_once(string hook)
    {
        // Whoever is asked for a page of another host answers here, as a proxy would.
        using var world = new World(new Dictionary<string, string>(StringComparer.Ordinal) { ["http_proxy"] = _index.BaseUrl.AbsoluteUri });
        var tree = ProjectTree.Write(_folder.FullPath, new SdistBuilder("chatty", "1.0").Module("chatty.py", string.Empty));
        await File.AppendAllTextAsync(Path.Combine(tree, "backend", "testkit_backend.py"), $"""

            _own = {hook}


            def {hook}(*arguments):
                import urllib.request
                try:
                    urllib.request.urlopen("http://far.invalid/asked", timeout=20).close()
                except Exception as error:
                    _fail("error: the way out: %s" % error)
                return _own(*arguments)

            """);
        var request = Ask.Folder(_folder.FullPath, $"chatty @ file://{tree}");

        var online = await world.FailAsync(request, EnvironmentFailures.BuildFailed);
        var asked = _index.CountOf("/asked");
        var offline = await world.FailAsync(request, EnvironmentFailures.BuildFailed, new EnsureOptions(Offline: true));

        Assert.Contains("the way out: HTTP Error 404", online.Message, StringComparison.Ordinal);
        Assert.Contains("Connection refused", offline.Message, StringComparison.Ordinal);
        Assert.Equal((1, 1), (asked, _index.CountOf("/asked")));
    }

    private EnvironmentRequest Request(string name, string? indexName, string[] links, string buildRequirement)
    {
        var project = new SdistBuilder(name, "1.0").Module($"{name}.py", string.Empty).RequiresBuild(buildRequirement);
        return Ask.Of([_index.Source(indexName)], links, $"{name} @ file://{ProjectTree.Write(_folder.FullPath, project)}");
    }

    private Task<Result<Unit>> RepairAsync(ReadyEnvironment ready) =>
        _world.Service.RepairAsync(_world.Stored(ready), new EnsureOptions(Offline: true), _world.Progress, _world.Token);

    private void ForgetWheels() => Assert.True(Machines.Files.LocalFiles.RemoveTree(_world.Layout.Wheels).IsOk);
}
