using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Slipway.Bench.Workers;
using Slipway.Core.Identity;
using Slipway.Environments;
using Slipway.Machines;
using Slipway.Machines.Processes;
using Slipway.Store.Layout;
using Slipway.Workers.Connections;
using Slipway.Workers.Frames;

// Slipway.Bench.Workers PYTHON STORE PAIRS: prints, for each pair, how long a number of exchanges took with a worker and by hand, in seconds.
// The store's directory holds leases/ and envs/SLOT/meta.json.
var (python, store, pairs) = (args[0], args[1], int.Parse(args[2], CultureInfo.InvariantCulture));
const int SmallCalls = 4000;
const int LargeCalls = 80;
var machine = new LocalMachine();
var facts = (await machine.GetFactsAsync(CancellationToken.None)).Value;
var slot = SlotName.Parse(Path.GetFileName(Directory.GetDirectories(Path.Combine(store, "envs"))[0])).Value;
var environment = new WorkerEnvironment(slot, python, EnvironmentChanges.None);
await using var worker = (await WorkerConnection.OpenAsync(new BuildHost(machine, new StoreLayout(store), facts), environment, WorkerOptions.Default, CancellationToken.None)).Value;
var main = Directory.GetFiles(Path.Combine(store, "tools", "worker"), "main.py", SearchOption.AllDirectories)[0];
using var byHand = new BlockingPeer(python, "-I", "-X", "utf8", main);
using var pipe = new BlockingPeer(python, "-I", "-c", """
    import os
    buffer = memoryview(bytearray(1 << 20))
    while True:
        place = 0
        while place < len(buffer):
            count = os.readv(0, [buffer[place:]])
            if not count:
                os._exit(0)
            place += count
        place = 0
        while place < len(buffer):
            place += os.write(1, buffer[place:])
    """);

var small = WorkerCall.Of("echo", new JsonObject { ["text"] = "a small call", ["number"] = 1 });
var bytes = new byte[1 << 20];
new Random(1).NextBytes(bytes);
var large = new WorkerCall("echo") { Tensors = [Tensor.OfBytes("x", bytes)] };
var frame = FrameWriter.Write(new Frame(1, FrameKind.Call, small.Operation, small.Arguments, []), FrameLimits.Default).Value[0].ToArray();

for (var pair = -1; pair < pairs; pair++)
{
    var smallWorker = await TimeAsync(SmallCalls, async () => (await worker.CallAsync(small, CancellationToken.None)).Value.Dispose());
    var smallHand = Time(SmallCalls, () => byHand.ExchangeFrame(frame));
    var largeWorker = await TimeAsync(LargeCalls, async () => (await worker.CallAsync(large, CancellationToken.None)).Value.Dispose());
    var largeHand = Time(LargeCalls, () => pipe.ExchangeBytes(bytes));

    // The first round is for the compilers and is not counted.
    if (pair >= 0)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{smallWorker / SmallCalls} {smallHand / SmallCalls} {largeWorker / LargeCalls} {largeHand / LargeCalls}"));
    }
}

static double Time(int count, Action action)
{
    var started = Stopwatch.GetTimestamp();
    for (var i = 0; i < count; i++)
    {
        action();
    }

    return Stopwatch.GetElapsedTime(started).TotalSeconds;
}

static async Task<double> TimeAsync(int count, Func<Task> action)
{
    var started = Stopwatch.GetTimestamp();
    for (var i = 0; i < count; i++)
    {
        await action();
    }

    return Stopwatch.GetElapsedTime(started).TotalSeconds;
}
