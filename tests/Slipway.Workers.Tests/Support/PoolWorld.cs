using System.Text.Json.Nodes;
using Slipway.TestKit;
using Slipway.Workers.Connections;
using Slipway.Workers.Pools;

namespace Slipway.Workers.Tests.Support;

/// <summary>A pool for a test, and what it did.</summary>
internal sealed class PoolWorld(WorkerPool pool) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    /// <summary>Operations for pools.</summary>
    public static WorkerModule Module { get; } = new("pool_trouble", """
        import ctypes, os
        from slipway_worker import operation

        PLACE = {}


        @operation("who")
        def who(call):
            threads = [os.environ.get(name) for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS")]
            return {"pid": os.getpid(), "kept": PLACE.setdefault("kept", call.args.get("keep")), "threads": threads}


        @operation("hold")
        def hold(call):
            # PyDLL keeps Python's lock.
            call.event("begun", {"pid": os.getpid()})
            ctypes.PyDLL(None).usleep(int(call.args["seconds"] * 1e6))
            return {"pid": os.getpid()}


        @operation("once")
        def once(call):
            # Ends the first process that calls it, and no other.
            if call.args.get("tells"):
                call.event("begun", {})
            try:
                os.close(os.open(call.args["mark"], os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                return {"pid": os.getpid()}
            os._exit(9)


        @operation("grow")
        def grow(call):
            PLACE["memory"] = b"x" * call.args["bytes"]
            return {}
        """);

    public WorkerPool Pool => pool;

    /// <summary>Opens a pool in the default Python of the tests.</summary>
    public static async Task<PoolWorld> OpenAsync(WorkerPlace place, PoolOptions options, WorkerOptions? worker = null)
    {
        worker = (worker ?? WorkerPlace.Quick) with { Modules = [Trouble.Module, Module] };
        return new PoolWorld((await WorkerPool.OpenAsync(place.Host, await place.PublishAsync(Pythons.Default.FullPath), options with { Worker = worker }, default)).Ok());
    }

    public static PoolCall Call(string operation, params (string Name, JsonNode? Value)[] arguments) =>
        new(WorkerCall.Of(operation, new JsonObject(arguments.Select(static pair => KeyValuePair.Create(pair.Name, pair.Value)))));

    /// <summary>Kills a process as no program can prevent.</summary>
    public static void Kill(int process)
    {
        using var victim = System.Diagnostics.Process.GetProcessById(process);
        victim.Kill();
    }

    /// <summary>The process that answers.</summary>
    public async Task<int> WhoAsync(PoolSession? session = null) =>
        (await pool.CallAsync(Call("who") with { Session = session }, default)).Ok().Values.GetProperty("pid").GetInt32();

    /// <summary>Begins a call, and gives its process when it runs.</summary>
    public async Task<(Task<Slipway.Core.Failures.Result<WorkerAnswer>> Running, int Process)> BeginAsync(PoolCall call, CancellationToken cancellationToken = default)
    {
        var begun = new TaskCompletionSource<int>();
        var running = pool.CallAsync(call with { Call = call.Call with { Progress = told => begun.TrySetResult(told.Data.TryGetProperty("pid", out var pid) ? pid.GetInt32() : 0) } }, cancellationToken);
        return (running, await begun.Task.WaitAsync(Patience, CancellationToken.None));
    }

    /// <summary>Waits until the pool is as it should be; a clock that stands still is moved on meanwhile.</summary>
    public async Task UntilAsync(Func<PoolStatistics, bool> isSo, ManualTimeProvider? time = null, double step = 0.5)
    {
        using var timer = new PeriodicTimer(Poll);
        using var limit = new CancellationTokenSource(Patience);
        while (!isSo(pool.Statistics))
        {
            await timer.WaitForNextTickAsync(limit.Token);
            time?.Advance(TimeSpan.FromSeconds(step));
        }
    }

    /// <summary>Waits for something while a clock is moved on.</summary>
    public static async Task<T> AdvanceAsync<T>(ManualTimeProvider time, Task<T> task, double step = 0.5)
    {
        using var timer = new PeriodicTimer(Poll);
        using var limit = new CancellationTokenSource(Patience);
        while (!task.IsCompleted)
        {
            await timer.WaitForNextTickAsync(limit.Token);
            time.Advance(TimeSpan.FromSeconds(step));
        }

        return await task;
    }

    public ValueTask DisposeAsync() => pool.DisposeAsync();
}
