using System.Text.Json;
using Slipway.EndToEnd.Tests.Support;
using Slipway.TestKit;

namespace Slipway.EndToEnd.Tests;

public sealed class PlanTests : IDisposable
{
    private const int Limit = 180_000;
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Plan_asks_no_index_until_it_is_told_to_resolve()
    {
        await using var index = await LocalIndex.StartAsync();
        index.Add(new WheelBuilder("demo-pkg", "1.0").Module("demo_pkg.py", string.Empty));
        var project = _bench.ProjectWith("x.py", "# /// script\n# dependencies = ['demo-pkg']\n# ///\nimport demo_pkg\n");
        string[] line = ["plan", "--json", "--index-url", index.SimpleUrl.AbsoluteUri];

        using var before = Parse(await _bench.RunAsync(project, [.. line, "x.py"]));
        Assert.Equal(("slipway.plan/1", "build", "not_yet_resolved"), Decision(before));
        Assert.Empty(index.Requests);
        Assert.Equal(JsonValueKind.Undefined, Optional(before, "packages").ValueKind);

        using var resolved = Parse(await _bench.RunAsync(project, [.. line, "--resolve", "x.py"]));
        Assert.Equal(("slipway.plan/1", "build", "not_published"), Decision(resolved));
        Assert.Equal("demo-pkg", resolved.RootElement.GetProperty("packages")[0].GetProperty("name").GetString());
        Assert.Equal("missing", resolved.RootElement.GetProperty("environment_ref").GetProperty("state").GetString());
        Assert.False(Directory.Exists(Path.Combine(_bench.Home, "envs")) && Directory.GetDirectories(Path.Combine(_bench.Home, "envs")).Length > 0);

        using var built = Parse(await _bench.RunAsync(project, [.. line, "--build", "x.py"]));
        Assert.Equal("ready", built.RootElement.GetProperty("environment_ref").GetProperty("state").GetString());
        Assert.Single(Directory.GetDirectories(Path.Combine(_bench.Home, "envs")));
        var asked = index.Requests.Count;
        (await _bench.RunAsync(project, ["run", .. line[2..], "x.py"])).OrThrow();
        using var hit = Parse(await _bench.RunAsync(project, [.. line, "x.py"]));
        Assert.Equal(("slipway.plan/1", "hit", "published"), Decision(hit));
        Assert.Equal("ready", hit.RootElement.GetProperty("environment_ref").GetProperty("state").GetString());
        Assert.Equal(asked, index.Requests.Count);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Plan_is_told_to_people()
    {
        var project = _bench.ProjectWith("x.py", _bench.Script("print(1)"));
        var text = (await _bench.RunAsync(project, "plan", "x.py")).OrThrow().Stdout + "--\n";
        text += (await _bench.RunAsync(project, "plan", "--resolve", "x.py")).OrThrow().Stdout + "--\n";
        (await _bench.RunAsync(project, "run", "x.py")).OrThrow();
        text += (await _bench.RunAsync(project, "plan", "x.py")).OrThrow().Stdout + "--\n";
        text += (await _bench.RunAsync(project, "plan", "--with", "other", "x.py")).OrThrow().Stdout + "--\n";
        text += (await _bench.RunAsync(project, "plan", "--json", "x.py")).OrThrow().Stdout;
        Snapshot.Match(Scrub.Text(text, _bench));
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Explain_tells_the_decision_and_then_runs()
    {
        var project = _bench.ProjectWith("x.py", _bench.Script("print('ran')"));
        (await _bench.RunAsync(project, "run", "x.py")).OrThrow();
        var result = (await _bench.RunAsync(project, "run", "--explain", "x.py")).OrThrow();
        Assert.Equal("ran\n", result.Stdout);
        Assert.Contains("decision  reuse: 1 package on Python", result.Stderr, StringComparison.Ordinal);
    }

    private static (string?, string?, string?) Decision(JsonDocument plan) =>
        (plan.RootElement.GetProperty("schema").GetString(), plan.RootElement.GetProperty("decision").GetString(), plan.RootElement.GetProperty("reason").GetString());

    private static JsonElement Optional(JsonDocument document, string name) =>
        document.RootElement.TryGetProperty(name, out var value) ? value : default;

    private static JsonDocument Parse(CommandResult result) => JsonDocument.Parse(result.OrThrow().Stdout);
}
