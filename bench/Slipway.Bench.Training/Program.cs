using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Environments;
using Slipway.Machines;
using Slipway.Machines.Processes;
using Slipway.Store.Layout;
using Slipway.Training.Adapters.Local;
using Slipway.Training.Data;
using Slipway.Training.Ports;
using Slipway.Workers.Connections;

// Slipway.Bench.Training PYTHON STORE CACHE ROWS STEPS: trains in a worker; a line on standard input does STEPS steps and is answered with seconds and
// the loss a token of the last. The store's directory holds leases/ and envs/SLOT/meta.json; ROWS is a JSON list of texts.
var (python, store, cache, steps) = (args[0], args[1], args[2], int.Parse(args[4], CultureInfo.InvariantCulture));
var rows = JsonSerializer.Deserialize<string[]>(args[3])!.Select(Encoding.UTF8.GetBytes).ToArray();
var machine = new LocalMachine();
var facts = (await machine.GetFactsAsync(CancellationToken.None)).Value;
var host = new BuildHost(machine, new StoreLayout(store), facts);
var slot = SlotName.Parse(Path.GetFileName(Directory.GetDirectories(Path.Combine(store, "envs"))[0])).Value;
var environment = new WorkerEnvironment(slot, python, EnvironmentChanges.None);
var options = new LocalOptions
{
    Open = token => WorkerConnection.OpenAsync(host, environment, WorkerOptions.Default, token),
    CheckpointRoot = Path.Combine(store, "checkpoints"),
    CacheDirectory = cache,
    Device = "cpu",
};
await using var client = LocalTrainingClient.Create(options, hub: null).Value;
await using var session = (await client.StartAsync("tiny-byte", new LoraSettings(8, Seed: 1), CancellationToken.None)).Value;
var adam = new AdamParameters(5e-3);
Console.WriteLine("ready");
while (Console.ReadLine() is not null)
{
    var started = Stopwatch.GetTimestamp();
    var told = await TrainAsync();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(started).TotalSeconds} {told}"));
}

// As the loop of supervised learning: a step is put into the model's order before the one before it is waited for.
async Task<double> TrainAsync()
{
    Task<Result<ForwardOutput>>? before = null;
    var told = 0.0;
    for (var step = 0; step < steps; step++)
    {
        var forward = session.ForwardBackwardAsync(Batch(), LossFunction.CrossEntropy, CancellationToken.None);
        var stepped = session.StepAsync(adam, CancellationToken.None);
        told = before is null ? 0 : Loss(await before);
        before = FinishAsync(forward, stepped);
    }

    return Loss(await before!);
}

static async Task<Result<ForwardOutput>> FinishAsync(Task<Result<ForwardOutput>> forward, Task<Result<StepOutput>> stepped)
{
    _ = (await stepped).Value;
    return await forward;
}

double Loss(Result<ForwardOutput> output) => output.Value.Loss / rows.Sum(static row => row.Length - 1);

ImmutableArray<Datum> Batch() =>
[
    .. rows.Select(static row => new Datum(
        ModelInput.Of(row[..^1].Select(static value => (int)value)),
        ImmutableSortedDictionary<string, TensorData>.Empty.Add(LossInput.TargetTokens, TensorData.Of([.. row[1..].Select(static value => (long)value)])))),
];
