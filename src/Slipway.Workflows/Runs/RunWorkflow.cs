using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Machines.Files;
using Slipway.Machines.Locks;
using Slipway.Runs.Events;
using Slipway.Runs.Jobs;
using Slipway.Workflows.Caching;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Loading;

namespace Slipway.Workflows.Runs;

/// <summary>
/// Runs a workflow and leaves its record: the one way for every client. Everything that can be wrong is found before a record is begun; from then on the run
/// ends with a word about how, unless this process is killed.
/// </summary>
/// <param name="context">What runs are made with.</param>
public sealed class RunWorkflow(WorkflowContext context)
{
    /// <summary>The variable by which everything that a run starts knows its run.</summary>
    public const string RunIdVariable = "SLIPWAY_RUN_ID";

    private readonly WorkflowLoader _loader = new(context.Catalogue);

    private sealed record Prepared(LoadedWorkflow Workflow, ImmutableSortedDictionary<PortAddress, PortValue> Given, ImmutableArray<NodeId> Targets);

    /// <summary>Runs a file.</summary>
    /// <param name="id">The run; whoever makes the types of nodes has it in the variables of what they start.</param>
    /// <param name="file">The file.</param>
    /// <param name="order">What is asked for.</param>
    /// <param name="sink">Is told the events; null for nobody.</param>
    /// <param name="cancellationToken">Ends the run; its end is written all the same.</param>
    public async Task<Result<WorkflowRunEnd>> RunAsync(RunId id, string file, WorkflowOrder order, IRunEventSink? sink, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        if (!_loader.Read(Path.GetFullPath(file, context.WorkingDirectory)).Then(read => Prepare(read, order, ImmutableSortedDictionary<PortAddress, PortValue>.Empty)).TryGet(out var prepared, out var failure))
        {
            return failure;
        }

        var folder = context.Host.Layout.Run(id.ToString());
        var files = ImmutableSortedDictionary<string, byte[]>.Empty.Add(WorkflowRuns.SnapshotName, prepared.Workflow.Text.ToArray());
        if (!OwnRun.Begin(folder, id, Record(id, prepared, order), files, context.Time).TryGet(out var run, out failure))
        {
            return failure;
        }

        using (run)
        {
            return await HoldAsync(folder, id, async () =>
                (Result<WorkflowRunEnd>)await ExecuteAsync(run, prepared, ImmutableSortedDictionary<NodeId, NodeOutputs>.Empty, order, sink, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        }
    }

    /// <summary>Continues a run that is over, in its directory, with what its finished nodes gave.</summary>
    /// <param name="word">The run's id, or the name of its workflow.</param>
    /// <param name="fromFile">Whether the file as it is now runs, in place of what was recorded.</param>
    /// <param name="order">What is asked for; inputs come on top of those of before.</param>
    /// <param name="sink">Is told the events; null for nobody.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public async Task<Result<WorkflowRunEnd>> ResumeAsync(string word, bool fromFile, WorkflowOrder order, IRunEventSink? sink, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        var runs = new WorkflowRuns(context.Host, context.Time);
        var found = await runs.FindAsync(word, cancellationToken).ConfigureAwait(false);
        if (!found.TryGet(out var job, out var failure))
        {
            return failure;
        }

        var folder = context.Host.Layout.Run(job.Id.ToString());
        return await HoldAsync(folder, job.Id, async () =>
        {
            // Looked at again, now that nobody else can take it up.
            var now = await runs.FindAsync(job.Id.ToString(), cancellationToken).ConfigureAwait(false);
            return !now.TryGet(out var current, out var gone) ? gone
                : !current.IsOver ? Busy(job.Id)
                : await ContinueAsync(current, folder, fromFile, order, sink, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    private async Task<Result<WorkflowRunEnd>> ContinueAsync(JobInfo job, string folder, bool fromFile, WorkflowOrder order, IRunEventSink? sink, CancellationToken cancellationToken)
    {
        var recorded = job.Record.Workflow!;
        var snapshot = $"{folder}/{WorkflowRuns.SnapshotName}";
        var earlier = Earlier(recorded, folder);
        order = order with
        {
            Targets = order.Targets.IsEmpty ? recorded.Targets : order.Targets,
            Secrets = [.. earlier.Secrets.Concat(order.Secrets).Distinct(StringComparer.Ordinal)],
        };
        var read = fromFile
            ? _loader.Read(recorded.File)
            : LocalFiles.Read(snapshot, WorkflowLoader.MaxBytes * 2).Then(bytes => _loader.Read(bytes, recorded.File, snapshot)).Map(loaded => loaded with { Digest = earlier.Digest ?? loaded.Digest });
        if (!read.Then(loaded => Prepare(loaded, order, earlier.Given)).TryGet(out var prepared, out var failure))
        {
            return failure;
        }

        var before = WorkflowRuns.Snapshot(folder);
        var changed = prepared.Given.Where(pair => !pair.Value.IsSecret && !(earlier.Given.TryGetValue(pair.Key, out var old) && JsonElement.DeepEquals(old.Json, pair.Value.Json)));
        var reused = Reuse.Of(before, prepared.Workflow.Graph, ResultLog.Read(WorkflowRuns.ResultsPath(folder)), changed.Select(static pair => pair.Key.Node), context.Catalogue, Blobs);
        if (!Note(folder, prepared, order, snapshot).Then(_ => OwnRun.Continue(folder, job.Id, context.Time)).TryGet(out var run, out failure))
        {
            return failure;
        }

        using (run)
        {
            return await ExecuteAsync(run, prepared, reused, order, sink, cancellationToken).ConfigureAwait(false);
        }
    }

    private BlobStore Blobs => new(context.Host.Layout.Blobs);

    private Result<Prepared> Prepare(LoadedWorkflow read, WorkflowOrder order, ImmutableSortedDictionary<PortAddress, PortValue> earlier)
    {
        // A file with problems is told about first: what is given may only look wrong because of them.
        var given = new GivenInputs(context.Catalogue, context.WorkingDirectory, context.Variable).Read(read.Graph, order.Set, order.Secrets);
        var all = given.TryGet(out var now, out var failure) ? earlier.Where(pair => read.Graph.Nodes.ContainsKey(pair.Key.Node)).ToImmutableSortedDictionary().SetItems(now) : earlier;
        var loaded = _loader.Check(read, all.Keys.ToHashSet());
        var objection = loaded.Objection;
        if (failure is not null && (objection is null || loaded.Problems.All(static problem => !problem.IsError || problem.Code == WorkflowsFailures.MissingInput)))
        {
            return failure;
        }

        if (objection is not null)
        {
            return objection;
        }

        var targets = order.Targets.Select(text => (Text: text, Id: NodeId.Parse(text))).ToList();
        if (targets.FirstOrDefault(target => target.Id is not { } id || !loaded.Graph.Nodes.ContainsKey(id)) is { Text: { } unknown })
        {
            return new Failure(WorkflowsFailures.UnknownNode, $"--target names the node '{unknown}', which the workflow does not have.");
        }

        return new WorkflowTrust(context.Catalogue, context.Host.Layout).Question(loaded, all) is { } question && order.Trust(question) is { } refused
            ? refused
            : new Prepared(loaded, all, [.. targets.Select(static target => target.Id!.Value)]);
    }

    private static Failure Busy(RunId id) => new(WorkflowsFailures.StillRunning, $"The run {id} is not over.");

    private async Task<Result<WorkflowRunEnd>> HoldAsync(string folder, RunId id, Func<Task<Result<WorkflowRunEnd>>> work)
    {
        var held = await LocalLock.HoldAsync($"{folder}/lock", $"workflow run {id}", TimeSpan.Zero, work, CancellationToken.None).ConfigureAwait(false);
        return held is { IsOk: false, Failure: { } failure } && failure.Code == Slipway.Machines.MachinesFailures.LockBusy ? Busy(id) : held;
    }

    private JobRecord Record(RunId id, Prepared prepared, WorkflowOrder order) => new()
    {
        RunId = id.ToString(),
        Kind = WorkflowRuns.Kind,
        Name = JobName.After(WorkflowLoader.NameOf(prepared.Workflow.Path)).ToString(),
        CreatedAt = context.Time.GetUtcNow(),
        CreatedBy = new JobCreator(Environment.UserName, Environment.MachineName, context.Version),
        Spec = new JobRecordSpec
        {
            Argv = ["slipway", "workflow", "run", prepared.Workflow.Path],
            Cwd = context.WorkingDirectory,
            Host = context.Host.Machine.Name,
            Secrets = order.Secrets,
            Limits = new JobLimits(MaxSeconds: null, MaxLogBytes: null, GraceSeconds: 10),
        },
        Output = JobRecord.OutputOfCaller,
        Workflow = new JobRecordWorkflow(
            prepared.Workflow.Path, prepared.Workflow.Digest.Hex, GivenInputs.ToJson(prepared.Given), order.Secrets, [.. prepared.Targets.Select(static target => target.ToString())], context.Parent),
    };

    // What was given to a run so far: run.json is written once, so each continuation adds a line of its own.
    private static (ImmutableSortedDictionary<PortAddress, PortValue> Given, ImmutableArray<string> Secrets, Sha256Digest? Digest) Earlier(JobRecordWorkflow recorded, string folder)
    {
        var given = GivenInputs.Of(recorded.Given);
        var secrets = recorded.Secrets.IsDefault ? [] : recorded.Secrets;
        var digest = recorded.Digest;
        foreach (var line in ResultLog.Lines(WorkflowRuns.ResumesPath(folder)))
        {
            given = given.SetItems(GivenInputs.Of(line.GetProperty("given")));
            digest = line.GetProperty("digest").GetString()!;
            secrets = secrets.AddRange(line.GetProperty("secrets").EnumerateArray().Select(static secret => secret.GetString()!));
        }

        return (given, secrets, Sha256Digest.Parse(digest).TryGet(out var known, out _) ? known : null);
    }

    private Result<Unit> Note(string folder, Prepared prepared, WorkflowOrder order, string snapshot)
    {
        var line = JsonMembers.Make(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("time", context.Time.GetUtcNow());
            writer.WritePropertyName("given");
            GivenInputs.ToJson(prepared.Given).WriteTo(writer);
            writer.WriteStartArray("secrets");
            foreach (var secret in order.Secrets)
            {
                writer.WriteStringValue(secret);
            }

            writer.WriteEndArray();
            writer.WriteString("digest", prepared.Workflow.Digest.Hex);
            writer.WriteEndObject();
        });
        try
        {
            ResultLog.EndLine(WorkflowRuns.ResumesPath(folder));
            ResultLog.EndLine(WorkflowRuns.EventsPath(folder));
            File.AppendAllText(WorkflowRuns.ResumesPath(folder), line.GetRawText() + "\n");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new Failure(JobFailures.RecordNotWritten, $"The record {folder} cannot be added to: {exception.Message}");
        }

        return LocalFiles.WriteUnsynced(snapshot, prepared.Workflow.Text, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private Task<WorkflowRunEnd> ExecuteAsync(
        OwnRun run, Prepared prepared, ImmutableSortedDictionary<NodeId, NodeOutputs> reused, WorkflowOrder order, IRunEventSink? sink, CancellationToken cancellationToken)
    {
        var request = new RunRequest(prepared.Workflow.Graph, new RunPlace(prepared.Workflow.Folder, Blobs) { WorkflowFile = prepared.Workflow.Path, OutputFolder = $"{run.Folder}/artifacts" })
        {
            Targets = prepared.Targets,
            Given = prepared.Given,
            Before = reused,
            UsesCache = order.UsesCache,
            StopsAtFirstFailure = order.StopsAtFirstFailure,
        };
        request = order.Parallel is { } parallel ? request with { Parallel = parallel } : request;
        var engine = new WorkflowEngine(context.Catalogue, new NodeCache(context.Host.Layout.NodeOutputs, Blobs), context.Time);
        return new RunExecution(run, engine, context.Time, sink).RunAsync(prepared.Workflow, request, cancellationToken);
    }
}
