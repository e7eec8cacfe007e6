using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Machines.HandOff;
using Slipway.Machines.Processes;
using Slipway.Runs.Gpus;
using Slipway.TestKit;

namespace Slipway.Runs.Tests.Gpus;

/// <summary>The script that the shell of a job reads, under each kind of shell, and what an onlooker sees of it.</summary>
public sealed class GpuReservationTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);
    private readonly TempFolder _folder = new();
    private readonly TestGpus _gpus = new();
    private readonly LocalMachine _machine;

    public GpuReservationTests()
    {
        StandIn.Write(_folder.Combine("bin"), "nvidia-smi", _gpus.Program);
        _machine = new LocalMachine(TimeProvider.System, new StartupEnvironment([System.Text.Encoding.UTF8.GetBytes($"PATH={_folder.Combine("bin")}:/usr/bin:/bin")]));
    }

    private string Locks => _folder.Combine("gpu");

    public void Dispose()
    {
        _gpus.Dispose();
        _folder.Dispose();
    }

    [RequiresTheory(Capability.Linux)]
    [InlineData("/bin/bash")]
    [InlineData("/bin/dash")]
    [InlineData("/bin/busybox sh")]
    public async Task Held_gpus_stay_held_until_the_last_process_of_the_job_is_gone(string shell)
    {
        var first = Start(shell, "gpu_hold \"$1\" 2 A B C || exit 9; echo \"held $sw_gpu_ids\"; exec 3<&0; (trap '' TERM; echo job; read line <&3) & wait; exit 0", keepsInput: true);
        Assert.Equal("held A,B", await first.WaitForLineAsync(static line => line.StartsWith("held", StringComparison.Ordinal), Soon));
        await first.WaitForLineAsync(static line => line.StartsWith("job", StringComparison.Ordinal), Soon);

        Assert.Equal("C", await HoldAsync(shell, 1, "A", "B", "C"));
        Assert.Equal("code 1", await HoldAsync(shell, 2, "A", "B", "C"));

        // The shell that took them dies at once; its job lives, and keeps them.
        first.KillHard();
        Assert.Equal("code 1", await HoldAsync(shell, 3, "A", "B", "C"));
        await first.DisposeAsync();
        Assert.Equal("A,B,C", await HoldUntilFreeAsync(shell));
        Assert.Equal("A B C", string.Join(' ', Directory.GetFileSystemEntries(Locks).Select(Path.GetFileName).Order(StringComparer.Ordinal)));
    }

    [RequiresFact(Capability.Linux)]
    public async Task More_than_a_shell_has_descriptors_for()
    {
        string[] ids = [.. Enumerable.Range(0, 16).Select(static i => $"GPU-{i}")];
        Assert.Equal(string.Join(',', ids), await HoldAsync("/bin/dash", 16, ids));
    }

    [RequiresFact(Capability.Linux)]
    public async Task Onlooker_sees_reservations_and_waits_for_them()
    {
        _gpus.Answer(GpuSamples.Two.Replace("40517", "12", StringComparison.Ordinal).Replace("97", "0", StringComparison.Ordinal));
        var time = new ManualTimeProvider();
        var inspector = new GpuInspector(_machine, Locks, time);
        var both = (await inspector.LookAsync(default)).Value;
        Assert.All(both, static unit => Assert.False(unit.IsReserved));
        var words = GpuReservation.Arguments(Locks, GpuSelection.Parse("1").Value, both);
        await using var holder = Start("/bin/sh", "gpu_hold \"$@\"; echo \"held $sw_gpu_ids\"; read line", keepsInput: true, [.. words]);
        await holder.WaitForLineAsync(line => string.Equals(line, $"held {both[0].Id}", StringComparison.Ordinal), Soon);
        Assert.Equal("True False", string.Join(' ', (await inspector.LookAsync(default)).Value.Select(static unit => unit.IsReserved)));

        var told = new TaskCompletionSource<Failure>(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = inspector.WaitAsync(GpuSelection.Parse("2").Value, new GpuPolicy(), TimeSpan.FromSeconds(45), failure => told.TrySetResult(failure), default);
        Assert.Contains("GPU 0 reserved by a job", (await told.Task.WaitAsync(Soon)).Message, StringComparison.Ordinal);
        holder.CloseInput();
        await holder.WaitAsync();
        Assert.Equal(2, (await AdvanceAsync(time, waiting)).Value.Length);

        Assert.Equal(GpuFailures.Unknown, (await inspector.WaitAsync(GpuSelection.Parse("=7").Value, new GpuPolicy(), TimeSpan.FromHours(1), static _ => { }, default)).Failure.Code);
        _gpus.Answer(GpuSamples.Two);
        var tellings = 0;
        var late = await AdvanceAsync(time, inspector.WaitAsync(GpuSelection.Parse("2").Value, new GpuPolicy(), TimeSpan.FromSeconds(45), _ => tellings++, default));
        Assert.Equal(1, tellings);
        Assert.Equal(GpuFailures.Busy, late.Failure.Code);
        Assert.Contains("waited for 45 s", late.Failure.Message, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Linux)]
    public async Task Old_drivers_broken_ones_and_none_are_told_apart()
    {
        var inspector = new GpuInspector(_machine, Locks, TimeProvider.System);
        _gpus.Answer("0, GPU-1-a, Tesla K80, 0, 11441, 0\n", knowsMig: false);
        Assert.Equal("GPU-1-a", Assert.Single((await inspector.LookAsync(default)).Value).Id);
        _gpus.Fail("Failed to initialize NVML: Driver/library version mismatch");
        var broken = (await inspector.LookAsync(default)).Failure;
        Assert.Equal((GpuFailures.Unreadable, "Failed to initialize NVML: Driver/library version mismatch"), (broken.Code, broken.Detail));
        _gpus.Fail("No devices were found");
        Assert.Empty((await inspector.LookAsync(default)).Value);
        File.Delete(_folder.Combine("bin", "nvidia-smi"));
        Assert.Empty((await inspector.LookAsync(default)).Value);
    }

    // The waiter makes its timers on threads of its own: the clock goes on until it has had enough.
    private static async Task<T> AdvanceAsync<T>(ManualTimeProvider time, Task<T> task)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!task.IsCompleted && await timer.WaitForNextTickAsync())
        {
            time.Advance(TimeSpan.FromSeconds(5));
        }

        return await task;
    }

    private async Task<string> HoldUntilFreeAsync(string shell)
    {
        using var limit = new CancellationTokenSource(Soon);
        while (true)
        {
            limit.Token.ThrowIfCancellationRequested();
            if (await HoldAsync(shell, 3, "A", "B", "C") is var answer and not "code 1")
            {
                return answer;
            }
        }
    }

    private async Task<string> HoldAsync(string shell, int count, params string[] ids)
    {
        await using var command = Start(shell, "gpu_hold \"$@\"; c=$?; if [ $c = 0 ]; then echo \"$sw_gpu_ids\"; else echo \"code $c\"; fi", keepsInput: false, [Locks, count.ToString(System.Globalization.CultureInfo.InvariantCulture), .. ids]);
        return (await command.WaitAsync()).Stdout.Trim();
    }

    private RunningCommand Start(string shell, string script, bool keepsInput, params string[] arguments)
    {
        var words = shell.Split(' ');
        return CommandRunner.Start(words[0], [.. words[1..], "-c", GpuReservation.Script + script, "sh", .. arguments.Length > 0 ? arguments : [Locks]], new CommandOptions { KeepInputOpen = keepsInput });
    }
}
