using System.Text;
using System.Text.Json;
using Slipway.EndToEnd.Tests.Support;
using Slipway.TestKit;

namespace Slipway.EndToEnd.Tests;

/// <summary>Workflows as a person and a program run them: checked, run, answered, looked at, ended from elsewhere, taken up again.</summary>
public sealed class WorkflowVerbTests : IDisposable
{
    // So many nodes tell more events than a pipe holds: a run whose events nobody reads stands still in the middle.
    private const int Many = 3000;

    private const string Asking = """
        {"schema":"slipway.workflow/1","name":"Ask","nodes":{
          "in":{"type":"text-input","version":1,"inputs":{"text":"hello"}},"plain":{"type":"text-output","version":1},
          "ask":{"type":"human-input","version":1,"inputs":{"prompt":"Really?"}},"out":{"type":"text-output","version":1}},
         "edges":[{"from":"ask.answer","to":"out.text"},{"from":"in.text","to":"plain.text"}]}
        """;

    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Question_is_answered_by_the_shown_command_and_the_run_goes_on()
    {
        var folder = _bench.ProjectWith("ask.workflow.json", Asking);
        Assert.Equal(0, (await _bench.RunAsync(folder, "workflow", "validate", "ask.workflow.json")).ExitCode);
        var asked = await _bench.RunAsync(folder, "workflow", "run", "ask.workflow.json", "--set", "in.text=hi");
        Assert.Equal((79, "plain.text: hi\n"), (asked.ExitCode, asked.Stdout));
        var command = asked.Stderr.Split('\n').Single(static line => line.Contains("answer: ", StringComparison.Ordinal)).Split("answer: slipway ")[1];
        var id = command.Split(' ')[2];
        Assert.Contains("waits for a person", (await _bench.RunAsync(folder, "job", "list")).Stdout, StringComparison.Ordinal);
        Assert.Equal(79, (await _bench.RunAsync(folder, "job", "wait", id)).ExitCode);

        var answered = await _bench.RunAsync(folder, [.. command.Replace("VALUE", "yes", StringComparison.Ordinal).Split(' '), "--json"]);
        var document = Root(answered.Stdout);
        Assert.Equal((0, "slipway.workflow-run/1"), (answered.ExitCode, document.GetProperty("schema").GetString()));
        Assert.Equal("yes", document.GetProperty("outputs").GetProperty("out").GetProperty("text").GetProperty("value").GetString());
        Assert.Contains("used again: in, plain", answered.Stderr, StringComparison.Ordinal);
        Assert.Contains("finished", (await _bench.RunAsync(folder, "workflow", "runs")).Stdout, StringComparison.Ordinal);
        Assert.Equal(document.GetProperty("nodes").GetRawText(), Root((await _bench.RunAsync(folder, "workflow", "show", "ask", "--json")).Stdout).GetProperty("nodes").GetRawText());
        var events = (await _bench.RunAsync(folder, "workflow", "show", "ask", "--events")).Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Root).ToList();
        Assert.Equal(Enumerable.Range(1, events.Count), events.Select(static one => one.GetProperty("seq").GetInt32()));
    }

    [Fact]
    public async Task Bad_input_names_everything_and_its_place()
    {
        var folder = _bench.ProjectWith("bad.workflow.json", """{"schema":"slipway.workflow/1","nodes":{"a":{"type":"text-inpt"},"b":{"type":"text-output"}},"edges":[{"from":"a.text","to":"c.x"}]}""");
        var bad = await _bench.RunAsync(folder, "workflow", "validate", "bad.workflow.json", "--json");
        var problems = Root(bad.Stdout).GetProperty("files")[0].GetProperty("problems").EnumerateArray().Select(static one => one.GetProperty("pointer").GetString()!).ToList();
        Assert.Equal(65, bad.ExitCode);
        Assert.Equal(["/nodes/a/type", "/edges/0/to", "/nodes/b/inputs", "/nodes/b"], problems, StringComparer.Ordinal);
        Assert.Equal(65, (await _bench.RunAsync(folder, "workflow", "run", "bad.workflow.json")).ExitCode);
        Assert.Equal(66, (await _bench.RunAsync(folder, "workflow", "run", "none.workflow.json")).ExitCode);
        Assert.Equal(66, (await _bench.RunAsync(folder, "workflow", "show", "none")).ExitCode);
        Assert.Equal(65, (await _bench.RunAsync(folder, "workflow", "nodes", "text-inpt")).ExitCode);
        Assert.Equal(65, (await _bench.RunAsync(folder, "workflow", "import", "bad.workflow.json")).ExitCode);
        Assert.Contains("bad.workflow.json  bad   2      3", (await _bench.RunAsync(folder, "workflow", "list")).Stdout, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_bench.Home, "runs")) && Directory.EnumerateFileSystemEntries(Path.Combine(_bench.Home, "runs")).Any());
    }

    [Fact]
    public async Task Killed_run_is_lost_and_goes_on_with_what_it_had()
    {
        var folder = _bench.ProjectWith("many.workflow.json", ManyNodes());
        var killed = await _bench.ShellAsync(folder, StartUnread("kill -9 $pid; wait $pid; exec 3<&-"));
        Assert.True(killed.ExitCode == 0, killed.Stderr);
        Assert.Contains("lost", (await _bench.RunAsync(folder, "workflow", "runs")).Stdout, StringComparison.Ordinal);
        var resumed = await _bench.RunAsync(folder, "workflow", "resume", "many", "--json");
        Assert.True(resumed.ExitCode == 0, resumed.Stderr);
        var states = Root(resumed.Stdout).GetProperty("nodes").EnumerateArray().GroupBy(static node => node.GetProperty("state").GetString()!, StringComparer.Ordinal).ToDictionary(static group => group.Key, static group => group.Count(), StringComparer.Ordinal);
        Assert.Equal(Many, states["cached"] + states["finished"]);
        Assert.InRange(states["cached"], 1, Many - 1);
    }

    [Theory]
    [InlineData("kill -TERM $pid")]
    [InlineData("\"$slipway\" workflow cancel many >/dev/null 2>&1 & until [ -e \"$SLIPWAY_HOME\"/runs/*/cancel ]; do :; done; kill -USR1 $pid")]
    public async Task Run_that_is_ended_writes_its_end_and_can_go_on(string end)
    {
        var folder = _bench.ProjectWith("many.workflow.json", ManyNodes());
        var ended = await _bench.ShellAsync(folder, StartUnread($"{end}; cat <&3 >rest; wait $pid; echo $?; wait"));
        Assert.Equal("130\n", ended.Stdout);
        Assert.Contains("run_failed", (await File.ReadAllTextAsync(Path.Combine(folder, "rest"))).TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
        Assert.Contains("cancelled", (await _bench.RunAsync(folder, "workflow", "runs")).Stdout, StringComparison.Ordinal);
        Assert.Equal(0, (await _bench.RunAsync(folder, "workflow", "resume", "many")).ExitCode);
    }

    private static string StartUnread(string then) =>
        $"mkfifo pipe; \"$slipway\" workflow run many.workflow.json --parallel 1 --events >pipe & pid=$!; exec 3<pipe; read -r line <&3; until [ -s \"$SLIPWAY_HOME\"/runs/*/results.jsonl ]; do :; done; {then}";

    private static string ManyNodes()
    {
        var nodes = new StringBuilder();
        for (var i = 0; i < Many; i++)
        {
            nodes.Append(i == 0 ? string.Empty : ",").Append($"\"n{i}\":{{\"type\":\"text-input\",\"version\":1}}");
        }

        return $"{{\"schema\":\"slipway.workflow/1\",\"nodes\":{{{nodes}}},\"edges\":[]}}";
    }

    private static JsonElement Root(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
