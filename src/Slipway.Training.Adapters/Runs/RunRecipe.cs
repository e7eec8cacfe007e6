using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Machines.Locks;
using Slipway.Runs.Events;
using Slipway.Runs.Jobs;
using Slipway.Training.Adapters.Records;
using Slipway.Training.Configuration;
using Slipway.Training.Experiments;
using Slipway.Training.Ports;
using Slipway.Training.Runtime;

namespace Slipway.Training.Adapters.Runs;

/// <summary>
/// Runs a recipe and leaves its record: the one way for every client. What can be wrong with recipe, settings and adapters is found before a record is begun.
/// </summary>
/// <param name="context">What runs are made with.</param>
public sealed class RunRecipe(RecipeContext context)
{
    /// <summary>The kind in records.</summary>
    public const string Kind = "recipe";

    /// <summary>The file that says what was asked for.</summary>
    public const string ConfigName = "config.json";

    /// <summary>The file that says how it went.</summary>
    public const string ReportName = "report.json";

    private readonly RecipeReader _reader = new(context.WorkingDirectory);

    /// <summary>What would be run: nothing is opened, written or started.</summary>
    public async Task<Result<RunReport>> DryRunAsync(RecipeOrder order, CancellationToken cancellationToken)
    {
        if (!_reader.Read(order).TryGet(out var read, out var failure))
        {
            return failure;
        }

        var factory = context.Ports("/nonexistent");
        await using var closing = factory.ConfigureAwait(false);
        var runtime = new TrainingRuntime(factory, context.Time);
        return await runtime.RunAsync(read.Recipe, read.Config, read.Manifest, new TrainingFolder("/nonexistent", context.Time, null), dryRun: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs a recipe.</summary>
    /// <param name="id">The run.</param>
    /// <param name="order">What is asked for.</param>
    /// <param name="ask">Asks whether a directory that holds a run is taken, and how: delete, resume or raise.</param>
    /// <param name="listener">Is told how it goes; null for nobody.</param>
    /// <param name="sink">Is told the events; null for nobody.</param>
    /// <param name="cancellationToken">Ends the run; its last checkpoint stays.</param>
    public async Task<Result<RecipeRunEnd>> RunAsync(RunId id, RecipeOrder order, Func<string, string> ask, ITrainingListener? listener, IRunEventSink? sink, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(ask);
        if (!_reader.Read(order).TryGet(out var read, out var failure) || !read.Recipe.BuildSpec(read.Config).TryGet(out var spec, out failure))
        {
            return failure;
        }

        var folder = context.Here.Layout.Run(id.ToString());
        var target = LogPath(read.Config) ?? folder;
        var factory = context.Ports(target);
        await using var closing = factory.ConfigureAwait(false);
        if (!factory.Build(read.Manifest).TryGet(out var ports, out failure))
        {
            return failure;
        }

        if (target == folder)
        {
            return await BeginAsync().ConfigureAwait(false);
        }

        // Another run may be at work in a directory of the user's own.
        return LogFolder.Make(target).TryGet(out _, out failure)
            ? await HoldAsync(target, id, async () => LogFolder.Take(target, read.Config.Text("behavior_if_log_dir_exists"), ask).TryGet(out _, out var taken) ? await BeginAsync().ConfigureAwait(false) : taken).ConfigureAwait(false)
            : failure;

        async Task<Result<RecipeRunEnd>> BeginAsync()
        {
            var config = RecipeConfigFile.Write(order, read, spec, context, target);
            var files = ImmutableSortedDictionary<string, byte[]>.Empty.Add(ConfigName, config);
            if (!OwnRun.Begin(folder, id, Record(id, order, read, spec), files, context.Time).TryGet(out var run, out var refused))
            {
                return refused;
            }

            using (run)
            {
                if (target != folder && !LocalFiles.WriteUnsynced($"{target}/{ConfigName}", config, UnixFileMode.UserRead | UnixFileMode.UserWrite).TryGet(out _, out refused))
                {
                    _ = run.End(JobExit.Failed, (int)refused.Code.Exit);
                    return refused;
                }

                return await ExecuteAsync(run, target, (spec, read.Manifest.Name), factory, ports, (listener, sink), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Goes on with a run that is over, from its last checkpoint.</summary>
    /// <param name="word">The run's id, the name of its recipe (its newest run), or the path of its directory.</param>
    /// <param name="listener">Is told how it goes; null for nobody.</param>
    /// <param name="sink">Is told the events; null for nobody.</param>
    /// <param name="cancellationToken">Ends the run; its last checkpoint stays.</param>
    public async Task<Result<RecipeRunEnd>> ResumeAsync(string word, ITrainingListener? listener, IRunEventSink? sink, CancellationToken cancellationToken)
    {
        var runs = new RecipeRuns(context.Here, context.Time);
        var found = await runs.FindAsync(word, context.WorkingDirectory, cancellationToken).ConfigureAwait(false);
        if (!found.TryGet(out var run, out var failure))
        {
            return failure;
        }

        var factory = context.Ports(run.Target);
        await using var closing = factory.ConfigureAwait(false);
        if (!RecipeConfigFile.Read(run.Config, _reader).TryGet(out var read, out failure) || !read.Recipe.BuildSpec(read.Config).TryGet(out var spec, out failure)
            || !factory.Build(read.Manifest).TryGet(out var ports, out failure))
        {
            return failure;
        }

        return await HoldAsync(run.Target, run.Job.Id, async () =>
        {
            // Looked at again, now that nobody else can take it up.
            var now = await runs.FindAsync(run.Job.Id.ToString(), context.WorkingDirectory, cancellationToken).ConfigureAwait(false);
            if (!now.TryGet(out var current, out var refused))
            {
                return refused;
            }

            if (!current.Job.IsOver)
            {
                return new Failure(AdapterFailures.StillRunning, $"The run {run.Job.Id} is not over.");
            }

            if (!OwnRun.Continue(run.Folder, run.Job.Id, context.Time).TryGet(out var own, out refused))
            {
                return refused;
            }

            using (own)
            {
                return await ExecuteAsync(own, run.Target, (spec, read.Manifest.Name), factory, ports, (listener, sink), cancellationToken).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
    }

    private async Task<Result<RecipeRunEnd>> ExecuteAsync(
        OwnRun run, string target, (ExperimentSpec Spec, string Manifest) what, IPortFactory factory, PortSet ports, (ITrainingListener? Listener, IRunEventSink? Sink) told, CancellationToken cancellationToken)
    {
        using var events = new TrainingEvents($"{run.Folder}/events.jsonl", run.Id.ToString(), context.Time, told.Listener, told.Sink);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, run.Cancelled);
        events.Begin(what.Spec, target);
        try
        {
            var ran = await new TrainingRuntime(factory, context.Time).RunSpecAsync(what.Spec, ports, what.Manifest, new TrainingFolder(target, context.Time, events), both.Token).ConfigureAwait(false);
            return End(run, target, what.Spec, events, ran);
        }
        catch (OperationCanceledException) when (both.IsCancellationRequested)
        {
            events.End(JobExit.Cancelled, null);
            _ = run.End(JobExit.Cancelled, (int)ExitCode.Cancelled);
            return new RecipeRunEnd(run.Id.ToString(), target, null, null, JobExit.Cancelled, Draw(target, what.Spec));
        }
    }

    private static RecipeRunEnd End(OwnRun run, string target, ExperimentSpec spec, TrainingEvents events, Result<RunReport> ran)
    {
        var plots = Draw(target, spec);
        if (ran.TryGet(out var report, out var failure))
        {
            _ = LocalFiles.WriteUnsynced($"{target}/{ReportName}", ReportJson.Write(report), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var end = failure is null ? JobExit.Finished : JobExit.Failed;
        events.End(end, failure);
        _ = run.End(end, (int)(failure?.Code.Exit ?? ExitCode.Done));
        return new RecipeRunEnd(run.Id.ToString(), target, report, failure, end, plots);
    }

    private static ImmutableArray<string> Draw(string folder, ExperimentSpec spec) =>
        TrainingFolder.ReadMetrics(folder).Then(metrics => TrainingPlots.Draw(folder, spec, metrics)).TryGet(out var plots, out _) ? plots : [];

    private static string? LogPath(RecipeConfig config) => config.Schema.Find("log_path") is null ? null : config.TextOrNone("log_path");

    private JobRecord Record(RunId id, RecipeOrder order, ReadRecipe read, ExperimentSpec spec) => new()
    {
        RunId = id.ToString(),
        Kind = Kind,
        Name = JobName.After(read.Recipe.Name).ToString(),
        CreatedAt = context.Time.GetUtcNow(),
        CreatedBy = new JobCreator(Environment.UserName, Environment.MachineName, context.Version),
        Spec = new JobRecordSpec
        {
            Argv = ["slipway", "recipe", "run", order.Recipe],
            Cwd = context.WorkingDirectory,
            Host = context.Host,
            Limits = new JobLimits(MaxSeconds: null, MaxLogBytes: null, GraceSeconds: 10),
        },
        Output = JobRecord.OutputOfCaller,
        Curves = [.. spec.Stages.SelectMany(static stage => TrainingPlots.CurvesOf(stage)).DistinctBy(static curve => curve.Key, StringComparer.Ordinal)],
    };

    private static async Task<Result<RecipeRunEnd>> HoldAsync(string folder, RunId id, Func<Task<Result<RecipeRunEnd>>> work)
    {
        var held = await LocalLock.HoldAsync($"{folder}/lock", $"recipe run {id}", TimeSpan.Zero, work, CancellationToken.None).ConfigureAwait(false);
        return held is { IsOk: false, Failure: { } failure } && failure.Code == Slipway.Machines.MachinesFailures.LockBusy
            ? new Failure(AdapterFailures.StillRunning, $"Another process is at the run in {folder}.")
            : held;
    }
}

/// <summary>Reports as files.</summary>
internal static class ReportJson
{
    /// <summary>The bytes of a report.</summary>
    public static byte[] Write(RunReport report)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            report.WriteTo(writer);
        }

        return [.. stream.ToArray(), .. Encoding.UTF8.GetBytes("\n")];
    }
}
