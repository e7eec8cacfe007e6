using System.Text;
using System.Text.Json;
using Slipway.EndToEnd.Tests.Support;
using Slipway.TestKit;

namespace Slipway.EndToEnd.Tests;

public sealed class HelpTests(Workbench bench) : IClassFixture<Workbench>
{
    private const int Limit = 120_000;

    private static readonly string[] AllVerbs =
    [
        "", "run", "plan", "init", "sync", "status", "check", "lock", "shell", "purge", "env", "env list", "env show", "env use", "env create", "env remove", "python", "python show", "python set",
        "host", "deps", "deps ensure", "deps override", "deps override set", "host bootstrap", "store", "store list", "store show", "store inspect", "store path", "store why", "store verify", "store gc", "store remove", "config", "doctor", "completion",
    ];

    public static TheoryData<string> Verbs => [.. AllVerbs];

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Verbs))]
    public async Task Help_has_a_usage_and_an_example(string verb)
    {
        var result = await bench.RunAsync(bench.NewProject(), [.. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries), "-h"]);
        Assert.Equal((0, string.Empty), (result.ExitCode, result.Stderr));
        Assert.Contains($"Usage: slipway {verb}".TrimEnd() + " ", result.Stdout, StringComparison.Ordinal);
        Assert.Contains("\nExample: ", result.Stdout, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Help_is_as_it_was_read()
    {
        var text = new StringBuilder();
        foreach (var words in new[] { new[] { "-h" }, ["run", "--help"], ["plan", "-h"], ["store", "-h"], ["store", "gc", "-h"], ["config", "-h"] })
        {
            text.Append((await bench.RunAsync(bench.NewProject(), words)).OrThrow().Stdout).Append("=====\n");
        }

        Snapshot.Match(text.ToString());
    }

    [Fact(Timeout = Limit)]
    public async Task Version_is_told()
    {
        Assert.Matches("^\\d+\\.\\d+\\.\\d+\n$", (await bench.RunAsync(bench.NewProject(), "--version")).OrThrow().Stdout);
    }

    [Theory(Timeout = Limit)]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Completion_names_every_verb(string shell)
    {
        var script = (await bench.RunAsync(bench.NewProject(), "completion", shell)).OrThrow().Stdout;
        Assert.All(AllVerbs.SelectMany(verb => verb.Split(' ')), word => Assert.Contains(word, script, StringComparison.Ordinal));
        Assert.Contains("find-links", script, StringComparison.Ordinal);
    }

    [Theory(Timeout = Limit)]
    [InlineData("", "run plan serve init sync status check lock shell purge env deps workflow recipe cloud store python host job mcp config doctor completion")]
    [InlineData("st", "status store")]
    [InlineData("store ", "list show inspect path why verify gc remove")]
    [InlineData("store v", "verify")]
    [InlineData("run --inde", "--index-url")]
    [InlineData("run --with a --off", "--offline")]
    [InlineData("run x.py --off", "")]
    [InlineData("plan --reso", "--resolve")]
    [InlineData("plan --ex", "--extra --exclude-newer --explain")]
    [InlineData("config --show", "--show-origin")]
    public async Task Bash_completes(string typed, string offered)
    {
        var words = typed.Split(' ');
        var text = "source <($slipway completion bash); COMP_WORDS=(slipway \"$@\"); COMP_CWORD=$#; _slipway; echo \"${COMPREPLY[*]}\"; complete -p slipway";
        var result = await CommandRunner.RunAsync(
            "/bin/bash", ["--norc", "-c", text, "bash", .. words], bench.Options(bench.NewProject(), ("slipway", SlipwayProgram.FullPath)));
        var lines = result.OrThrow().Stdout.Split('\n');
        Assert.Equal(offered, lines[0]);
        Assert.Contains("-F _slipway slipway", lines[1], StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Bash_accepts_the_script()
    {
        var project = bench.NewProject();
        var result = await bench.ShellAsync(project, "$slipway completion bash > s && bash -n s");
        Assert.Equal((0, string.Empty), (result.ExitCode, result.Stderr));
    }

    [RequiresTheory(Capability.Python, Timeout = Limit)]
    [InlineData(64, "store", "show", "--json")]
    [InlineData(66, "store", "show", "--json", "ffffff")]
    [InlineData(66, "plan", "--json", "nothing.py")]
    [InlineData(64, "--json", "plan", "--bogus", "x.py")]
    [InlineData(64, "plan", "--bogus", "--json", "x.py")]
    [InlineData(64, "--json", "nonsense")]
    [InlineData(64, "--json")]
    [InlineData(64, "store", "gc", "--older-than", "never", "--json")]
    public async Task Failure_with_json_is_a_document(int code, params string[] words)
    {
        var result = await bench.RunAsync(bench.NewProject(), words);
        Assert.Equal(code, result.ExitCode);
        using var document = JsonDocument.Parse(result.Stdout);
        Assert.Equal("slipway.error/1", document.RootElement.GetProperty("schema").GetString());
        Assert.Equal(code, document.RootElement.GetProperty("exit_code").GetInt32());
        Assert.Matches("^[A-Z]{3}\\d{4}$", document.RootElement.GetProperty("code").GetString());
        Assert.EndsWith(".", document.RootElement.GetProperty("hint").GetString(), StringComparison.Ordinal);
    }
}
