using System.Text.Json;
using Slipway.EndToEnd.Tests.Support;
using Slipway.TestKit;

namespace Slipway.EndToEnd.Tests;

/// <summary>Dependency environments as a person and a program ask for them: nothing is named, an answer is given by the command that was shown, then it is ready.</summary>
public sealed class DepsVerbTests : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [RequiresFact(Capability.Python)]
    public async Task Missing_input_is_named_answered_by_the_shown_command_and_then_ready()
    {
        var folder = _bench.NewProject();
        Directory.CreateDirectory(Path.Combine(folder, "none"));
        var document = $$"""
            {"dependency_contract_version":1,"model_id":"m","backend_key":"torch","bindings":[{"binding_id":"b1","environment_kind":"python-venv","env_id":"e",
             "requirements":[{"name":"demo-greeter","exact_pin":">=1","index_url":"file://{{folder}}/none"}]}]}
            """;
        await File.WriteAllTextAsync(Path.Combine(folder, "model.json"), document);

        var asked = await _bench.RunAsync(folder, "deps", "ensure", "model.json");
        Assert.Equal(79, asked.ExitCode);
        Assert.Contains("slipway deps override set model.json --binding b1 --requirement demo-greeter --wheel PATH", asked.Stdout, StringComparison.Ordinal);
        var refused = await _bench.RunAsync(folder, "deps", "override", "set", "model.json", "--binding", "b1", "--wheel", "/etc", "--json");
        Assert.Equal((65, "ENV0503"), (refused.ExitCode, Root(refused.Stdout).GetProperty("code").GetString()));
        var set = await _bench.RunAsync(_bench.Options(folder, ("SLIPWAY_SOURCE_ROOTS", _bench.Root)), "deps", "override", "set", "model.json", "--binding", "b1", "--requirement", "demo-greeter", "--wheel", _bench.Links.FullPath);
        Assert.True(set.ExitCode == 0, set.Stderr);
        var options = _bench.Options(folder, ("SLIPWAY_SOURCE_ROOTS", _bench.Root));

        var manual = await _bench.RunAsync(options, "deps", "ensure", "model.json", "--mode", "manual");
        Assert.Equal(79, manual.ExitCode);
        Assert.Contains("slipway deps install model.json", manual.Stdout, StringComparison.Ordinal);
        var events = await _bench.RunAsync(options, "deps", "install", "model.json", "--events");
        Assert.True(events.ExitCode == 0, events.Stderr + events.Stdout);
        var lines = events.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Root).ToList();
        Assert.Contains(lines, line => line.TryGetProperty("phase", out var phase) && phase.GetString() is "install_stream");
        Assert.Equal(("slipway.deps/1", "ready"), (lines[^1].GetProperty("schema").GetString(), lines[^1].GetProperty("status").GetProperty("state").GetString()));

        var json = await _bench.RunAsync(options with { StandardInput = document }, "deps", "check", "-", "--json");
        var root = Root(json.Stdout);
        Assert.Equal((0, "pytorch"), (json.ExitCode, root.GetProperty("environment_ref").GetProperty("backend_key").GetString()));
        var resolved = root.GetProperty("resolved_dependency_requirements");
        Assert.Equal(_bench.Links.FullPath, resolved.GetProperty("effective").GetProperty("bindings")[0].GetProperty("requirements")[0].GetProperty("wheel_source_path").GetString());
        Assert.Equal("user", resolved.GetProperty("overrides")[0].GetProperty("source").GetString());

        Assert.Equal(0, (await _bench.RunAsync(folder, "deps", "override", "clear", "model.json", "--binding", "b1", "--requirement", "demo-greeter")).ExitCode);
        var listed = Root((await _bench.RunAsync(folder, "deps", "override", "list", "model.json", "--json")).Stdout);
        Assert.Equal((0, 2), (listed.GetProperty("resolved_dependency_requirements").GetProperty("overrides").GetArrayLength(), listed.GetProperty("history").GetArrayLength()));
    }

    [RequiresFact(Capability.Python, Timeout = 300_000)]
    public async Task Processes_that_ask_for_one_environment_at_once_build_it_once_from_the_configured_index()
    {
        await using var index = await LocalIndex.StartAsync();
        index.Add(new WheelBuilder("demo-pkg", "1.0").Module("demo_pkg.py", "V = 1\n"));
        var folder = _bench.NewProject();
        await File.WriteAllTextAsync(Path.Combine(folder, "model.json"), Document("demo-pkg"));
        var options = _bench.Options(folder, ("SLIPWAY_INDEX_URL", index.SimpleUrl.AbsoluteUri));

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _bench.RunAsync(options with { Timeout = TimeSpan.FromSeconds(240) }, "deps", "ensure", "model.json", "--events")));

        Assert.All(results, static result => Assert.True(result.ExitCode == 0, result.ToString()));
        Assert.Single(Directory.GetDirectories(Path.Combine(_bench.Home, "envs")));
        var state = Root(await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(Path.Combine(_bench.Home, "state"), "*.json"))));
        Assert.Equal(["published", "reused", "reused", "reused"], state.GetProperty("validations").EnumerateArray().Select(static one => one.GetProperty("how").GetString()).Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [RequiresFact(Capability.Python, Timeout = 60_000)]
    public async Task Pipe_is_read_to_its_end_however_long_its_writer_takes()
    {
        var folder = _bench.NewProject();
        var pipe = Path.Combine(folder, "pipe");
        (await CommandRunner.RunAsync("mkfifo", [pipe], new CommandOptions())).OrThrow();
        var asking = _bench.RunAsync(folder, "deps", "override", "list", pipe, "--json");
        await using (var writer = new StreamWriter(pipe))
        {
            // The reader is there, and finds nothing yet.
            var document = Document("demo-pkg");
            await writer.WriteAsync(document[..20]);
            await writer.FlushAsync();
            await writer.WriteAsync(document[20..]);
        }

        var listed = await asking;
        Assert.True(listed.ExitCode == 0, listed.ToString());

        // One that nobody writes to is waited for until who asks has enough of it.
        await using var waiting = _bench.Start(_bench.Options(folder), "deps", "override", "list", pipe);
        await using (var opened = new FileStream(pipe, FileMode.Open, FileAccess.Write))
        {
            waiting.Signal(2);
            Assert.Equal(130, (await waiting.WaitAsync()).ExitCode);
        }
    }

    [Fact]
    public async Task Malformed_document_names_its_pointers_and_a_missing_one_its_name()
    {
        var folder = _bench.NewProject();
        await File.WriteAllTextAsync(Path.Combine(folder, "bad.json"), """{"contract_version":1,"bindings":[{"requirements":[{"name":1}]}]}""");
        var bad = await _bench.RunAsync(folder, "deps", "check", "bad.json");
        Assert.Equal(65, bad.ExitCode);
        Assert.Contains("/bindings/0/requirements/0/name must be a text, and is a number; /bindings/0/binding_id is missing.", bad.Stderr, StringComparison.Ordinal);
        Assert.Contains("at bad.json", bad.Stderr, StringComparison.Ordinal);
        Assert.Equal(66, (await _bench.RunAsync(folder, "deps", "check", "nothing.json")).ExitCode);
        Assert.Equal(64, (await _bench.RunAsync(folder, "deps", "ensure", "bad.json", "--mode", "maybe")).ExitCode);
    }

    private static string Document(string package) =>
        $$"""{"contract_version":1,"model_id":"m","backend_key":"torch","bindings":[{"binding_id":"b1","environment_kind":"python-venv","env_id":"e","requirements":[{"name":"{{package}}"}]}]}""";

    private static JsonElement Root(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
