using Slipway.Crash.Driver;
using Slipway.Crash.Tests.Support;
using Slipway.Machines.Files;
using Slipway.TestKit;

namespace Slipway.Crash.Tests;

/// <summary>Many processes, one store.</summary>
public sealed class ConcurrentProcessesTests : IDisposable
{
    private const int Limit = 120_000;
    private readonly CrashStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact(Timeout = Limit)]
    public async Task Sixteen_processes_that_want_one_slot_build_it_once()
    {
        var count = _store.Outside("builds");
        var script = $"echo build >>{count}";
        var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => _store.RunAsync("publish", 1, "--before", script)));
        Assert.All(results, static result => Assert.True(result.ExitCode == 0, result.ToString()));
        Assert.Single(results, static result => result.Stdout.Contains("done Completed", StringComparison.Ordinal));
        Assert.Equal(15, results.Count(static result => result.Stdout.Contains("done Stopped", StringComparison.Ordinal)));
        Assert.Equal("build\n", await File.ReadAllTextAsync(count));
        Assert.True(_store.IsPublishedWhole(Payload.Slot(1)));
    }

    [Fact(Timeout = Limit)]
    public async Task Collectors_race_with_builds_and_launches_and_no_launch_fails()
    {
        const int Launches = 60;
        var stop = _store.Outside("stop");
        var collectors = new[] { _store.Start("collect", 0, "--until", stop), _store.Start("collect", 0, "--until", stop) };
        var launchers = await Task.WhenAll(
            _store.RunAsync("launch", 1, "--count", $"{Launches}", "--backdate", "yes"),
            _store.RunAsync("launch", 2, "--count", $"{Launches}", "--backdate", "yes"),
            _store.RunAsync("launch", 3, "--count", $"{Launches}"),
            _store.RunAsync("launch", 3, "--count", $"{Launches}"));
        await File.WriteAllTextAsync(stop, string.Empty);
        var collected = await Task.WhenAll(collectors.Select(static collector => collector.WaitAsync()));

        Assert.All(launchers, static result => Assert.True(result.ExitCode == 0, result.ToString()));
        Assert.All(collected, static result => Assert.True(result.ExitCode == 0, result.ToString()));

        // The collectors did remove something, or this was no race; what nobody made look old was built once.
        Assert.Contains(collected, static result => !result.Stdout.Contains("removed 0 ", StringComparison.Ordinal));
        Assert.Equal(1, launchers[2..].Sum(static result => int.Parse(result.Stdout.Split("launched, ")[1].Split(' ')[0])));
        Assert.True(_store.IsPublishedWhole(Payload.Slot(3)));
        await _store.CollectLaterAsync();
        Assert.Empty(_store.Litter());
    }

    [Fact(Timeout = Limit)]
    public async Task Workload_whose_parent_was_killed_keeps_its_lease()
    {
        var slot = Payload.Slot(1);
        Assert.True((await _store.PublishAsync(slot, 1)).IsOk);
        var pidFile = _store.Outside("pid");
        await using var parent = _store.Start("run-child", 1, "--pid-file", pidFile);
        await AwaitFileAsync(pidFile);
        var child = int.Parse(await File.ReadAllTextAsync(pidFile));
        parent.KillHard();
        await LiveProcesses.WaitForEndAsync(parent.Id, TimeSpan.FromSeconds(30));
        Assert.True(LiveProcesses.IsAlive(child));

        var kept = Assert.Single(await _store.CollectLaterAsync(days: 100), entry => entry.Name == slot.ToString());
        Assert.Equal("used by a running workload", kept.KeptBecause);
        Assert.True(_store.IsPublishedWhole(slot));

        (await CommandRunner.RunAsync("kill", ["-9", $"{child}"])).OrThrow();
        await LiveProcesses.WaitForEndAsync(child, TimeSpan.FromSeconds(30));
        Assert.True(Assert.Single(await _store.CollectLaterAsync(days: 100), entry => entry.Name == slot.ToString()).Removed);
    }

    [Fact(Timeout = Limit)]
    public async Task Waiters_adopt_the_failure_of_the_builder_and_later_callers_do_not()
    {
        var (count, gate) = (_store.Outside("builds"), _store.Outside("gate"));
        var script = $"echo build >>{count}; until test -e {gate}; do sleep 0.01; done; echo the index is down; exit 3";
        await using var builder = _store.Start("publish", 1, "--before", script);
        await builder.WaitForLineAsync(static line => line == "step shell");
        await using var first = _store.Start("publish", 1, "--before", script);
        await using var second = _store.Start("publish", 1, "--before", script);
        await first.WaitForLineAsync(static line => line.StartsWith("waiting for process", StringComparison.Ordinal));
        await second.WaitForLineAsync(static line => line.StartsWith("waiting for process", StringComparison.Ordinal));
        await File.WriteAllTextAsync(gate, string.Empty);

        var failed = await builder.WaitAsync();
        Assert.Equal(73, failed.ExitCode);
        Assert.Contains("failed STO0104", failed.Stdout, StringComparison.Ordinal);
        foreach (var waiter in new[] { await first.WaitAsync(), await second.WaitAsync() })
        {
            Assert.Equal(73, waiter.ExitCode);
            Assert.Equal(failed.Stdout.Split('\n')[^2], waiter.Stdout.Split('\n')[^2]);
        }

        Assert.Equal("build\n", await File.ReadAllTextAsync(count));
        var later = await _store.RunAsync("publish", 1);
        Assert.True(later.ExitCode == 0, later.ToString());
        Assert.True(_store.IsPublishedWhole(Payload.Slot(1)));
    }

    private static async Task AwaitFileAsync(string path)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!LocalFiles.Exists(path))
        {
            await timer.WaitForNextTickAsync();
        }
    }
}
