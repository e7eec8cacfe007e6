using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Identity;
using Slipway.Machines;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;
using Slipway.TestKit;
using Slipway.Workers.Connections;
using Slipway.Workers.Frames;
using Slipway.Workers.Tests.Frames;
using Slipway.Workers.Tests.Support;

namespace Slipway.Workers.Tests.Connections;

/// <summary>What holds for a worker wherever it runs.</summary>
public abstract class WorkerContract(WorkerPlace place)
{
    private const int Limit = 60_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact(Timeout = Limit)]
    public async Task Frames_go_through_the_real_Python_and_back_unchanged()
    {
        await using var worker = await place.OpenAsync();
        var gen = new Gen(11);
        var calls = Enumerable.Range(0, 60).Select(_ => FrameGen.Frame(gen)).ToList();
        var answers = await Task.WhenAll(calls.Select(frame => worker.CallAsync(new WorkerCall("echo") { Arguments = frame.Body, Tensors = frame.Tensors }, default)));
        for (var i = 0; i < calls.Count; i++)
        {
            var answer = answers[i].Ok();
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(calls[i].Body.GetRawText()), JsonNode.Parse(answer.Values.GetRawText())));
            Assert.Equal(Text(calls[i].Tensors), Text(answer.Tensors));
        }

        var large = new byte[5_000_001];
        new Random(3).NextBytes(large);
        var echoed = (await worker.CallAsync(new WorkerCall("echo") { Tensors = [Tensor.OfBytes("x", new byte[3]), Tensor.OfBytes("large", large)] }, default)).Ok();
        Assert.True(echoed.Find("large")!.Bytes.Span.SequenceEqual(large));
    }

    [Fact(Timeout = Limit)]
    public async Task Worker_sees_its_environment_and_nothing_secret_is_in_an_argument()
    {
        var none = EnvironmentChanges.None;
        var activation = none with { Set = none.Set.Add("VIRTUAL_ENV", "/the/env"), Prepend = none.Prepend.Add("PATH", "/the/env/bin"), Unset = none.Unset.Add("PYTHONHOME") };
        var options = WorkerPlace.Quick with { Variables = WorkerPlace.Quick.Variables.Add("PLAIN", "a b"), Secrets = WorkerPlace.Quick.Secrets.Add("TOKEN", "s3cret-value") };
        await using var worker = await place.OpenAsync(options, activation: activation);
        var seen = (await worker.CallAsync(new WorkerCall("look"), default)).Ok().Values;
        var variables = seen.GetProperty("variables");
        Assert.Equal(("/the/env", "a b", "s3cret-value"), (variables.GetProperty("VIRTUAL_ENV").GetString(), variables.GetProperty("PLAIN").GetString(), variables.GetProperty("TOKEN").GetString()));
        Assert.StartsWith("/the/env/bin:", variables.GetProperty("PATH").GetString());
        Assert.DoesNotContain("s3cret", seen.GetProperty("command_line").GetString());
        Assert.Equal((1, 1, ""), (seen.GetProperty("isolated").GetInt32(), seen.GetProperty("utf8").GetInt32(), seen.GetProperty("stdin").GetString()));
        var failure = (await worker.CallAsync(Call("fail", ("how", "any")), default)).Fails(WorkerFailures.OperationFailed);
        Assert.Contains("it says ***", failure.Message);
        Assert.DoesNotContain("s3cret", failure.Detail);
        Assert.Contains("worker/", seen.GetProperty("command_line").GetString());
        Assert.DoesNotContain(Directory.GetFiles("/proc/self", "cmdline"), static file => File.ReadAllText(file).Contains("s3cret", StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task Prints_by_the_megabyte_stay_out_of_the_frames_and_only_the_end_is_kept()
    {
        await using var worker = await place.OpenAsync();
        (await worker.CallAsync(Call("chatter", ("lines", 2000)), default)).Ok();
        (await worker.CallAsync(new WorkerCall("ping"), default)).Ok();

        // The two streams come by two ways; at the end all is there.
        await worker.DisposeAsync();
        Assert.InRange(worker.ErrorTail.Length, 60_000, 64 * 1024);
        Assert.Contains("straight to standard output\nfrom a child\n", worker.ErrorTail);
    }

    [Fact(Timeout = Limit)]
    public async Task Events_come_in_order_before_the_answer()
    {
        await using var worker = await place.OpenAsync();
        var steps = new List<(int, byte)>();
        (await worker.CallAsync(Call("steps", ("count", 50)) with { Progress = told => steps.Add((told.Data.GetProperty("step").GetInt32(), told.Tensors[0].Bytes.Span[0])) }, default)).Ok();
        Assert.Equal(Enumerable.Range(0, 50).Select(static step => (step, (byte)step)), steps);
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => worker.CallAsync(Call("steps", ("count", 1)) with { Progress = static _ => throw new InvalidTimeZoneException() }, default));
        (await worker.CallAsync(new WorkerCall("ping"), default)).Ok();
    }

    [Fact(Timeout = Limit)]
    public async Task Cancelled_call_ends_and_the_worker_goes_on()
    {
        await using var worker = await place.OpenAsync(WorkerPlace.Quick with { Grace = Patience });
        using var cancel = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        var waiting = worker.CallAsync(new WorkerCall("wait") { Progress = _ => begun.TrySetResult() }, cancel.Token);
        await begun.Task;
        var second = worker.CallAsync(Call("steps", ("count", 1)), default);
        Assert.True((await worker.CallAsync(new WorkerCall("ping"), default)).Ok().Values.GetProperty("busy").GetBoolean());
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        (await second).Ok();
        (await worker.CallAsync(new WorkerCall("wait") { Timeout = TimeSpan.FromMilliseconds(30) }, default)).Fails(WorkerFailures.TimedOut);
        (await worker.CallAsync(new WorkerCall("ping"), default)).Ok();
        Assert.Null(worker.Failure);
    }

    [Fact(Timeout = Limit)]
    public async Task Call_that_hangs_takes_the_worker_and_its_children_with_it()
    {
        await using var worker = await place.OpenAsync();
        var child = new TaskCompletionSource<int>();
        var hanging = worker.CallAsync(new WorkerCall("hang") { Progress = told => child.TrySetResult(told.Data.GetProperty("child").GetInt32()), Timeout = TimeSpan.FromSeconds(1) }, default);
        var other = worker.CallAsync(new WorkerCall("echo"), default);
        var failure = (await hanging).Fails(WorkerFailures.TimedOut);
        Assert.Contains("hanging", failure.Detail);
        Assert.Contains("did not end when it was asked to", (await other).Fails(WorkerFailures.Died).Message);
        await worker.Completion;
        await GoneAsync(worker.Info.ProcessId, await child.Task);
        (await worker.CallAsync(new WorkerCall("ping"), default)).Fails(WorkerFailures.Died);
    }

    [Theory(Timeout = Limit)]
    [InlineData(0.3)]
    [InlineData(30)]
    public async Task Closing_ends_also_a_worker_that_hangs(double grace)
    {
        // With the long grace nobody sends a signal: the worker itself sees the end of its input, as it does when its client was killed.
        var worker = await place.OpenAsync(WorkerPlace.Quick with { Grace = TimeSpan.FromSeconds(grace) });
        var child = new TaskCompletionSource<int>();
        var hanging = worker.CallAsync(new WorkerCall("hang") { Progress = told => child.TrySetResult(told.Data.GetProperty("child").GetInt32()) }, default);
        var process = await child.Task;
        await worker.DisposeAsync();
        (await hanging).Fails(WorkerFailures.Closed);
        await GoneAsync(worker.Info.ProcessId, process);
    }

    [Theory(Timeout = Limit)]
    [InlineData("leave", "exit code 3", "leaving now")]
    [InlineData("kill", "signal 9|exit code 137", "killed now")]
    public async Task Death_fails_every_open_call_with_the_last_words(string how, string end, string words)
    {
        // A shell that reports it cannot tell a signal from an exit code.
        await using var worker = await place.OpenAsync();
        var calls = new[] { worker.CallAsync(new WorkerCall(how), default), worker.CallAsync(new WorkerCall("echo"), default) };
        foreach (var ended in await Task.WhenAll(calls))
        {
            var failure = ended.Fails(WorkerFailures.Died);
            Assert.Matches(end, failure.Message);
            Assert.Contains(words, failure.Detail);
        }

        Assert.Equal(WorkerFailures.Died, worker.Failure!.Code);
        await GoneAsync(worker.Info.ProcessId);
    }

    [Theory(Timeout = Limit)]
    [InlineData("ffffffffffffffffffffffff")]
    [InlineData("02000000000000000000000041414141")]
    public async Task Garbage_fails_the_call_and_leaves_no_process(string bytes)
    {
        await using var worker = await place.OpenAsync();
        var failure = (await worker.CallAsync(Call("garbage", ("bytes", bytes)), default)).Fails(WorkerFailures.Garbage);
        Assert.Contains("writing garbage", failure.Detail);
        await worker.Completion;
        await GoneAsync(worker.Info.ProcessId);
    }

    [Fact(Timeout = Limit)]
    public async Task Environment_is_leased_as_long_as_the_worker_lives()
    {
        var reference = await place.PublishAsync(Pythons.Default.FullPath);
        var worker = (await new WorkerHost(place.Host).OpenAsync(reference, WorkerPlace.Quick, default)).Ok();
        var slot = SlotName.Parse(reference.Slot!).Ok();
        var take = new MachineProgram("test", [new Step.WithBuildLock(place.Host.Layout.BuildLock(slot), "test", Patience, null, [new Step.ExclusiveLease(place.Host.Layout.LeaseFile(slot))])]);
        Assert.False((await place.Host.Machine.ExecuteAsync(take, SilentObserver.Instance, default)).IsOk);
        var process = worker.Info.ProcessId;
        Assert.True(LiveProcesses.IsAlive(process));
        await worker.DisposeAsync();
        await GoneAsync(process);
        (await place.Host.Machine.ExecuteAsync(take, SilentObserver.Instance, default)).Ok();
        (await worker.CallAsync(new WorkerCall("ping"), default)).Fails(WorkerFailures.Closed);
    }

    [Fact(Timeout = Limit)]
    public async Task What_does_not_come_up_says_why()
    {
        var host = new WorkerHost(place.Host);
        var silent = place.Folder.WriteFile("silent", "#!/bin/sh\necho no Python here >&2\nexit 5\n");
        File.SetUnixFileMode(silent, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var failure = (await host.OpenAsync(await place.PublishAsync(silent), WorkerPlace.Quick, default)).Fails(WorkerFailures.NotStarted);
        Assert.Contains("exit code 5", failure.Message);
        Assert.Contains("no Python here", failure.Detail);

        var deaf = place.Folder.WriteFile("deaf", "#!/bin/sh\nexec sleep 1000\n");
        File.SetUnixFileMode(deaf, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        (await host.OpenAsync(await place.PublishAsync(deaf), WorkerPlace.Quick with { StartTimeout = TimeSpan.FromSeconds(0.2) }, default)).Fails(WorkerFailures.NotStarted);

        (await host.OpenAsync(await place.PublishAsync("/nowhere/python"), WorkerPlace.Quick, default)).Fails(MachinesFailures.ProgramNotFound);
        var broken = new WorkerOptions { Modules = [new WorkerModule("broken", "import slipway_no_such_module")] };
        (await host.OpenAsync(await place.PublishAsync(Pythons.Default.FullPath), broken, default)).Fails(WorkerFailures.ModuleMissing);
    }

    private static async Task GoneAsync(params IEnumerable<int> processes)
    {
        foreach (var process in processes)
        {
            await LiveProcesses.WaitForEndAsync(process, Patience);
        }
    }

    private static WorkerCall Call(string operation, (string Name, JsonNode Value) argument) => WorkerCall.Of(operation, new JsonObject { [argument.Name] = argument.Value });

    private static string Text(ImmutableArray<Tensor> tensors) => FrameGen.Text(new Frame(0, FrameKind.Answer, string.Empty, JsonDocument.Parse("{}").RootElement, tensors));
}

public sealed class LocalWorkerTests(LocalPlace place) : WorkerContract(place), IClassFixture<LocalPlace>;

public sealed class SshWorkerTests(SshPlace place) : WorkerContract(place), IClassFixture<SshPlace>;
