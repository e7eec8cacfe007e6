using Slipway.TestKit;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Nodes;
using Slipway.Workflows.Tests.Support;

namespace Slipway.Workflows.Tests.Nodes;

/// <summary>Scripts in environments of their own, with real Python and packages of an index on loopback.</summary>
public sealed class PythonScriptTests : IDisposable
{
    private const string NoPackages = "# /// script\n# dependencies = []\n# ///\nimport json, os, sys\nsay = json.load(sys.stdin)\ndef give(document):\n    open(os.environ['SLIPWAY_OUTPUTS'], 'w').write(document)\n";

    private readonly NodeWorld _world = new(("TOKEN_OF_TEST", "s3cret"));

    public void Dispose() => _world.Dispose();

    [RequiresFact(Capability.Python)]
    public async Task Script_has_its_own_packages_and_gives_values_and_files_and_is_kept_by_its_bytes()
    {
        await using var index = await LocalIndex.StartAsync();
        index.Add(new WheelBuilder("demo", "1.0").Module("demo.py", "def double(x):\n    return 2 * x\n"));
        var script = $"# /// script\n# dependencies = ['demo']\n# [tool.slipway]\n# index-url = ['{index.SimpleUrl}']\n# ///\n" + """
            import demo, json, os, sys
            said = json.load(sys.stdin)
            print("working", os.environ.get("TOKEN_OF_TEST"), flush=True)
            text = open(said["files"]["data"]).read()
            open(os.path.join(said["folder"], "made.txt"), "w").write(text.upper())
            json.dump({"outputs": {"number": demo.double(said["inputs"]["n"]), "more": None}, "files": {"made": "made.txt"}}, open(os.environ["SLIPWAY_OUTPUTS"], "w"))
            """;
        _world.Write("scripts/go.py", script);
        _world.Write("data.txt", "abc");
        var graph = Plain.Graph("python-script", ["data:file-input", "go", "show:json-output", "keep:file-output"], "data.file -> go.data", "go.number -> show.json", "go.made -> keep.file")
            .Set("data.path", "\"data.txt\"").Set("go.script", "\"scripts/go.py\"").Set("go.n", "21").Set("keep.path", "\"kept.txt\"");

        var result = await _world.RunAsync(graph);
        Assert.Equal("42", result.Of("show").Json("json"));
        Assert.Equal("ABC", await File.ReadAllTextAsync($"{_world.Folder}/kept.txt"));
        Assert.Equal("made.txt", result.Of("go").Outputs.Values["made"].Blob!.Name);
        Assert.Contains("working s3cret", _world.Lines, StringComparer.Ordinal);

        // The same again is kept; other bytes of the script are another script; what secrets decide is not kept.
        var asked = index.Requests.Count;
        Assert.Equal(NodeState.Cached, (await _world.RunAsync(graph)).Of("go").State);
        _world.Write("scripts/go.py", script.Replace("demo.double(", "1 + demo.double(", StringComparison.Ordinal));
        Assert.Equal("43", (await _world.RunAsync(graph)).Of("show").Json("json"));
        var secret = graph.Set("go.secrets", "[\"TOKEN_OF_TEST\"]");
        Assert.Equal(NodeState.Finished, (await _world.RunAsync(secret)).Of("go").State);
        Assert.Equal(NodeState.Finished, (await _world.RunAsync(secret)).Of("go").State);
        Assert.Equal(asked, index.Requests.Count);
        Assert.Single(Directory.GetDirectories(_world.Layout.Environments));
        (await _world.RunAsync(graph.Set("go.secrets", "[\"NO_SUCH\"]"))).Of("go").AssertFailed(NodeFailures.MissingSecret, "'NO_SUCH'");
    }

    [RequiresFact(Capability.Python)]
    public async Task What_lies_beside_a_script_counts_as_far_as_it_can_be_imported()
    {
        _world.Write("go.py", NoPackages + "import beside, pack, inner.deep\ngive(json.dumps({'outputs': {'said': '%s %s %s' % (beside.V, open(os.path.join(os.path.dirname(pack.__file__), 'data.txt')).read(), inner.deep.V)}}))\n");
        foreach (var (path, text) in ((string, string)[])[("beside.py", "V = 1\n"), ("pack/__init__.py", ""), ("pack/data.txt", "a"), ("inner/deep.py", "V = 1\n"), ("other/unrelated.py", "V = 1\n"), ("notes.txt", "a")])
        {
            _world.Write(path, text);
        }

        var graph = Plain.Graph("python-script", ["go", "show:json-output"], "go.said -> show.json").Set("go.script", "\"go.py\"");
        Assert.Equal("\"1 a 1\"", (await _world.RunAsync(graph)).Of("show").Json("json"));
        _world.Write("notes.txt", "b");
        _world.Write("other/unrelated.py", "V = 2\n");
        Assert.Equal(NodeState.Cached, (await _world.RunAsync(graph)).Of("go").State);
        _world.Write("beside.py", "V = 20\n");
        Assert.Equal("\"20 a 1\"", (await _world.RunAsync(graph)).Of("show").Json("json"));
        _world.Write("pack/data.txt", "b");
        Assert.Equal("\"20 b 1\"", (await _world.RunAsync(graph)).Of("show").Json("json"));
        _world.Write("inner/deep.py", "V = 30\n");
        Assert.Equal("\"20 b 30\"", (await _world.RunAsync(graph)).Of("show").Json("json"));
        Assert.Equal(NodeState.Cached, (await _world.RunAsync(graph)).Of("go").State);

        // More than is looked at is never known to be the same.
        for (var number = 0; number <= ScriptModules.MostFiles; number++)
        {
            await File.WriteAllTextAsync($"{_world.Folder}/pack/{number}.txt", string.Empty);
        }

        Assert.Equal(NodeState.Finished, (await _world.RunAsync(graph)).Of("go").State);
        Assert.Equal(NodeState.Finished, (await _world.RunAsync(graph)).Of("go").State);
    }

    [RequiresFact(Capability.Python)]
    public async Task What_a_node_of_the_run_writes_beside_a_script_is_seen_by_the_nodes_after_it()
    {
        _world.Write("write.py", NoPackages + "open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'helper.py'), 'w').write('V = %d\\n' % say['inputs']['v'])\ngive('{\"outputs\": {\"done\": true}}')\n");
        _world.Write("use.py", NoPackages + "sys.dont_write_bytecode = True\nimport helper\ngive(json.dumps({'outputs': {'said': helper.V}}))\n");
        var graph = Plain.Graph("python-script", ["before", "write", "after"], "before.said -> write.first", "write.done -> after.then")
            .Set("before.script", "\"use.py\"").Set("write.script", "\"write.py\"").Set("after.script", "\"use.py\"");
        foreach (var value in (string[])["1", "2", "3"])
        {
            _world.Write("helper.py", "V = 0\n");
            var ran = await _world.RunAsync(graph.Set("write.v", value));
            Assert.Equal(("0", value), (ran.Of("before").Json("said"), ran.Of("after").Json("said")));
        }
    }

    [RequiresFact(Capability.Python)]
    public async Task Script_that_breaks_fails_with_its_last_words_and_garbage_is_refused()
    {
        _world.Write("crash.py", NoPackages + "sys.stderr.write('x' * 200000)\nraise SystemExit('the end of it')\n");
        var failure = (await OneAsync("crash")).AssertFailed(NodeFailures.ScriptFailed, "crash.py ended with exit code 1");
        Assert.EndsWith("the end of it\n", failure.Detail, StringComparison.Ordinal);
        Assert.InRange(failure.Detail!.Length, 60_000, 64 * 1024);

        _world.Write("killed.py", NoPackages + "os.kill(os.getpid(), 9)\n");
        (await OneAsync("killed")).AssertFailed(NodeFailures.ScriptFailed, "signal 9");

        var outside = _world.Write("outside.txt", "x");
        foreach (var (document, words) in ((string, string)[])[
            ("nonsense", "it is no JSON"), ("[]", "it is a list"), ("{\"outputs\": 3}", "/outputs is a number"), ("{\"output\": {}}", "'output'"),
            ("{\"outputs\": {\"Bad Name\": 1}}", "'Bad Name'"), ("{\"files\": {\"f\": \"none\"}}", "no such file"), ($"{{\"files\": {{\"f\": \"{outside}\"}}}}", "outside of the folder"),
            ("{\"outputs\": {\"f\": 1}, \"files\": {\"f\": \"x\"}}", "f is there twice")])
        {
            _world.Write("give.py", NoPackages + $"print('said before')\ngive('''{document}''')\n");
            (await OneAsync("give")).AssertFailed(NodeFailures.ScriptOutputs, "give.py", words);
        }

        // A connected output that is forgotten is told; one that is left out on purpose skips what needs it.
        var graph = Plain.Graph("python-script", ["go", "out:json-output"], "go.x -> out.json").Set("go.script", "\"give.py\"");
        _world.Write("give.py", NoPackages + "give('{\"outputs\": {\"y\": 1}}')\n");
        (await _world.RunAsync(graph)).Of("go").AssertFailed(NodeFailures.ScriptOutputs, "no output x, from which an edge leads; there is y");
        _world.Write("give.py", NoPackages + "give('{\"absent\": [\"x\"]}')\n");
        Assert.Equal(NodeState.Skipped, (await _world.RunAsync(graph)).Of("out").State);

        _world.Write("needs.py", "# /// script\n# dependencies = ['no good']\n# ///\n");
        Assert.Contains("needs.py", (await OneAsync("needs")).Failure!.ToString(), StringComparison.Ordinal);
        (await OneAsync("none")).AssertFailed(WorkflowsFailures.BadValue, "one.script names");
    }

    [RequiresFact(Capability.Python)]
    public async Task Megabytes_of_output_are_told_in_part_and_break_nothing()
    {
        _world.Write("loud.py", NoPackages + "line = 'x' * 200 + '\\n'\nfor _ in range(200):\n    sys.stdout.write(line * 1000)\ngive('{\"outputs\": {\"done\": true}}')\n");
        var before = GC.GetTotalMemory(forceFullCollection: true);
        Assert.Equal("true", (await OneAsync("loud")).Json("done"));
        Assert.InRange(_world.Lines.Sum(static line => line.Length), 1_000_000, 1_100_000);
        Assert.Contains(_world.Lines, static line => line.Contains("more than 1 MiB", StringComparison.Ordinal));
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 30_000_000);
    }

    [RequiresFact(Capability.Python)]
    public async Task Cancelled_script_leaves_no_process()
    {
        _world.Write("hang.py", NoPackages + "import subprocess, time\nchild = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\nprint(os.getpid(), child.pid, flush=True)\ntime.sleep(600)\n");
        using var stop = new CancellationTokenSource();
        var run = _world.RunAsync(Plain.Graph("python-script", ["one"]).Set("one.script", "\"hang.py\""), cancellationToken: stop.Token);
        var pids = (await _world.FirstLine.WaitAsync(_world.Token)).Split(' ').Select(int.Parse).ToList();
        await stop.CancelAsync();
        var result = await run;

        Assert.True(result.WasCancelled);
        Assert.Equal(WorkflowsFailures.Cancelled, result.Of("one").Failure!.Code);
        foreach (var pid in pids)
        {
            await LiveProcesses.WaitForEndAsync(pid, TimeSpan.FromSeconds(10));
        }
    }

    [RequiresFact(Capability.Python)]
    public async Task Run_on_host_runs_here_for_local_with_its_arguments()
    {
        _world.Write("say.py", "# /// script\n# dependencies = []\n# ///\nimport sys\nprint(sys.argv[1:])\nsys.exit(len(sys.argv) - 3)\n");
        var result = await _world.RunOneAsync("run-on-host", ("script", "\"say.py\""), ("args", "[\"a b\", \"\"]"));
        Assert.Equal(("\"[\\u0027a b\\u0027, \\u0027\\u0027]\\n\"", "0"), (result.Json("stdout"), result.Json("exit_code")));
        (await _world.RunOneAsync("run-on-host", ("script", "\"say.py\""), ("args", "[\"a\", \"b\", \"c\"]"))).AssertFailed(NodeFailures.ScriptFailed, "say.py ended with exit code 1 on local");
        (await _world.RunOneAsync("run-on-host", ("script", "\"say.py\""), ("args", "[1]"))).AssertFailed(WorkflowsFailures.BadValue, "one.args is a list, and should be a list of texts");
        (await _world.RunOneAsync("run-on-host", ("script", "\"say.py\""), ("host", "\"gpu1\""))).AssertFailed(WorkflowsFailures.NodeFailed, "no hosts");
    }

    private Task<NodeResult> OneAsync(string script) => _world.RunOneAsync("python-script", ("script", $"\"{script}.py\""));
}
