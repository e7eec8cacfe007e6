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

    private static JsonElement Root(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
