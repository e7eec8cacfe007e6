using Slipway.Core.Decisions;
using Slipway.Environments.Subjects;
using Slipway.Environments.Tests.Support;
using Slipway.Machines.Files;
using Slipway.TestKit;

namespace Slipway.Environments.Tests;

/// <summary>What is known is used: nothing is resolved, downloaded or started twice.</summary>
public sealed class MemoTests : IAsyncLifetime
{
    private LocalIndex _index = null!;

    public async Task InitializeAsync()
    {
        _index = await LocalIndex.StartAsync();
        _index.Add(new WheelBuilder("demo", "1.0").Module("demo.py", "V = 1\n"));
    }

    public async Task DisposeAsync() => await _index.DisposeAsync();

    [RequiresFact(Capability.Python)]
    public async Task Second_request_starts_no_process_and_asks_no_index()
    {
        using var world = new World();
        var first = await world.EnsureAsync(Ask.Index(_index, "demo"));
        Assert.Equal((DecisionKind.Build, DecisionReason.NotYetResolved), (first.Plan.Decision.Kind, first.Plan.Decision.Reason));
        var (processes, requests) = (world.Machine.Processes.Count, _index.Requests.Count);

        // A newer version, another pip, another PATH and an active environment: none of that was asked for.
        _index.Add(new WheelBuilder("demo", "2.0"));
        using var elsewhere = new World(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["VIRTUAL_ENV"] = "/venv", ["PYTHONPATH"] = "/x" }, searchPath: ["/nowhere"], store: world.Store);
        var second = await world.EnsureAsync(Ask.Index(_index, "demo"));
        var third = await elsewhere.EnsureAsync(Ask.Index(_index, "demo"), new EnsureOptions(Offline: true));

        Assert.Equal((processes, requests), (world.Machine.Processes.Count, _index.Requests.Count));
        Assert.Empty(elsewhere.Machine.Processes);
        Assert.Equal((DecisionKind.Hit, DecisionReason.Published), (second.Plan.Decision.Kind, second.Plan.Decision.Reason));
        Assert.Equal((first.Slot, first.Slot), (second.Slot, third.Slot));
        Assert.Null(second.Plan.Decision.FirstDifference);
    }

    [RequiresFact(Capability.Python)]
    public async Task Refresh_resolves_again_and_another_request_names_what_differs()
    {
        using var world = new World();
        var old = await world.EnsureAsync(Ask.Index(_index, "demo"));
        _index.Add(new WheelBuilder("demo", "2.0"));

        var fresh = await world.EnsureAsync(Ask.Index(_index, "demo"), new EnsureOptions(Refresh: true));
        var pinned = await world.EnsureAsync(Ask.Index(_index, "demo==1.0"));

        Assert.Equal(DecisionReason.RefreshRequested, fresh.Plan.Decision.Reason);
        Assert.Equal("2.0", fresh.Plan.Lock!.Files[0].Version.ToString());
        Assert.Equal(DecisionReason.PublishedForAnotherRequest, pinned.Plan.Decision.Reason);
        Assert.Equal(old.Slot, pinned.Slot);
        Assert.False(pinned.Built);
        Assert.Equal("requirements was demo and is demo==1", pinned.Plan.Decision.FirstDifference!.ToString());
        Assert.Equal(fresh.Slot.ToString(), (await world.EnsureAsync(Ask.Index(_index, "demo"))).Slot.ToString());
    }

    [RequiresFact(Capability.Python)]
    public async Task Plan_of_what_was_never_resolved_touches_nothing()
    {
        using var world = new World();

        var plan = (await world.Service.PlanAsync(Ask.Index(_index, "demo"), new Subject("s"), new EnsureOptions(), world.Token)).Value;

        Assert.Equal((DecisionKind.Build, "not yet resolved on this host"), (plan.Decision.Kind, plan.Decision.Sentence));
        Assert.Empty(world.Machine.Processes);
        Assert.Empty(_index.Requests);
        Assert.Empty(Directory.GetFileSystemEntries(world.Layout.Home));
    }

    [RequiresFact(Capability.Python)]
    public async Task Replaced_and_vanished_interpreters_are_named()
    {
        using var world = new World();
        var folder = Path.Combine(world.Store.Root, "py");
        Directory.CreateDirectory(folder);
        var python = Path.Combine(folder, Path.GetFileName(RealPath(World.DefaultPython.FullPath)));
        File.Copy(RealPath(World.DefaultPython.FullPath), python);
        var request = Ask.Index(_index, "demo").On(python);
        var first = await world.EnsureAsync(request);
        Assert.Equal(python, first.Plan.Interpreter!.Executable);

        File.SetLastWriteTimeUtc(python, new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var touched = await world.EnsureAsync(request);
        File.Delete(python);
        var gone = (await world.Service.PlanAsync(request, World.Script, new EnsureOptions(), world.Token)).Value;
        var failure = await world.FailAsync(request, EnvironmentFailures.UnusableInterpreter);

        Assert.Equal((DecisionReason.InterpreterChanged, $"{python} was replaced"), (touched.Plan.Decision.Reason, touched.Plan.Decision.Sentence));
        Assert.Equal(first.Slot, touched.Slot);
        Assert.Equal((DecisionReason.InterpreterGone, $"{python} is gone"), (gone.Decision.Reason, gone.Decision.Sentence));
        Assert.Contains(python, failure.Message, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Unreadable_memo_is_resolved_again()
    {
        using var world = new World();
        var first = await world.EnsureAsync(Ask.Index(_index, "demo"));
        var memo = Assert.Single(Directory.GetFiles(world.Layout.Requests));
        foreach (var text in (string[])["{", "null", "{}", """{"schema":"slipway.request-memo/9"}"""])
        {
            await File.WriteAllTextAsync(memo, text);
            Assert.Equal(first.Slot, (await world.EnsureAsync(Ask.Index(_index, "demo"))).Slot);
        }
    }

    [RequiresFact(Capability.Python)]
    public async Task Newer_pip_on_the_host_rebuilds_nothing()
    {
        using var world = new World();
        var first = await world.EnsureAsync(Ask.Index(_index, "demo"));
        var memo = Assert.Single(Directory.GetFiles(world.Layout.Requests));

        // As after an upgrade: what the interpreter carries is another version than what resolved.
        await File.WriteAllTextAsync(memo, (await File.ReadAllTextAsync(memo)).Replace("_bundled/pip-", "_bundled/pip-99-", StringComparison.Ordinal));
        TempFolder.DeleteTree(world.Layout.Slot(first.Slot));
        var again = await world.EnsureAsync(Ask.Index(_index, "demo"));

        Assert.Equal(first.Slot, again.Slot);
        Assert.True(again.Built);
        Assert.Equal(DecisionReason.NotPublished, again.Plan.Decision.Reason);
    }

    [RequiresFact(Capability.Python)]
    public async Task Sixteen_at_once_resolve_once_and_build_once()
    {
        using var store = new TempStore();
        var worlds = Enumerable.Range(0, 16).Select(_ => new World(store: store)).ToList();

        var results = await Task.WhenAll(worlds.Select(world => Task.Run(() => world.EnsureAsync(Ask.Index(_index, "demo")))));

        Assert.Single(results.Select(result => result.Slot).Distinct());
        Assert.Equal(1, results.Count(result => result.Built));
        Assert.Equal(1, _index.CountOf("/simple/demo/"));
        worlds.ForEach(world => world.Dispose());
    }

    [RequiresFact(Capability.Python)]
    public async Task Failure_of_one_is_taken_over_by_those_who_waited()
    {
        using var store = new TempStore();
        using var first = new World(store: store);
        using var second = new World(store: store);
        var gate = new TaskCompletionSource();
        _index.Slow(gate, "/simple/nothing/");
        var waiting = new TaskCompletionSource();

        var one = Task.Run(() => first.FailAsync(Ask.Index(_index, "nothing"), EnvironmentFailures.Unsatisfiable));
        await _index.WaitForRequestAsync("/simple/nothing/").WaitAsync(first.Token);
        var two = Task.Run(() => second.Service.EnsureAsync(Ask.Index(_index, "nothing"), World.Script, new EnsureOptions(), new WaitWatcher(waiting), second.Token));
        await waiting.Task.WaitAsync(first.Token);
        gate.SetResult();

        var (own, adopted) = (await one, (await two).Failure);
        Assert.Equal(own.Message, adopted.Message);
        Assert.Equal(own.Code, adopted.Code);
        Assert.Equal(1, _index.CountOf("/simple/nothing/"));
    }

    [RequiresFact(Capability.Python)]
    public async Task Offline_takes_what_is_there_and_lists_what_is_missing()
    {
        using var world = new World();
        var offline = new EnsureOptions(Offline: true);
        var never = await world.FailAsync(Ask.Index(_index, "demo"), EnvironmentFailures.Offline, offline);
        var ready = await world.EnsureAsync(Ask.Index(_index, "demo"));
        TempFolder.DeleteTree(world.Layout.Slot(ready.Slot));
        var requests = _index.Requests.Count;

        var rebuilt = await world.EnsureAsync(Ask.Index(_index, "demo"), offline);
        TempFolder.DeleteTree(world.Layout.Slot(ready.Slot));
        TempFolder.DeleteTree(world.Layout.Wheels);
        var missing = await world.FailAsync(Ask.Index(_index, "demo"), EnvironmentFailures.Offline, offline);

        Assert.Contains("demo has not been resolved", never.Message, StringComparison.Ordinal);
        Assert.True(rebuilt.Built);
        Assert.Equal(requests, _index.Requests.Count);
        Assert.Contains("the store lacks demo-1.0-py3-none-any.whl", missing.Message, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Offline_works_from_a_directory_from_the_start()
    {
        using var folder = new FindLinksFolder();
        folder.Add(new WheelBuilder("demo", "1.0").Module("demo.py", string.Empty));
        using var world = new World();

        Assert.True((await world.EnsureAsync(Ask.Folder(folder.FullPath, "demo"), new EnsureOptions(Offline: true))).Built);
    }

    private static string RealPath(string path) => LocalPaths.Resolve(path).Value;

    private sealed class WaitWatcher(TaskCompletionSource waiting) : IBuildProgress
    {
        public void Stage(string text)
        {
        }

        public void Detail(string text)
        {
        }

        public void Warn(string text)
        {
        }

        public void Waiting(string holder) => waiting.TrySetResult();
    }
}
