using System.Text;
using System.Text.Json;
using Slipway.EndToEnd.Tests.Support;
using Slipway.TestKit;

namespace Slipway.EndToEnd.Tests;

/// <summary>The configuration as it is told, and as it acts on a run.</summary>
public sealed class ConfigTests : IDisposable
{
    private const int Limit = 180_000;
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Configuration_is_told_with_its_origins()
    {
        var project = _bench.ProjectWith("slipway.toml", "python = '>=3.9'\nindex-url = ['company=https://packages.example/simple']\noffline = true\n");
        File.WriteAllText($"{project}/x.py", "# /// script\n# dependencies = []\n# [tool.slipway]\n# python = '3.12'\n# ///\n");
        var config = Path.Combine(_bench.Root, "config");
        Directory.CreateDirectory($"{config}/slipway");
        File.WriteAllText($"{config}/slipway/config.toml", "exclude-newer = 2026-01-31\nfind-links = ['wheels']\n");
        var options = _bench.Options(project, ("XDG_CONFIG_HOME", config), ("SLIPWAY_OFFLINE", "0"));
        var text = new StringBuilder();
        foreach (var words in new[] { new[] { "config" }, ["config", "--show-origin"], ["config", "--show-origin", "x.py"], ["config", "--json", "x.py"] })
        {
            text.Append((await _bench.RunAsync(options, words)).OrThrow().Stdout).Append("--\n");
        }

        Snapshot.Match(Scrub.Text(text.ToString(), _bench));
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Mistake_in_a_file_of_settings_is_shown_with_a_caret_by_every_verb()
    {
        var project = _bench.ProjectWith("slipway.toml", "# ours\nindexurl = 'x'\n");
        foreach (var words in new[] { new[] { "config" }, ["plan", "python"], ["run", "python", "-V"] })
        {
            var result = await _bench.RunAsync(project, words);
            Assert.Equal((65, string.Empty), (result.ExitCode, result.Stdout));
            Assert.Contains("indexurl is not a known setting; did you mean index-url?", result.Stderr, StringComparison.Ordinal);
            Assert.Contains("slipway.toml:2:1", result.Stderr, StringComparison.Ordinal);
        }
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Project_with_extras_and_groups_runs_from_its_configured_index()
    {
        await using var index = await LocalIndex.StartAsync();
        foreach (var name in new[] { "base-pkg", "extra-pkg", "group-pkg" })
        {
            index.Add(new WheelBuilder(name, "1.0").Module($"{name.Replace('-', '_')}.py", string.Empty));
        }

        var project = _bench.ProjectWith(
            "pyproject.toml",
            $"[project]\nname = 'demo'\ndependencies = ['base-pkg']\noptional-dependencies.more = ['extra-pkg']\noptional-dependencies.all = ['demo[more]']\n"
            + $"[dependency-groups]\ndev = ['group-pkg']\n[tool.slipway]\nindex-url = '{index.SimpleUrl.AbsoluteUri}'\n");
        File.WriteAllText($"{project}/x.py", "import importlib.util as u\nprint([n for n in ('base_pkg', 'extra_pkg', 'group_pkg', 'demo') if u.find_spec(n)])\n");

        Assert.Equal("['base_pkg']\n", (await _bench.RunAsync(project, "run", "x.py")).OrThrow().Stdout);
        Assert.Equal("['base_pkg', 'extra_pkg', 'group_pkg']\n", (await _bench.RunAsync(project, "run", "--extra", "all", "--group=dev", "x.py")).OrThrow().Stdout);

        File.AppendAllText($"{project}/pyproject.toml", "groups = ['dev']\n");
        Assert.Equal("['base_pkg', 'group_pkg']\n", (await _bench.RunAsync(project, "run", "x.py")).OrThrow().Stdout);
        Assert.Equal("['base_pkg', 'group_pkg']\n", (await _bench.RunAsync(project, "run", "x.py")).OrThrow().Stdout);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Stale_lock_is_told_at_every_run_and_refused_when_locked()
    {
        var project = _bench.ProjectWith("pyproject.toml", "[project]\nname = 'demo'\n");
        File.WriteAllText($"{project}/pylock.toml", "lock-version = '1.0'\ncreated-by = 'slipway'\npackages = []\n[tool.slipway]\nrequirements = ['gone']\n");
        for (var run = 0; run < 2; run++)
        {
            Assert.Contains("out of date: the lock answers gone", (await _bench.RunAsync(project, "run", "python", "-c", "1")).OrThrow().Stderr, StringComparison.Ordinal);
        }

        using var plan = JsonDocument.Parse((await _bench.RunAsync(project, "plan", "--json", "python")).OrThrow().Stdout);
        Assert.Contains("out of date", plan.RootElement.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
        var refused = await _bench.RunAsync(project, "run", "--locked", "python", "-c", "1");
        Assert.Equal(77, refused.ExitCode);
        Assert.Contains("PRJ0110", refused.Stderr, StringComparison.Ordinal);
    }
}
