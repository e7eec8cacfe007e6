using System.Text;
using System.Text.RegularExpressions;
using Slipway.EndToEnd.Tests.Support;
using Slipway.TestKit;

namespace Slipway.EndToEnd.Tests;

/// <summary>The recipes of docs/guides/ci.md, run as they are printed; only the checkout steps are replaced by what they leave.</summary>
public sealed partial class CiRecipeTests : IDisposable
{
    private const int Limit = 300_000;
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Recipe_for_github_actions_works_as_printed()
    {
        var project = await CheckoutAsync();
        var path = Path.Combine(_bench.Root, "github-path");
        File.WriteAllText(path, string.Empty);
        var steps = GithubSteps(Recipe("GitHub Actions")).ToList();
        Assert.Equal(5, steps.Count);
        foreach (var step in steps)
        {
            var search = string.Join(':', File.ReadAllLines(path).Append(_bench.Environment["PATH"]!));
            var options = _bench.Options(project, ("PATH", search), ("GITHUB_PATH", path), ("RUNNER_TEMP", _bench.Root), ("CI", "true"));
            var result = await CommandRunner.RunAsync("/bin/bash", ["-e", "-c", step], options);
            Assert.True(result.ExitCode == 0, $"{step}\n{result.Stdout}{result.Stderr}");
        }

        await AssertStaleLockFailsAsync(project, steps[1]);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Recipe_for_gitlab_works_as_printed()
    {
        var project = await CheckoutAsync();
        var recipe = Recipe("GitLab");
        var script = string.Join('\n', recipe[recipe.IndexOf("  script:\n", StringComparison.Ordinal)..].Split('\n').Skip(1).Where(line => line.StartsWith("    - ", StringComparison.Ordinal)).Select(line => line[6..]));
        Assert.Equal(5, script.Split('\n').Length);
        var result = await CommandRunner.RunAsync(
            "/bin/bash", ["-e", "-c", script], _bench.Options(project, ("CI_PROJECT_DIR", project), ("SLIPWAY_HOME", $"{project}/.slipway-store"), ("CI", "true")));
        Assert.True(result.ExitCode == 0, result.Stdout + result.Stderr);
        Assert.Contains("OK", result.Stderr, StringComparison.Ordinal);
        Assert.True(Directory.Exists($"{project}/.slipway-store/envs"));
    }

    // The project of a colleague: locked and committed. Slipway's own checkout has a build that was made before.
    private async Task<string> CheckoutAsync()
    {
        var project = _bench.NewProject();
        File.WriteAllText($"{project}/pyproject.toml", $"[project]\nname = 'app'\ndependencies = ['demo-greeter']\n[tool.slipway]\nfind-links = ['{_bench.Links.FullPath}']\n");
        File.WriteAllText($"{project}/test_app.py", "import unittest, demo_greeter\nclass T(unittest.TestCase):\n    def test_it(self):\n        self.assertTrue(demo_greeter.main)\n");
        (await _bench.RunAsync(project, "lock")).OrThrow();
        Directory.CreateDirectory($"{project}/slipway-source");
        File.WriteAllText($"{project}/slipway-source/build", $"#!/bin/sh\nmkdir -p \"$1\" && ln -s '{SlipwayProgram.FullPath}' \"$1/slipway\"\n");
        File.SetUnixFileMode($"{project}/slipway-source/build", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return project;
    }

    private async Task AssertStaleLockFailsAsync(string project, string check)
    {
        File.WriteAllText($"{project}/pyproject.toml", $"[project]\nname = 'app'\ndependencies = []\n[tool.slipway]\nfind-links = ['{_bench.Links.FullPath}']\n");
        var options = _bench.Options(project, ("PATH", $"{_bench.Root}/slipway:{_bench.Environment["PATH"]}"), ("CI", "true"));
        Assert.Equal(1, (await CommandRunner.RunAsync("/bin/bash", ["-e", "-c", check], options)).ExitCode);
    }

    private static string Recipe(string title)
    {
        var guide = File.ReadAllText(Path.Combine(SlipwayProgram.RepositoryRoot, "docs/guides/ci.md"));
        var from = guide.IndexOf("```yaml\n", guide.IndexOf($"## {title}", StringComparison.Ordinal), StringComparison.Ordinal) + 8;
        return guide[from..guide.IndexOf("```", from, StringComparison.Ordinal)];
    }

    private static IEnumerable<string> GithubSteps(string recipe)
    {
        var lines = recipe.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (RunLine().Match(lines[i]) is not { Success: true } match)
            {
                continue;
            }

            if (match.Groups[2].Value is not "|")
            {
                yield return match.Groups[2].Value;
                continue;
            }

            var block = new StringBuilder();
            while (i + 1 < lines.Length && lines[i + 1].StartsWith(match.Groups[1].Value + "  ", StringComparison.Ordinal))
            {
                block.Append(lines[++i].Trim()).Append('\n');
            }

            yield return block.ToString();
        }
    }

    [GeneratedRegex("^( +)run: (.*)$")]
    private static partial Regex RunLine();
}
