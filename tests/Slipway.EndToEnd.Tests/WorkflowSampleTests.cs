using System.Buffers.Binary;
using Slipway.EndToEnd.Tests.Support;
using Slipway.TestKit;

namespace Slipway.EndToEnd.Tests;

/// <summary>The samples below <c>examples/workflows</c>, run as their README says.</summary>
public sealed class WorkflowSampleTests : IDisposable
{
    private const int Limit = 240_000;
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Text_goes_through_a_script_once_it_is_trusted()
    {
        var folder = Sample("hello");
        var refused = await _bench.RunAsync(folder, "workflow", "run", "hello.workflow.json");
        Assert.Equal(77, refused.ExitCode);
        Assert.Contains("  shout.py", refused.Stderr, StringComparison.Ordinal);

        var first = (await _bench.RunAsync(folder, "workflow", "run", "--trust", "hello.workflow.json", "--set", "words.text=quiet")).OrThrow();
        var second = (await _bench.RunAsync(folder, "workflow", "run", "hello.workflow.json", "--set", "words.text=quiet")).OrThrow();

        Assert.Equal(("said.text: QUIET!\n", "said.text: QUIET!\n"), (first.Stdout, second.Stdout));
        Assert.Contains("shout: cached", second.Stderr, StringComparison.Ordinal);
        await File.AppendAllTextAsync($"{folder}/shout.py", "# changed\n");
        Assert.Equal(77, (await _bench.RunAsync(folder, "workflow", "run", "hello.workflow.json")).ExitCode);
    }

    [RequiresFact(Capability.Python, Capability.SystemTorch, Timeout = Limit)]
    public async Task Model_has_its_environment_and_answers_with_real_torch()
    {
        var folder = Sample("tiny-model");
        var python = ("SLIPWAY_PYTHON", (string?)"/usr/bin/python3");
        (await RunAsync(folder, [python], "run", "--backend", "system", "--with", "torch>=1.13.0a0", "make_model.py")).OrThrow();

        var first = (await RunAsync(folder, [python], "workflow", "run", "--trust", "tiny-model.workflow.json", "--set", "prompt.text=the ship ")).OrThrow();
        var second = (await RunAsync(folder, [python], "workflow", "run", "tiny-model.workflow.json", "--set", "prompt.text=the ship ")).OrThrow();

        Assert.StartsWith("answer.text: ", first.Stdout, StringComparison.Ordinal);
        Assert.Equal(first.Stdout, second.Stdout);
        Assert.Contains("ask: cached", second.Stderr, StringComparison.Ordinal);
    }

    [ProgramFact("strace", "true", Timeout = Limit)]
    public async Task Second_run_installs_nothing_and_starts_no_installer()
    {
        var folder = Sample("melody");
        (await _bench.RunAsync(folder, "workflow", "run", "--trust", "melody.workflow.json")).OrThrow();
        var wave = await File.ReadAllBytesAsync($"{folder}/melody.wav");
        Assert.Equal("RIFF"u8.ToArray(), wave[..4]);
        Assert.True(BinaryPrimitives.ReadInt32LittleEndian(wave.AsSpan(24)) > 8000);

        var trace = $"{folder}/trace";
        var second = (await CommandRunner.RunAsync(
            "strace", ["-f", "-o", trace, "-s", "400", "-e", "trace=execve", SlipwayProgram.FullPath, "workflow", "run", "--no-cache", "melody.workflow.json"], _bench.Options(folder))).OrThrow();

        Assert.Contains("melody finished", second.Stderr, StringComparison.Ordinal);
        var started = (await File.ReadAllLinesAsync(trace)).Where(static line => line.Contains("execve(", StringComparison.Ordinal) && line.Contains("= 0", StringComparison.Ordinal)).ToList();
        Assert.Contains(started, static line => line.Contains("main.py", StringComparison.Ordinal));
        Assert.DoesNotContain(started, static line => line.Contains("pip", StringComparison.Ordinal));
        Assert.Equal(wave, await File.ReadAllBytesAsync($"{folder}/melody.wav"));
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Missing_source_is_asked_for_and_the_run_goes_on_with_the_answer()
    {
        var folder = Sample("missing");
        await using var index = await LocalIndex.StartAsync();
        var catalogue = await File.ReadAllTextAsync($"{folder}/models.toml");
        await File.WriteAllTextAsync($"{folder}/models.toml", catalogue.Replace("exact_pin = \"==1.0\"", $"exact_pin = \"==1.0\", index_url = \"{index.SimpleUrl}\"", StringComparison.Ordinal));
        (await CommandRunner.RunAsync(Pythons.Default.FullPath, ["make_wheel.py"], _bench.Options(folder))).OrThrow();

        var asked = await _bench.RunAsync(folder, "workflow", "run", "--trust", "missing.workflow.json");
        Assert.Equal(79, asked.ExitCode);
        var words = asked.Stderr.Split('\n').First(static line => line.Contains("slipway deps override set", StringComparison.Ordinal)).Split("slipway deps ")[1].Split(' ');
        var wheel = Directory.GetFiles(folder, "*.whl").Single();
        (await _bench.RunAsync(folder, ["deps", "override", "set", words[2], "--binding", "tuning", "--requirement", "slipway-sample-tuning", "--wheel", Path.GetFileName(wheel)])).OrThrow();

        (await _bench.RunAsync(folder, "workflow", "resume", "missing")).OrThrow();
        Assert.True(File.Exists($"{folder}/tuned.wav"));
    }

    private Task<CommandResult> RunAsync(string folder, (string, string?)[] variables, params string[] words) =>
        CommandRunner.RunAsync(SlipwayProgram.FullPath, words, _bench.Options(folder, variables));

    private string Sample(string name)
    {
        var folder = _bench.NewProject();
        foreach (var path in Directory.EnumerateFiles(Path.Combine(SlipwayProgram.RepositoryRoot, "examples", "workflows", name)))
        {
            File.Copy(path, Path.Combine(folder, Path.GetFileName(path)));
        }

        return folder;
    }}
