using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Tests.Support;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Tests.Engine;

public sealed class WorkflowEngineTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly EngineWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Values_flow_and_each_node_runs_once_after_its_sources()
    {
        var runs = new List<string>();
        var log = Plain.Function("log", call =>
        {
            runs.Add(call.Node.Id.ToString());
            return NodeOutcome.Of("value", call.Find("value") ?? PortValue.Of("start"));
        }) with { IsCheap = true };
        var graph = Plain.Graph("log", ["d", "c", "b", "a"], "a.value -> b.value", "a.value -> c.value", "b.value -> d.value");

        var result = await _world.RunAsync(graph, [log], request => request with { Parallel = 1 });

        Assert.Equal(["a", "b", "c", "d"], runs, StringComparer.Ordinal);
        Assert.All(result.Nodes.Values, static node => Assert.Equal((NodeState.Finished, "start"), (node.State, node.Outputs.Values["value"].AsText())));
        Assert.Equal(4, _world.Told.Count(static line => line.StartsWith("node_started", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Only_what_a_target_needs_runs()
    {
        var graph = Plain.Graph("pass", ["a", "b", "c", "other"], "a.value -> b.value", "b.value -> c.value");

        var result = await _world.RunAsync(graph, [Plain.Pass], request => request with { Targets = [NodeId.Parse("b")!.Value] });

        Assert.Equal("a b", string.Join(' ', result.Nodes.Keys));
    }

    [Fact]
    public async Task Independent_branches_run_together_up_to_the_limit()
    {
        var started = new SemaphoreSlim(0);
        var go = new TaskCompletionSource();
        var running = 0;
        var most = 0;
        var wait = Plain.Work("wait", async (_, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            started.Release();
            await go.Task;
            Interlocked.Decrement(ref running);
            return NodeOutcome.Of(NodeOutputs.None);
        });

        var run = _world.RunAsync(Plain.Graph("wait", ["a", "b", "c", "d", "e"]), [wait], request => request with { Parallel = 3 });
        for (var i = 0; i < 3; i++)
        {
            Assert.True(await started.WaitAsync(Soon));
        }

        Assert.False(started.Wait(0));
        go.SetResult();
        await run.WaitAsync(Soon);
        Assert.Equal(3, most);
    }

    [Fact]
    public async Task Failure_stops_what_depends_on_it_and_nothing_else_and_is_always_told()
    {
        var fail = Plain.Function("fail", static _ => new Failure(WorkflowsFailures.NodeFailed, "It broke."));
        var graph = Plain.Graph("pass", ["bad:fail", "after", "later", "good", "fine"], "bad.value -> after.value", "after.value -> later.value", "good.value -> fine.value");

        var result = await _world.RunAsync(graph, [Plain.Pass, fail]);

        Assert.Equal("after Blocked, bad Failed, fine Finished, good Finished, later Blocked", string.Join(", ", result.Nodes.Select(static node => $"{node.Key} {node.Value.State}")));
        Assert.Equal("It broke.", result.Of("bad").Failure!.Message);
        Assert.Contains("node_failed bad", _world.Told, StringComparer.Ordinal);
        Assert.Contains("node_skipped later", _world.Told, StringComparer.Ordinal);
        Assert.True(result.HasFailed);
    }

    [Fact]
    public async Task First_failure_ends_a_run_that_wants_it()
    {
        var began = new TaskCompletionSource();
        var fail = Plain.Work("fail", async (_, _) =>
        {
            await began.Task;
            return new Failure(WorkflowsFailures.NodeFailed, "It broke.");
        });
        var wait = Plain.Work("wait", async (_, token) =>
        {
            began.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            return NodeOutcome.Of(NodeOutputs.None);
        });

        var result = await _world.RunAsync(Plain.Graph("wait", ["a", "b:fail"]), [wait, fail], request => request with { StopsAtFirstFailure = true, Parallel = 2 }).WaitAsync(Soon);

        Assert.Equal(WorkflowsFailures.Cancelled, result.Of("a").Failure!.Code);
        Assert.False(result.WasCancelled);
    }

    [Fact]
    public async Task What_a_behaviour_throws_ends_the_run_after_all_others_have_ended()
    {
        var ended = false;
        var began = new TaskCompletionSource();
        var wait = Plain.Work("wait", async (_, token) =>
        {
            began.SetResult();
            await Task.Delay(Timeout.Infinite, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ended = true;
            return NodeOutcome.Of(NodeOutputs.None);
        });
        var boom = Plain.Work("boom", async (_, _) =>
        {
            await began.Task;
            throw new InvalidOperationException("A defect.");
        });

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => _world.RunAsync(Plain.Graph("wait", ["a", "b:boom"]), [wait, boom], request => request with { Parallel = 2 }).WaitAsync(Soon));

        Assert.Equal(("A defect.", true), (thrown.Message, ended));
    }

    [Fact]
    public async Task Branch_that_is_not_taken_is_skipped_and_a_merge_takes_the_other()
    {
        var choose = Plain.Pass with
        {
            Id = "choose",
            Outputs = [PortSpec.Optional("then", PortType.Any, "yes"), PortSpec.Optional("else", PortType.Any, "no")],
            Behaviour = new NodeFunction(static _ => NodeOutcome.Of("else", PortValue.Of("taken"))),
        };
        var need = Plain.Pass with { Id = "need", Inputs = [PortSpec.Required("value", PortType.Any, "what")] };
        var merge = Plain.Pass with { Id = "merge", RunsWithAbsent = true, Inputs = [PortSpec.Required("value", PortType.Any, "any") with { TakesMany = true }] };
        var graph = Plain.Graph(
            "need", ["if:choose", "yes", "more", "no", "both:merge", "end"],
            "if.then -> yes.value", "yes.value -> more.value", "if.else -> no.value", "more.value -> both.value", "no.value -> both.value", "both.value -> end.value");

        var result = await _world.RunAsync(graph, [choose, need, merge]);

        Assert.Equal((NodeState.Skipped, NodeState.Skipped, NodeState.Finished), (result.Of("yes").State, result.Of("more").State, result.Of("no").State));
        Assert.Equal("[\"taken\"]", result.Of("end").Outputs.Values["value"].AsText());
        Assert.Contains("node_skipped more", _world.Told, StringComparer.Ordinal);
        Assert.False(result.HasFailed);
    }

    [Fact]
    public async Task Outputs_are_kept_by_content_and_only_what_changed_runs_again()
    {
        var runs = new List<string>();
        var upper = Plain.Function("upper", call =>
        {
            runs.Add(call.Node.Id.ToString());
            return NodeOutcome.Of("value", PortValue.Of(call.Text("value")!.ToUpperInvariant()));
        });
        var graph = Plain.Graph("upper", ["a", "b", "c"], "a.value -> b.value", "b.value -> c.value").Set("a.value", "\"x\"");

        await _world.RunAsync(graph, [upper]);
        Assert.Equal("a b", string.Join(' ', runs));
        runs.Clear();
        var second = await _world.RunAsync(graph, [upper]);
        Assert.Empty(runs);
        Assert.Equal("X", second.Of("c").Outputs.Values["value"].AsText());
        Assert.Equal(NodeState.Cached, second.Of("a").State);

        // Another input that gives the same output: what comes after is not run again.
        await _world.RunAsync(graph.Set("a.value", "\"X\""), [upper]);
        Assert.Empty(runs);
        await _world.RunAsync(graph.Set("a.value", "\"y\""), [upper]);
        Assert.Equal("a b", string.Join(' ', runs));
        runs.Clear();
        await _world.RunAsync(graph, [upper with { Version = 2 }], request => request with { Parallel = 1 });
        Assert.Equal("a b", string.Join(' ', runs));
        runs.Clear();
        await _world.RunAsync(graph, [upper], request => request with { UsesCache = false });
        Assert.Equal("a b c", string.Join(' ', runs));
    }

    [Fact]
    public async Task Changed_file_is_another_input()
    {
        var runs = 0;
        var size = Plain.Function("size", call =>
        {
            runs++;
            return NodeOutcome.Of("value", PortValue.Of(call["file"].Blob!.Size));
        }) with { Inputs = [PortSpec.Required("file", PortType.File, "a file")] };
        var graph = Plain.Graph("size", ["a"]).Set("a.file", "\"data.txt\"");
        File.WriteAllText(_world.Folder.Combine("data.txt"), "one");

        await _world.RunAsync(graph, [size]);
        await _world.RunAsync(graph, [size]);
        Assert.Equal(1, runs);
        File.WriteAllText(_world.Folder.Combine("data.txt"), "three");
        Assert.Equal("5", (await _world.RunAsync(graph, [size])).Of("a").Outputs.Values["value"].AsText());
        File.Delete(_world.Folder.Combine("data.txt"));
        Assert.Contains("there is no such file", (await _world.RunAsync(graph, [size])).Of("a").Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Seeded_type_is_kept_with_a_seed_only()
    {
        var runs = 0;
        var dice = Plain.Function("dice", _ => NodeOutcome.Of("value", PortValue.Of(++runs))) with
        {
            Purity = NodePurity.Seeded,
            Inputs = [PortSpec.Optional("seed", PortType.Number, "the seed")],
        };
        var graph = Plain.Graph("dice", ["a"]);

        await _world.RunAsync(graph, [dice]);
        await _world.RunAsync(graph, [dice]);
        Assert.Equal(2, runs);
        await _world.RunAsync(graph.Set("a.seed", "7"), [dice]);
        await _world.RunAsync(graph.Set("a.seed", "7"), [dice]);
        Assert.Equal(3, runs);
    }

    [Fact]
    public async Task Secret_is_in_no_key_and_its_node_runs_each_time()
    {
        var runs = 0;
        var use = Plain.Function("use", call => NodeOutcome.Of("value", PortValue.Of($"{call["key"].AsText().Length} {++runs}"))) with { Inputs = [PortSpec.Required("key", PortType.Secret, "the key")] };
        var graph = Plain.Graph("use", ["a"]);
        var given = ImmutableSortedDictionary<PortAddress, PortValue>.Empty.Add(PortAddress.Parse("a.key")!.Value, PortValue.OfSecret("hunter2-hunter2"));

        await _world.RunAsync(graph, [use], request => request with { Given = given });
        var second = await _world.RunAsync(graph, [use], request => request with { Given = given });

        Assert.Equal("15 2", second.Of("a").Outputs.Values["value"].AsText());
        Assert.DoesNotContain(Directory.EnumerateFiles(_world.Folder.FullPath, "*", SearchOption.AllDirectories), static path => File.ReadAllText(path).Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Failing_node_is_tried_again_as_often_as_its_policy_says()
    {
        var tries = 0;
        var flaky = Plain.Work("flaky", (_, _) => ValueTask.FromResult<NodeOutcome>(++tries < 3 ? new Failure(WorkflowsFailures.NodeFailed, $"try {tries}") : NodeOutcome.Of("value", PortValue.Of("at last"))));
        var graph = Plain.Graph("flaky", ["a"]).Change("a", static node => node with { Policy = new NodePolicy(2, 10, null) });

        var run = _world.RunAsync(graph, [flaky]);
        while (!run.IsCompleted)
        {
            await Task.Yield();
            _world.Time.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Equal("at last", (await run).Of("a").Outputs.Values["value"].AsText());
        Assert.Equal(3, tries);
        Assert.Equal(2, _world.Told.Count(static line => line == "node_progress a"));
    }

    [Fact]
    public async Task Node_that_takes_too_long_is_ended()
    {
        var hang = Plain.Work("hang", static async (_, token) =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return NodeOutcome.Of(NodeOutputs.None);
        });
        var graph = Plain.Graph("hang", ["a"]).Change("a", static node => node with { Policy = new NodePolicy(0, 1, 2.5) });

        var run = _world.RunAsync(graph, [hang]);
        _world.Time.Advance(TimeSpan.FromSeconds(3));

        var failure = (await run.WaitAsync(Soon)).Of("a").Failure!;
        Assert.Equal((WorkflowsFailures.TimedOut, "a took longer than 2.5 s."), (failure.Code, failure.Message));
    }

    [Fact]
    public async Task Cancelled_run_ends_what_runs_and_begins_nothing()
    {
        using var cancel = new CancellationTokenSource();
        var began = new TaskCompletionSource();
        var ended = false;
        var hang = Plain.Work("hang", async (_, token) =>
        {
            began.SetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            finally
            {
                ended = true;
            }

            return NodeOutcome.Of(NodeOutputs.None);
        });

        var run = _world.RunAsync(Plain.Graph("pass", ["a:hang", "b"], "a.value -> b.value"), [hang, Plain.Pass], cancellationToken: cancel.Token);
        await began.Task.WaitAsync(Soon);
        await cancel.CancelAsync();
        var result = await run.WaitAsync(Soon);

        Assert.True(ended);
        Assert.True(result.WasCancelled);
        Assert.Equal(WorkflowsFailures.Cancelled, result.Of("a").Failure!.Code);
        Assert.DoesNotContain("node_started b", _world.Told, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Question_lets_the_rest_go_on_and_the_answer_continues_from_there()
    {
        var runs = new List<string>();
        var ask = Plain.Function("ask", static call => call.Find("answer") is { } answer
            ? NodeOutcome.Of("value", answer)
            : new NodeWaits("Which?", JsonMembers.Parse("{}")) { AnswerPort = "answer" }) with { Purity = NodePurity.Never, Inputs = [PortSpec.Optional("answer", PortType.Text, "the answer")] };
        var log = Plain.Function("log", call =>
        {
            runs.Add(call.Node.Id.ToString());
            return NodeOutcome.Of("value", PortValue.Of(call.Text("value") ?? "none"));
        }) with { Purity = NodePurity.Never };
        var graph = Plain.Graph("log", ["q:ask", "after", "other"], "q.value -> after.value");

        var first = await _world.RunAsync(graph, [ask, log]);
        Assert.True(first.IsWaiting);
        Assert.Equal(("Which?", NodeState.Pending, "other"), (first.Of("q").Question!.Question, first.Of("after").State, string.Join(' ', runs)));
        runs.Clear();
        var second = await _world.RunAsync(graph, [ask, log], request => request with
        {
            Before = first.Nodes.Where(static node => node.Value.State is NodeState.Finished).ToImmutableSortedDictionary(static node => node.Key, static node => node.Value.Outputs),
            Given = ImmutableSortedDictionary<PortAddress, PortValue>.Empty.Add(PortAddress.Parse("q.answer")!.Value, PortValue.Of("this")),
        });

        Assert.Equal(("after", "this"), (string.Join(' ', runs), second.Of("after").Outputs.Values["value"].AsText()));
    }

    [Fact]
    public async Task Pinned_output_stands_for_the_node_and_a_bypassed_node_gives_its_input_on()
    {
        var boom = Plain.Function("boom", static _ => throw new InvalidOperationException("It ran."));
        var graph = Plain.Graph("boom", ["a", "b", "c:pass"], "a.value -> b.value", "b.value -> c.value")
            .Change("a", static node => node with { Pinned = node.Pinned.Add("value", JsonMembers.Of("pinned")) })
            .Change("b", static node => node with { Bypass = true });

        var result = await _world.RunAsync(graph, [boom, Plain.Pass]);

        Assert.Equal("pinned", result.Of("c").Outputs.Values["value"].AsText());
    }

    [Fact]
    public async Task What_an_output_holds_is_let_go_after_its_last_consumer()
    {
        var order = new List<string>();
        var hold = Plain.Pass with
        {
            Id = "hold",
            Behaviour = new NodeFunction(_ => new NodeFinished(NodeOutputs.None.With("value", PortValue.Of(1))) { Holds = new Held(order) }),
        };
        var log = Plain.Function("log", call =>
        {
            order.Add(call.Node.Id.ToString());
            return NodeOutcome.Of(NodeOutputs.None);
        }) with { Purity = NodePurity.Never };
        var graph = Plain.Graph("log", ["a:hold", "b", "c", "d"], "a.value -> b.value", "a.value -> c.value", "c.value -> d.value");

        await _world.RunAsync(graph, [hold, log], request => request with { Parallel = 1 });

        Assert.Equal("b c released d", string.Join(' ', order));
    }

    [Fact]
    public async Task Ten_thousand_nodes_in_one_line_and_side_by_side_run_to_their_end()
    {
        const int Count = 10_000;
        var ids = Enumerable.Range(0, Count).Select(static i => NodeId.Parse($"n{i}")!.Value).ToArray();
        var graph = WorkflowGraph.Empty with
        {
            Nodes = ids.ToImmutableSortedDictionary(static id => id, static id => new WorkflowNode(id, "pass", 1)),
            Edges = [.. ids.Skip(1).Select((id, i) => new WorkflowEdge(new PortAddress(ids[i % 2 == 0 ? 0 : i], "value"), new PortAddress(id, "value")))],
        };

        var result = await _world.RunAsync(graph, [Plain.Pass]);

        Assert.Equal(Count, result.Nodes.Values.Count(static node => node.State is NodeState.Finished));
    }

    private sealed class Held(List<string> order) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            order.Add("released");
            return ValueTask.CompletedTask;
        }
    }
}
