using System.Collections.Immutable;
using Slipway.Environments;
using Slipway.Machines;
using Slipway.Machines.Processes;
using Slipway.Runs.Arguments;
using Slipway.Runs.Gpus;
using Slipway.Store.Layout;
using Slipway.TestKit;

namespace Slipway.Runs.Tests.Gpus;

/// <summary><c>--gpus</c>: what a workload is started with.</summary>
public sealed class GpuClaimTests : IDisposable
{
    private const int Limit = 60_000;
    private readonly TempFolder _folder = new();
    private readonly TestGpus _gpus = new();

    [Fact(Timeout = Limit)]
    public async Task Workload_has_its_gpus_for_its_life_and_nobody_else_has_them()
    {
        var host = await HostAsync();
        _gpus.Answer("0, GPU-a, Test, 0, 80000, 0, [N/A]\n1, GPU-b, Test, 0, 80000, 0, [N/A]\n");
        using var cancel = new CancellationTokenSource();
        var feed = new InputFeed();
        var first = await GpuClaim.ApplyAsync(ProcessCommand.Create("sh", "-c", "echo $CUDA_VISIBLE_DEVICES; read go") with { Feed = feed }, Split("--gpus", "1"), host, TimeProvider.System, NoProgress.Instance, default);
        var line = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = host.Machine.RunAsync(first.Value, new FirstLine(line), default);
        Assert.Equal("GPU-a", await line.Task);

        var second = await GpuClaim.ApplyAsync(ProcessCommand.Create("sh", "-c", "echo $CUDA_VISIBLE_DEVICES"), Split("--gpus", "1"), host, TimeProvider.System, NoProgress.Instance, default);
        Assert.Equal("GPU-b\n", (await host.Machine.RunAsync(second.Value, null, default)).Value.OutputText);
        var none = await GpuClaim.ApplyAsync(ProcessCommand.Create("true"), Split("--gpus", "2", "--gpu-wait", "0"), host, TimeProvider.System, NoProgress.Instance, default);
        Assert.Equal(GpuFailures.Busy, none.Failure.Code);

        feed.Complete();
        Assert.NotNull((await running).Value);
        var both = await GpuClaim.ApplyAsync(ProcessCommand.Create("sh", "-c", "echo $CUDA_VISIBLE_DEVICES; exit 3"), Split("--gpus", "0,1", "--gpu-wait", "0"), host, TimeProvider.System, NoProgress.Instance, default);
        var ended = (await host.Machine.RunAsync(both.Value, null, default)).Value;
        Assert.Equal((3, "GPU-a,GPU-b\n"), (ended.Code, ended.OutputText));
    }

    [Fact]
    public void Wait_without_gpus_and_a_selection_that_is_none_are_refused()
    {
        Assert.Equal(RunFailures.Usage, GpuClaim.Check(Split("--gpu-wait", "5m"))!.Code);
        Assert.Equal(GpuFailures.SelectionInvalid, GpuClaim.Check(Split("--gpus", "0,0"))!.Code);
        Assert.Null(GpuClaim.Check(Split("--gpus", "=0", "--gpu-wait", "5m")));
    }

    public void Dispose()
    {
        _gpus.Dispose();
        _folder.Dispose();
    }

    private static RunArguments Split(params string[] options) => ArgumentSplitter.Split([.. options, "x.py"], RunOptions.ForRun).Value;

    private async Task<BuildHost> HostAsync()
    {
        var bin = _folder.CreateFolder("bin");
        await File.WriteAllTextAsync($"{bin}/nvidia-smi", _gpus.Program);
        File.SetUnixFileMode($"{bin}/nvidia-smi", UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var machine = new LocalMachine(environment: new([.. new[] { $"PATH={bin}:/usr/bin:/bin" }.Select(Slipway.Machines.Posix.PosixText.Encode)]));
        return new BuildHost(machine, new StoreLayout(_folder.CreateFolder("store")), (await machine.GetFactsAsync(default)).Value);
    }

    private sealed class FirstLine(TaskCompletionSource<string> line) : IOutputSink
    {
        private readonly List<byte> _bytes = [];

        public void Write(OutputStream stream, ReadOnlySpan<byte> chunk)
        {
            _bytes.AddRange(stream is OutputStream.Output ? chunk : default);
            if (_bytes.IndexOf((byte)'\n') is >= 0 and var end)
            {
                line.TrySetResult(System.Text.Encoding.UTF8.GetString([.. _bytes[..end]]));
            }
        }
    }
}
