using Slipway.Crash.Driver;
using Slipway.Crash.Tests.Support;
using Slipway.Machines;
using Slipway.Machines.Programs;
using Slipway.Store.Slots;
using Slipway.TestKit;

namespace Slipway.Crash.Tests;

/// <summary>A wall clock that jumps must neither end a wait nor hide or damage an environment.</summary>
public sealed class ClockJumpTests : IDisposable
{
    private const int Limit = 60_000;
    private readonly CrashStore _store = new();
    private readonly ManualTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    public void Dispose() => _store.Dispose();

    [Fact(Timeout = Limit)]
    public async Task Wait_for_a_builder_follows_no_wall_clock()
    {
        var slot = Payload.Slot(1);
        Directory.CreateDirectory(_store.Layout.BuildLocks);
        await using var holder = CommandRunner.Start("flock", ["-x", _store.Layout.BuildLock(slot), "/bin/sh", "-c", "echo held; exec sleep 1000"]);
        await holder.WaitForLineAsync(static line => line == "held");
        var observer = new WaitObserver();
        var publishing = new LocalMachine(_time).ExecuteAsync(Program(), observer, default);
        await observer.Waited;
        await _time.WaitForTimersAsync();

        _time.SetUtcNow(_time.GetUtcNow().AddYears(3));
        _time.Advance(TimeSpan.FromSeconds(1));
        await _time.WaitForTimersAsync();
        _time.SetUtcNow(DateTimeOffset.UnixEpoch);
        _time.Advance(TimeSpan.FromSeconds(1));
        await _time.WaitForTimersAsync();
        Assert.False(publishing.IsCompleted);

        while (!publishing.IsCompleted)
        {
            await Task.WhenAny(publishing, _time.WaitForTimersAsync());
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        var result = await publishing;
        Assert.False(result.IsOk);
        Assert.Equal(MachinesFailures.LockBusy.Id, result.Failure.Code.Id);
        Assert.InRange(_time.GetTimestamp(), TimeSpan.FromSeconds(60).Ticks, TimeSpan.FromSeconds(70).Ticks);
    }

    [Theory(Timeout = Limit)]
    [InlineData(-20000)]
    [InlineData(20000)]
    public async Task Environment_of_a_wrong_clock_is_published_listed_and_not_collected(int days)
    {
        var slot = Payload.Slot(1);
        _time.SetUtcNow(_time.GetUtcNow().AddDays(days));
        Assert.True((await new LocalMachine(_time).ExecuteAsync(Program(), SilentObserver.Instance, default)).IsOk);
        Assert.True(_store.IsPublishedWhole(slot));
        Assert.Equal(slot, Assert.Single(new EnvironmentStore(_store.Layout).List()).Slot);
        Assert.False(Assert.Single(await _store.CollectLaterAsync()).Removed);
    }

    private MachineProgram Program() =>
        Payload.Publish(_store.Layout, Payload.Slot(1), _store.Fill(Payload.Slot(1), 1), PublishMode.Reuse, _time);
}
