using System.Text.Json;
using Slipway.Runs.Jobs;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Runs;
using Slipway.Workflows.Tests.Support;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Tests.Runs;

public sealed class RunWorkflowTests : IDisposable
{
    private readonly RunWorld _world = new();
    private readonly List<string> _ran = [];

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Run_leaves_its_record_and_is_among_the_jobs()
    {
        _world.With(Recorded());
        _world.Variables["SLIPWAY_RUN_ID"] = "20261126t000000-00000000";
        var end = (await _world.RunAsync(_world.Save(Plain.Graph("work", ["a", "b"], "a.value -> b.value")), order => order with { Set = ["a.value=7"] })).Value;
        Assert.Equal(JobExit.Finished, end.End);
        var record = _world.Json(end.Id, "run.json");
        Assert.Equal(("workflow", "some"), (record.GetProperty("kind").GetString(), record.GetProperty("name").GetString()));
        Assert.Equal("7", record.GetProperty("workflow").GetProperty("given").GetProperty("a.value").GetString());
        Assert.Equal("20261126t000000-00000000", record.GetProperty("workflow").GetProperty("parent").GetString());
        Assert.Equal("finished", _world.Json(end.Id, "exit.json").GetProperty("end").GetString());
        var events = _world.Read(end.Id, "events.jsonl").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(JsonMembers.Parse).ToList();
        Assert.Equal(Enumerable.Range(1, events.Count), events.Select(static one => one.GetProperty("seq").GetInt32()));
        Assert.Equal(("run_started", "run_finished"), (events[0].GetProperty("type").GetString(), events[^1].GetProperty("type").GetString()));

        var context = await _world.ContextAsync();
        var job = Assert.Single((await new JobBook(context.Host, context.Time).ListAsync(CancellationToken.None)).Value);
        Assert.Equal(JobState.Succeeded, job.State);
        Assert.Equal("7", (await _world.ViewAsync(end.Id)).Nodes[1].Outputs!.Values["value"].AsText());
        Assert.Equal(end.Id.ToString(), Assert.Single((await new JobBook(context.Host, context.Time).PruneAsync(TimeSpan.FromMinutes(-1), CancellationToken.None)).Value));
    }

    [Fact]
    public async Task Answered_run_goes_on_in_its_own_record_and_reuses_what_finished()
    {
        _world.With(Recorded(), Asking());
        var path = _world.Save(Plain.Graph("work", ["a", "ask:asking", "b"], "a.value -> ask.value", "ask.value -> b.value"));
        var first = (await _world.RunAsync(path)).Value;
        Assert.Equal((JobExit.Waiting, 79), (first.End, (int)first.Exit));
        Assert.Equal(JobState.Waiting, (await _world.ViewAsync(first.Id)).Run.State);
        Assert.Equal(WorkflowsFailures.UnknownRun, (await _world.ResumeAsync(first.Id.ToString()[..8])).Failure.Code);

        var second = (await _world.ResumeAsync("some", change: order => order with { Set = ["ask.answer=yes"] })).Value;
        Assert.Equal((first.Id, JobExit.Finished), (second.Id, second.End));
        Assert.Equal(["a", "b"], _ran);
        var view = await _world.ViewAsync(first.Id);
        Assert.Equal(("cached", "finished", "finished"), (view.Nodes[0].State, view.Nodes[1].State, view.Nodes[2].State));
        Assert.Equal("yes", view.Nodes[2].Outputs!.Values["value"].AsText());

        // What was given to an earlier continuation counts for later ones, and another answer runs what follows it again.
        Assert.Equal(JobExit.Finished, (await _world.ResumeAsync(first.Id.ToString())).Value.End);
        Assert.Equal(["a", "b"], _ran);
        Assert.Equal(JobExit.Finished, (await _world.ResumeAsync(first.Id.ToString(), change: order => order with { Set = ["ask.answer=no"] })).Value.End);
        Assert.Equal(["a", "b", "b"], _ran);
    }

    [Fact]
    public async Task Failed_run_goes_on_at_the_failed_node_and_from_the_file_at_what_changed()
    {
        var fails = true;
        _world.With(Recorded(), Plain.Function("fragile", call => fails ? new Core.Failures.Failure(WorkflowsFailures.TimedOut, "no") : NodeOutcome.Of("value", call.Find("value")!.Value)) with { Purity = NodePurity.Never });
        var graph = Plain.Graph("work", ["a", "x:fragile", "b", "c"], "a.value -> x.value", "x.value -> b.value").Set("a.value", "1").Set("c.value", "1");
        var path = _world.Save(graph);
        var first = (await _world.RunAsync(path)).Value;
        Assert.Equal((JobExit.Failed, 69), (first.End, (int)first.Exit));
        Assert.Equal(("failed", "blocked"), (State(await _world.ViewAsync(first.Id), "x"), State(await _world.ViewAsync(first.Id), "b")));
        fails = false;
        Assert.Equal(JobExit.Finished, (await _world.ResumeAsync(first.Id.ToString())).Value.End);
        Assert.Equal(["a", "b", "c"], _ran.Order(StringComparer.Ordinal), StringComparer.Ordinal);

        _ran.Clear();
        _world.Save(graph.Set("c.value", "2"));
        Assert.Equal(JobExit.Finished, (await _world.ResumeAsync(first.Id.ToString())).Value.End);
        Assert.Empty(_ran);
        Assert.Equal(JobExit.Finished, (await _world.ResumeAsync(first.Id.ToString(), fromFile: true)).Value.End);
        Assert.Equal(["c"], _ran);
    }

    [Fact]
    public async Task Run_that_is_alive_is_cancelled_as_a_job_is_and_cannot_be_resumed_before()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _world.With(Plain.Work("endless", async (_, token) =>
        {
            started.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return NodeOutcome.Of(NodeOutputs.None);
        }));
        var running = _world.RunAsync(_world.Save(Plain.Graph("endless", ["a"])));
        await started.Task;
        Assert.Equal(WorkflowsFailures.StillRunning, (await _world.ResumeAsync("some")).Failure.Code);
        var context = await _world.ContextAsync();
        var runs = new WorkflowRuns(context.Host, context.Time);
        var job = (await runs.FindAsync("some", CancellationToken.None)).Value;
        Assert.Equal(JobState.Running, job.State);
        Assert.Equal(JobState.Cancelled, (await runs.CancelAsync(job, CancellationToken.None)).Value.State);
        Assert.Equal((JobExit.Cancelled, 130), ((await running).Value.End, (int)(await running).Value.Exit));
    }

    [Fact]
    public async Task Secret_is_in_no_file_of_the_run_and_is_read_again_when_it_continues()
    {
        var seen = new List<string>();
        _world.With(
            new NodeType("login", "Test", "Takes a secret.")
            {
                Inputs = [PortSpec.Required("key", PortType.Secret, "the key")],
                Outputs = [PortSpec.Optional("key", PortType.Secret, "the key")],
                Behaviour = new NodeFunction(call =>
                {
                    seen.Add(call["key"].AsText());
                    return NodeOutcome.Of("key", call["key"]);
                }),
            },
            Asking());
        var path = _world.Save(Plain.Graph("login", ["a", "ask:asking"]));
        Assert.Equal(WorkflowsFailures.SecretMissing, (await _world.RunAsync(path, order => order with { Secrets = ["a.key=TOKEN"] })).Failure.Code);
        Assert.Equal(WorkflowsFailures.SavedSecret, (await _world.RunAsync(path, order => order with { Set = ["a.key=planted"] })).Failure.Code);
        Assert.False(Directory.Exists(_world.Layout.Runs));
        _world.Variables["TOKEN"] = "planted-secret";
        var end = (await _world.RunAsync(path, order => order with { Secrets = ["a.key=TOKEN"] })).Value;
        Assert.Equal(JobExit.Finished, (await _world.ResumeAsync(end.Id.ToString(), change: order => order with { Set = ["ask.answer=x"] })).Value.End);
        Assert.Equal(["planted-secret", "planted-secret"], seen);
        Assert.All(Directory.GetFiles(_world.Layout.Run(end.Id.ToString())), static file => Assert.DoesNotContain("planted-secret", File.ReadAllText(file), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Code_is_asked_about_once_for_each_state_of_file_and_script()
    {
        var script = new NodeType("script", "Test", "Runs a script.")
        {
            RunsCode = true,
            Inputs = [PortSpec.Required("script", PortType.File, "the script")],
            Behaviour = new NodeFunction(static _ => NodeOutcome.Of(NodeOutputs.None)),
        };
        _world.With(script, Plain.Pass);
        var path = _world.Save(Plain.Graph("script", ["a"]).Set("a.script", "\"speak.py\""));
        await File.WriteAllTextAsync(Path.Combine(_world.Folder, "speak.py"), "# /// script\n# dependencies = [\"demo>=1\"]\n# ///\n");
        _world.Refusal = new Core.Failures.Failure(WorkflowsFailures.NotTrusted, "no");
        Assert.Equal(77, (int)(await _world.RunAsync(path)).Failure.Code.Exit);
        Assert.False(Directory.Exists(_world.Layout.Runs));
        var question = Assert.Single(_world.Asked);
        Assert.Contains("  speak.py, with the packages demo>=1", question.Lines, StringComparer.Ordinal);

        var context = await _world.ContextAsync();
        Assert.True(new WorkflowTrust(context.Catalogue, _world.Layout).Trust(question).IsOk);
        var end = (await _world.RunAsync(path)).Value;
        Assert.True((await _world.ResumeAsync(end.Id.ToString())).IsOk);
        Assert.Single(_world.Asked);
        await File.AppendAllTextAsync(Path.Combine(_world.Folder, "speak.py"), "print()\n");
        Assert.Equal(WorkflowsFailures.NotTrusted, (await _world.RunAsync(path)).Failure.Code);
        Assert.True((await _world.RunAsync(_world.Save(Plain.Graph("pass", ["a"]), "harmless"))).IsOk);
    }

    private static string State(WorkflowRunView view, string node) => view.Nodes.Single(one => one.Id.ToString() == node).State;

    private NodeType Recorded() => Plain.Function("work", call =>
    {
        lock (_ran)
        {
            _ran.Add(call.Node.Id.ToString());
        }

        return NodeOutcome.Of("value", call.Find("value") ?? PortValue.Of(1));
    }) with { Purity = NodePurity.Never };

    private static NodeType Asking() => new("asking", "Test", "Asks.")
    {
        Purity = NodePurity.Never,
        Inputs = [PortSpec.Optional("value", PortType.Any, "what"), PortSpec.Optional("answer", PortType.Text, "the answer")],
        Outputs = [PortSpec.Required("value", PortType.Text, "the answer")],
        Behaviour = new NodeFunction(static call => call.Find("answer") is { } answer ? NodeOutcome.Of("value", answer) : new NodeWaits("Well?", JsonMembers.Parse("{}")) { AnswerPort = "answer" }),
    };
}
