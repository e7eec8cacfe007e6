using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Nodes;
using Slipway.Workflows.Tests.Support;

namespace Slipway.Workflows.Tests.Nodes;

public sealed class SubWorkflowTests : IDisposable
{
    private readonly NodeWorld _world = new();

    public SubWorkflowTests() => Save("greet", Plain.Graph("prompt-template", ["say", "out:text-output"], "say.prompt -> out.text").Set("say.template", "\"Hello {{who}}{{mark}}\"").Set("say.mark", "\"!\""));

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Runs_once_with_values_and_connected_inputs()
    {
        var graph = Plain.Graph("run-workflow", ["name:text-input", "sub"], "name.text -> sub.who").Set("name.text", "\"Ada\"")
            .Set("sub.path", "\"greet.workflow.json\"").Set("sub.input_ports", "{\"who\": \"say.who\"}").Set("sub.inputs", "{\"say.mark\": \"?\"}");
        Assert.Equal("{\"out.text\":\"Hello Ada?\"}", (await _world.RunAsync(graph)).Of("sub").Json("results"));
        Assert.Equal("\"Hello Ada?\"", (await _world.RunAsync(graph.Set("sub.output_port", "\"say.prompt\""))).Of("sub").Json("results"));
    }

    [Fact]
    public async Task Runs_for_each_item_in_their_order_and_failures_name_the_item()
    {
        var names = Enumerable.Range(0, 20).Select(static number => $"n{number}").ToList();
        var all = await EachAsync("greet", "say.who", $"[{string.Join(",", names.Select(static name => $"\"{name}\""))}]");
        Assert.Equal($"[{string.Join(",", names.Select(static name => $"\"Hello {name}!\""))}]", all.Json("results"));
        Assert.Equal("[]", (await EachAsync("greet", "say.who", "[]")).Json("results"));

        Save("pick", Plain.Graph("json-pick", ["say"]).Set("say.pointer", "\"/a\"").Set("say.json", "{}"));
        var failed = await _world.RunOneAsync("run-workflow", ("path", "\"pick.workflow.json\""), ("items", "[{\"a\": 1}, {\"b\": 1}, {}]"), ("item_port", "\"say.json\""));
        var failure = failed.AssertFailed(NodeFailures.InnerFailed, "2 of 3 items failed", "item 1: say of pick.workflow.json failed: say.json has nothing at /a");
        Assert.Contains("item 2: ", failure.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Workflows_that_run_themselves_are_refused()
    {
        Save("a", Plain.Graph("run-workflow", ["sub"]).Set("sub.path", "\"b.workflow.json\""));
        Save("b", Plain.Graph("run-workflow", ["sub"]).Set("sub.path", "\"a.workflow.json\""));
        var failure = (await _world.RunOneAsync("run-workflow", ("path", "\"a.workflow.json\""))).AssertFailed(NodeFailures.InnerFailed, "a workflow runs itself", "a.workflow.json -> b.workflow.json -> a.workflow.json");
        Assert.NotNull(failure.Remedy);

        for (var depth = 0; depth < 20; depth++)
        {
            Save($"d{depth}", Plain.Graph("run-workflow", ["sub"]).Set("sub.path", $"\"d{depth + 1}.workflow.json\""));
        }

        (await _world.RunOneAsync("run-workflow", ("path", "\"d0.workflow.json\""))).AssertFailed(NodeFailures.InnerFailed, "more than 16 workflows lie in one another");
    }

    [Fact]
    public async Task What_is_wrong_with_the_question_or_the_other_file_is_named()
    {
        (string, string) path = ("path", "\"greet.workflow.json\"");
        (await _world.RunOneAsync("run-workflow", ("path", "\"none\""))).AssertFailed(WorkflowsFailures.FileMissing, "one cannot run a workflow");
        (await _world.RunOneAsync("run-workflow", path, ("inputs", "[]"))).AssertFailed(WorkflowsFailures.BadValue, "one.inputs is a list");
        (await _world.RunOneAsync("run-workflow", path, ("inputs", "{\"say\": 1}"))).AssertFailed(WorkflowsFailures.BadValue, "one.inputs names 'say'");
        (await _world.RunOneAsync("run-workflow", path, ("inputs", "{\"no.who\": 1}"))).AssertFailed(WorkflowsFailures.Invalid, "there is no input no.who");
        (await _world.RunOneAsync("run-workflow", path, ("output_port", "\"say.no\""))).AssertFailed(WorkflowsFailures.Invalid, "there is no output say.no");
        (await _world.RunOneAsync("run-workflow", path, ("who", "1"))).AssertFailed(WorkflowsFailures.MissingInput, "input_ports does not say where the input 'who' goes");
        (await _world.RunOneAsync("run-workflow", path, ("items", "[1]"))).AssertFailed(WorkflowsFailures.MissingInput, "one.item_port is missing");
        (await _world.RunOneAsync("run-workflow", path, ("items", "1"), ("item_port", "\"say.who\""))).AssertFailed(WorkflowsFailures.BadValue, "one.items is a number");
        (await _world.RunOneAsync("run-workflow", path, ("max_parallel", "0"))).AssertFailed(WorkflowsFailures.BadValue, "one.max_parallel is 0");
        Save("bad", Plain.Graph("no-such", ["x"]));
        (await _world.RunOneAsync("run-workflow", ("path", "\"bad.workflow.json\""))).AssertFailed(WorkflowsFailures.Invalid, "bad.workflow.json", "/nodes/x/type");
        Assert.Equal(NodeState.Failed, (await _world.RunOneAsync("run-workflow", path)).State);
    }

    [Fact]
    public async Task Question_of_a_person_inside_is_asked_outside()
    {
        Save("ask", Plain.Graph("human-input", ["who"]).Set("who.prompt", "\"Which?\""));
        var waits = (await _world.RunOneAsync("run-workflow", ("path", "\"ask.workflow.json\""))).Question;
        Assert.Equal("who of ask.workflow.json asks: Which?", waits!.Question);
        Assert.Contains("\"who.answer\"", waits.Hint, StringComparison.Ordinal);
        Assert.Equal("{\"who.value\":5}", (await _world.RunOneAsync("run-workflow", ("path", "\"ask.workflow.json\""), ("inputs", "{\"who.answer\": 5}"))).Json("results"));
    }

    private Task<NodeResult> EachAsync(string name, string port, string items) =>
        _world.RunOneAsync("run-workflow", ("path", $"\"{name}.workflow.json\""), ("items", items), ("item_port", $"\"{port}\""), ("output_port", "\"out.text\""), ("max_parallel", "3"));

    private void Save(string name, WorkflowGraph graph) => File.WriteAllBytes($"{_world.Folder}/{name}.workflow.json", WorkflowText.Write(graph));
}
