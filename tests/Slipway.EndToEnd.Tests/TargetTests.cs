using Slipway.EndToEnd.Tests.Support;
using Slipway.TestKit;

namespace Slipway.EndToEnd.Tests;

/// <summary>What can be run, and how what cannot be run is answered.</summary>
public sealed class TargetTests(Workbench bench) : IClassFixture<Workbench>
{
    private const int Limit = 180_000;

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Module_directory_stdin_and_commands_run()
    {
        var project = bench.NewProject();
        Directory.CreateDirectory(Path.Combine(project, "app"));
        File.WriteAllText(Path.Combine(project, "app", "__main__.py"), "import sys; print('app', sys.argv[1:])");
        File.WriteAllText(Path.Combine(project, "runner.py"), "import demo_greeter, sys; sys.argv[0] = 'demo_greeter.py'; demo_greeter.main()");
        string[] with = ["run", "--quiet", "--find-links", bench.Links.FullPath, "--with", "demo-greeter"];

        Assert.Equal("hello from greet a b\n", (await bench.RunAsync(project, [.. with, "greet", "a", "b"])).OrThrow().Stdout);
        Assert.Equal("hello from demo_greeter.py c\n", (await bench.RunAsync(project, [.. with, "-m", "runner", "c"])).OrThrow().Stdout);
        Assert.Equal("app ['-x']\n", (await bench.RunAsync(project, [.. with, "app", "-x"])).OrThrow().Stdout);
        Assert.Equal("app []\n", (await bench.RunAsync(project, [.. with, "./app"])).OrThrow().Stdout);
        var piped = bench.Options(project) with { StandardInput = "import sys, demo_greeter; print('piped', sys.argv)" };
        Assert.Equal("piped ['-', 'z']\n", (await bench.RunAsync(piped, [.. with, "-", "z"])).OrThrow().Stdout);
        Assert.Equal("from path\n", (await bench.RunAsync(project, [.. with, "echo", "from path"])).OrThrow().Stdout);
        Assert.Equal("True\n", (await bench.RunAsync(project, [.. with, "sh", "-c", "python -c 'import sys; print(sys.prefix != sys.base_prefix)'"])).OrThrow().Stdout);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Missing_command_is_127_and_unusable_one_126()
    {
        var project = bench.NewProject();
        File.WriteAllText(Path.Combine(project, "plain.sh"), "#!/bin/sh\n");
        var missing = await bench.RunAsync(project, "run", "--quiet", "surely-not-there");
        Assert.Equal((127, string.Empty), (missing.ExitCode, missing.Stdout));
        Assert.Contains("RUN0104: 'surely-not-there' is neither a script here, nor a command of the environment, nor on PATH.", missing.Stderr, StringComparison.Ordinal);
        Assert.Equal(127, (await bench.RunAsync(project, "run", "--quiet", "./not-there")).ExitCode);
        var unusable = await bench.RunAsync(project, "run", "--quiet", "./plain.sh");
        Assert.Equal(126, unusable.ExitCode);
        Assert.Contains("permission denied", unusable.Stderr, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Unusable_command_of_the_path_is_126()
    {
        var project = bench.NewProject();
        var folder = Directory.CreateDirectory(Path.Combine(project, "bin")).FullName;
        File.WriteAllText(Path.Combine(folder, "not-executable-here"), "#!/bin/sh\n");
        var options = bench.Options(project, ("PATH", $"{bench.Environment["PATH"]}:{folder}"));
        Assert.Equal(126, (await bench.RunAsync(options, "run", "--quiet", "not-executable-here")).ExitCode);
    }

    [Fact(Timeout = Limit)]
    public async Task Wrong_command_line_is_answered_before_anything_is_made()
    {
        using var own = new TempFolder();
        var project = bench.NewProject();
        var options = bench.Options(project, ("SLIPWAY_HOME", own.Combine("never")));
        (string[] Words, int Code, string Said)[] wrong =
        [
            (["run"], 64, "There is nothing to run"),
            (["run", "--json", "x.py"], 64, "CLI0102"),
            (["run", "--wiht", "a", "x.py"], 64, "did you mean --with?"),
            (["run", "--with"], 64, "--with needs REQUIREMENT."),
            (["run", "--python=3", "--python=3", "x.py"], 64, "--python is given twice."),
            (["rnu", "x.py"], 64, "did you mean run?"),
            (["store", "lst"], 64, "did you mean list?"),
            ([], 64, "Usage: slipway [OPTIONS] COMMAND"),
            (["store"], 64, "Usage: slipway store [OPTIONS] COMMAND"),
            (["completion", "tcsh"], 64, "The shells are: bash, zsh, fish."),
        ];
        foreach (var (words, code, said) in wrong)
        {
            var result = await bench.RunAsync(options, words);
            var where = $"slipway {string.Join(' ', words)}";
            Assert.True(code == result.ExitCode, $"{where}: {result}");
            Assert.Equal(words.Contains("--json", StringComparer.Ordinal), result.Stdout.Length > 0);
            Assert.Contains(said, result.Stderr + result.Stdout, StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(own.Combine("never")));
    }

    [Fact(Timeout = Limit)]
    public async Task Missing_script_is_66_and_leaves_nothing()
    {
        var project = bench.NewProject();
        var result = await bench.RunAsync(project, "run", "nothing/here.py");
        Assert.Equal(66, result.ExitCode);
        Assert.Equal($"slipway: error RUN0102: There is no script nothing/here.py in {project}.\n  hint: Check the path, which is relative to the current directory.\n", result.Stderr);
        Directory.CreateDirectory(Path.Combine(project, "empty"));
        Assert.Equal(66, (await bench.RunAsync(project, "run", "./empty")).ExitCode);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Any_directory_and_any_file_name_work()
    {
        foreach (var name in new[] { "with space", "it's \"quoted\"", "ünïcode 雪", "$HOME `x`", "-dash", "tab\there" })
        {
            var project = bench.NewProject(name);
            var below = Directory.CreateDirectory(Path.Combine(project, "a", "b")).FullName;
            File.WriteAllText(Path.Combine(project, $"{name}.py"), Workbench.BareScript("import sys, os; print(os.path.basename(sys.argv[0]), sys.argv[1:])"));
            for (var round = 0; round < 2; round++)
            {
                var result = await bench.RunAsync(below, "run", "--quiet", $"../../{name}.py", "x");
                Assert.Equal($"{name}.py ['x']\n", result.OrThrow().Stdout);
                Assert.Equal($"{name}.py ['x']\n", (await bench.RunAsync(project, "run", "--quiet", "--", $"{name}.py", "x")).OrThrow().Stdout);
            }
        }
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Name_that_is_not_utf8_works()
    {
        var project = bench.NewProject();
        var text = "name=\"$(printf 's\\377.py')\"; printf 'import sys; print(ascii(sys.argv[0]))' > \"$name\"; "
            + "for i in 1 2; do $slipway run --quiet \"$name\"; done; $slipway plan --json \"$name\" | python3 -c 'import json, sys; print(json.load(sys.stdin)[\"schema\"])'";
        Assert.Equal("'s\\udcff.py'\n's\\udcff.py'\nslipway.plan/1\n", (await bench.ShellAsync(project, text)).OrThrow().Stdout);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Requirements_file_is_found_from_below()
    {
        var project = bench.NewProject();
        File.WriteAllText(Path.Combine(project, "requirements.txt"), "demo-greeter\n");
        var below = Directory.CreateDirectory(Path.Combine(project, "a")).FullName;
        Directory.CreateDirectory(Path.Combine(project, ".git"));
        File.WriteAllText(Path.Combine(below, "x.py"), "import demo_greeter; print('found')");
        var result = await bench.RunAsync(below, "run", "--quiet", "--find-links", bench.Links.FullPath, "x.py");
        Assert.Equal("found\n", result.OrThrow().Stdout);
    }
}
