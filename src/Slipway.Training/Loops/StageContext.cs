using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Data;
using Slipway.Training.Datasets;
using Slipway.Training.Experiments;
using Slipway.Training.Numpy;
using Slipway.Training.Ports;

namespace Slipway.Training.Loops;

/// <summary>What a stage runs with.</summary>
/// <param name="stage">The stage.</param>
/// <param name="index">Its place, from 0.</param>
/// <param name="world">The world.</param>
/// <param name="startPath">Weights to begin with, those of the stage before; null for the settings' own.</param>
/// <param name="checkpoints">The checkpoints to go on from, the newest last; none to begin.</param>
internal sealed class StageContext(StageSpec stage, int index, TrainingWorld world, string? startPath, ImmutableArray<CheckpointRecord> checkpoints)
{
    public StageSpec Stage => stage;

    public int Index => index;

    public PortSet Ports => world.Ports;

    public IUserCode Code => world.Code;

    public ITrainingRecord Record => world.Record;

    public TimeProvider Time => world.Time;

    public StageSettings Settings { get; } = new(stage.Settings);

    /// <summary>The checkpoint that the stage goes on from, once the model was started; null when it began.</summary>
    public CheckpointRecord? Resume { get; private set; }

    public int FirstStep => Resume?.NextStep ?? 0;

    /// <summary>The model: fresh, with the weights to begin with, or as a checkpoint left it. One that cannot be read is passed over for the one before it.</summary>
    public async Task<Result<ITrainingSession>> StartAsync(CancellationToken cancellationToken)
    {
        Failure? first = null;
        foreach (var checkpoint in Enumerable.Reverse(checkpoints))
        {
            // Weights come with the optimiser that made them.
            var resumed = await LoadAsync(checkpoint.StatePath, withOptimizer: true, cancellationToken).ConfigureAwait(false);
            if (resumed.TryGet(out var session, out var failure))
            {
                Resume = checkpoint;
                return Record.Cut(index, checkpoint.NextStep).Map(_ => session);
            }

            first ??= failure;
            Record.Say($"checkpoint {checkpoint.Name} cannot be used: {failure.Message}");
        }

        if (first is not null)
        {
            return first;
        }

        // Weights to begin with come without their optimiser: it knows another loss.
        var started = (startPath ?? Settings.LoadPath) is { } path
            ? await LoadAsync(path, withOptimizer: false, cancellationToken).ConfigureAwait(false)
            : await Ports.Training.StartAsync(Settings.Model, Settings.Lora, cancellationToken).ConfigureAwait(false);

        // A run that ended before its first checkpoint begins anew.
        return started.Then(session => Record.Cut(index, 0).Map(_ => session));
    }

    private async Task<Result<ITrainingSession>> LoadAsync(string path, bool withOptimizer, CancellationToken cancellationToken)
    {
        var started = await Ports.Training.StartAsync(Settings.Model, Settings.Lora, cancellationToken).ConfigureAwait(false);
        if (!started.TryGet(out var session, out _))
        {
            return started;
        }

        var loaded = await session.LoadAsync(path, withOptimizer, cancellationToken).ConfigureAwait(false);
        if (loaded.TryGet(out _, out var failure))
        {
            return started;
        }

        await session.DisposeAsync().ConfigureAwait(false);
        return failure;
    }

    /// <summary>Puts a checkpoint into the order of a model's operations; what was asked for before is in it, what comes after is not.</summary>
    /// <param name="session">The model.</param>
    /// <param name="name">The checkpoint's name.</param>
    /// <param name="isFinal">Whether weights to sample from are kept beside it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public PendingCheckpoint Save(ITrainingSession session, string name, bool isFinal, CancellationToken cancellationToken) => new(
        name, session.SaveAsync(name, Settings.Keep, cancellationToken), isFinal ? session.SnapshotAsync(name, Settings.Keep, cancellationToken) : null);

    /// <summary>The rows of the stage's splits, shuffled once, and those that are kept apart for evaluations.</summary>
    /// <param name="read">Makes items of rows; what is wrong with a row is told by its place in the file, so they are read before they are shuffled.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Result<StageRows<T>>> RowsAsync<T>(Func<Dataset, Result<ImmutableArray<T>>> read, CancellationToken cancellationToken)
        where T : notnull
    {
        var config = Settings.Config;
        if (!(await LoadAsync(config.Text("split"), read, cancellationToken).ConfigureAwait(false)).TryGet(out var all, out var failure))
        {
            return failure;
        }

        var order = Shuffled(all, Settings.Seed);
        var apart = Math.Min(config.Whole("test_rows"), order.Length);
        var (test, train) = (order[..apart], order[apart..]);
        if (config.TextOrNone("test_split") is { } split && !(await LoadAsync(split, read, cancellationToken).ConfigureAwait(false)).TryGet(out test, out failure))
        {
            return failure;
        }

        train = config.WholeOrNone("max_rows") is { } most && most < train.Length ? train[..most] : train;
        return train.IsEmpty && !Ports.Datasets.IsSimulated ? new Failure(TrainingFailures.NoData, $"{config.Text("dataset")} has no row to train on.") : new StageRows<T>(train, test);
    }

    /// <summary>Items in the order of NumPy's permutation of a seed.</summary>
    public static ImmutableArray<T> Shuffled<T>(ImmutableArray<T> items, ulong seed) => [.. new NumpyGenerator(seed).Permutation(items.Length).Select(index => items[index])];

    private async Task<Result<ImmutableArray<T>>> LoadAsync<T>(string split, Func<Dataset, Result<ImmutableArray<T>>> read, CancellationToken cancellationToken)
        where T : notnull
    {
        var loaded = await Ports.Datasets.LoadAsync(Settings.Dataset(split), cancellationToken).ConfigureAwait(false);
        return loaded.Then(rows =>
        {
            Record.Say($"{rows.Count} rows of {rows.Origin}");
            return read(rows);
        });
    }

    /// <summary>Writes a step's metrics, and tells how far the stage is.</summary>
    public Result<Unit> Finish(int step, int total, ImmutableSortedDictionary<string, double> metrics, TimeSpan elapsed)
    {
        var written = Record.Metrics(Index, step, metrics);
        Record.Progress(new TrainingProgress(Stage.Name, step + 1, total, metrics, elapsed, step + 1 - FirstStep));
        return written;
    }
}

/// <summary>The rows of a stage.</summary>
/// <param name="Train">Those that are trained on.</param>
/// <param name="Test">Those that evaluations read; may be none.</param>
internal sealed record StageRows<T>(ImmutableArray<T> Train, ImmutableArray<T> Test);

/// <summary>A checkpoint that is under way.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">Weights and optimiser.</param>
/// <param name="Sampler">Weights to sample from; null for none.</param>
internal sealed record PendingCheckpoint(string Name, Task<Result<string>> State, Task<Result<ISampler>>? Sampler)
{
    /// <summary>Waits for it, and writes it down.</summary>
    public async Task<Result<Unit>> FinishAsync(StageContext context, int nextStep, int epoch, string? referencePath, bool isFinal)
    {
        var saved = await State.ConfigureAwait(false);
        string? samplerPath = null;
        if (Sampler is not null)
        {
            var opened = await Sampler.ConfigureAwait(false);
            if (!opened.TryGet(out var sampler, out var refused))
            {
                return refused;
            }

            samplerPath = sampler.Path;
            await sampler.DisposeAsync().ConfigureAwait(false);
        }

        return saved.Then(path => context.Record.Checkpoint(new CheckpointRecord(Name, context.Index, nextStep, epoch, path, samplerPath, referencePath, isFinal)));
    }
}
