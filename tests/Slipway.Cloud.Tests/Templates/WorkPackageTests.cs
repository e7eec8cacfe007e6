using System.Text.Json;
using Slipway.Cloud.Templates;
using Slipway.TestKit;

namespace Slipway.Cloud.Tests.Templates;

/// <summary>Packages are made, and run by bash as a backend runs them.</summary>
public sealed class WorkPackageTests
{
    // What stands in for the program: it says its version, and else runs the entry's commands.
    private const string Plain = "[ \"$1\" = --version ] && exit 0\n";
    private const string Line = """{"max_steps":40,"note":"$(touch pwned) \"' `touch pwned`\n- a: {b}"}""";

    [Fact]
    public async Task A_package_holds_its_files_and_its_digest_tells_them_apart()
    {
        using var temp = new TempFolder();
        temp.WriteFile("project/a.py", "print(1)");
        temp.WriteFile("project/data/skip.bin", "x");
        temp.WriteFile("project/.gitignore", "*.bin\n");
        File.CreateSymbolicLink(temp.Combine("project", "link"), "/etc/passwd");
        var program = Works.Executable(temp, Plain);
        var work = Works.Read("script", temp.FullPath, """{"target":"a.py","project":"project","args":["a b"]}""").Value;
        var package = await Works.PackAsync(temp, work, program, Works.Options with { GpuIdleMinutes = 3 });
        Assert.Equal("timeout --signal=TERM --kill-after=120 120 bash ./run.sh", string.Join(' ', package.Command));
        Assert.Equal("files/link", Assert.Single(package.LeftOut));
        Assert.Equal(".gitignore a.py", Names(Directory.EnumerateFiles(Path.Combine(package.Folder, "files"), "*", SearchOption.AllDirectories)));
        Assert.Equal("run\0--report\0../out/report.json\0a.py\0a b\0", await File.ReadAllTextAsync(Path.Combine(package.Folder, "words")));
        Assert.Contains("idle_seconds=180\n", await File.ReadAllTextAsync(Path.Combine(package.Folder, "limits")), StringComparison.Ordinal);
        Assert.Equal(work.ParametersJson, await File.ReadAllBytesAsync(Path.Combine(package.Folder, "params.json")));
        Assert.Contains("there already", (await WorkPackage.BuildAsync(work, package.Folder, program, Works.Options, CancellationToken.None)).Failure.Message, StringComparison.Ordinal);

        async Task<Core.Identity.Sha256Digest> DigestAsync(string name) => (await WorkPackage.BuildAsync(work, temp.Combine(name), program, Works.Options with { GpuIdleMinutes = 3 }, CancellationToken.None)).Value.Digest;
        Assert.Equal(package.Digest, await DigestAsync("again"));
        temp.WriteFile("project/a.py", "print(2)");
        Assert.NotEqual(package.Digest, await DigestAsync("other"));
    }

    [Fact]
    public async Task What_a_person_wrote_is_in_no_script()
    {
        using var temp = new TempFolder();
        var program = Works.Executable(temp, Plain);
        var package = await Works.PackAsync(temp, Works.Read("lora", temp.FullPath, """{"model":"owner/peculiarname","dataset":"owner/rows","text_column":"pecu$(touch x)liarcolumn"}""").Value, program);
        foreach (var file in Directory.EnumerateFiles(package.Folder).Where(static file => Path.GetFileName(file) is not "params.json"))
        {
            Assert.DoesNotContain("pecu", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        }

        Assert.Equal("entry.py executables job.json limits params.json run.sh slipway slipway_job.py slipway_rows.py slipway_train.py words", Names(Directory.EnumerateFiles(package.Folder)));
    }

    [Fact]
    public async Task Codes_pass_results_move_and_what_does_not_fit_is_listed()
    {
        using var temp = new TempFolder();
        var program = Works.Executable(temp, Plain + "printf '%s|' \"$@\" >\"$SLIPWAY_OUTPUT/args\"; head -c 400 /dev/zero >\"$SLIPWAY_OUTPUT/z large\"; echo '{}' >\"$SLIPWAY_METRICS\"; pwd >\"$SLIPWAY_OUTPUT/where\"\nmkdir -p \"$SLIPWAY_CHECKPOINTS/step-00000001\" \"$SLIPWAY_CHECKPOINTS/step-00000002\"; echo w >\"$SLIPWAY_CHECKPOINTS/step-00000001/w\"; echo w >\"$SLIPWAY_CHECKPOINTS/step-00000002/w\"; exit 7");
        temp.WriteFile("a.py", string.Empty);
        var work = Works.Read("script", temp.FullPath, """{"target":"a.py","args":["$(touch pwned)","a\nb","\"","-x"],"env":{"A":"`touch pwned`"}}""").Value;
        var package = await Works.PackAsync(temp, work, program, Works.Options with { MostResultBytes = 450 });
        temp.CreateFolder("home", "sky_logs", "sky-1");
        var ran = await Works.RunAsync(temp, package);
        Assert.Equal(7, ran.ExitCode);
        var results = temp.Combine("home", "sky_logs", "sky-1", "slipway");
        Assert.Equal("run|--report|../out/report.json|--env-var=A=`touch pwned`|a.py|$(touch pwned)|a\nb|\"|-x|", await File.ReadAllTextAsync(Path.Combine(results, "args")));
        Assert.EndsWith("/package/files\n", await File.ReadAllTextAsync(Path.Combine(results, "where")), StringComparison.Ordinal);
        Assert.Contains("400 bytes: z\\ large", await File.ReadAllTextAsync(Path.Combine(results, "not-moved.txt")), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(results, "metrics.jsonl")));
        Assert.Equal("step-00000002", Names(Directory.EnumerateDirectories(Path.Combine(results, "checkpoints"))));
        Assert.True(File.Exists(Path.Combine(package.Folder, "out", "checkpoints", "step-00000002", "w")));
        Assert.Empty(Directory.EnumerateFiles(temp.FullPath, "pwned", SearchOption.AllDirectories));
        using var end = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(results, "end.json")));
        Assert.Equal((7, "exit"), (end.RootElement.GetProperty("exit_code").GetInt32(), end.RootElement.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task A_program_that_cannot_start_says_why()
    {
        using var temp = new TempFolder();
        var program = Works.Executable(temp, "echo \"./slipway: /lib/libc.so.6: version \\`GLIBC_2.36' not found (required by ./slipway)\" >&2; exit 1");
        temp.WriteFile("a.py", string.Empty);
        var ran = await Works.RunAsync(temp, await Works.PackAsync(temp, Works.Read("script", temp.FullPath, """{"target":"a.py"}""").Value, program));
        Assert.Equal(69, ran.ExitCode);
        Assert.Contains("cannot start on this machine", ran.Stderr, StringComparison.Ordinal);
        Assert.Contains("C library (glibc) is older", ran.Stderr, StringComparison.Ordinal);
        Assert.Contains("GLIBC_2.36", ran.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0\n3\n", true)]
    [InlineData("0\n7\n", false)]
    [InlineData("[N/A]\n", false)]
    public async Task Work_on_idle_cards_is_ended(string utilisation, bool ends)
    {
        using var temp = new TempFolder();
        var program = Works.Executable(temp, Plain + "trap 'exit 143' TERM; i=0; while [ $i -lt 60 ]; do sleep 0.1; i=$((i+1)); done; exit 0");
        temp.WriteFile("bin/out", utilisation);
        Works.Executable(temp, $"cat '{temp.Combine("bin", "out")}'", "bin/nvidia-smi");
        temp.WriteFile("a.py", string.Empty);
        var package = await Works.PackAsync(temp, Works.Read("script", temp.FullPath, """{"target":"a.py"}""").Value, program, Works.Options with { GpuIdleMinutes = 1, GpuPoll = TimeSpan.FromSeconds(1) });
        var limits = Path.Combine(package.Folder, "limits");
        // A minute is long for a test.
        await File.WriteAllTextAsync(limits, (await File.ReadAllTextAsync(limits)).Replace("idle_seconds=60", "idle_seconds=2", StringComparison.Ordinal));
        var ran = await Works.RunAsync(temp, package, ("PATH", temp.Combine("bin") + ":" + Environment.GetEnvironmentVariable("PATH")));
        Assert.Equal(ends ? 143 : 0, ran.ExitCode);
        var end = await File.ReadAllTextAsync(Path.Combine(package.Folder, "results", "end.json"));
        Assert.Contains(ends ? "\"idle_cards\"" : "\"exit\"", end, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_example_runs_is_ended_by_the_limit_and_goes_on_from_its_checkpoint()
    {
        using var temp = new TempFolder();
        if (Works.Program(temp) is not { } program)
        {
            Skipped("no program was built: set SLIPWAY_TEST_PROGRAM or build src/Slipway.Cli");
            return;
        }

        var template = Path.Combine(Works.Root, "examples", "templates", "line.toml");
        var package = await Works.PackAsync(temp, Works.Read(template, temp.FullPath, Line.Replace("40", "100000", StringComparison.Ordinal)).Value, program, Works.Options with { MaxRuntime = TimeSpan.FromSeconds(100) });
        await using (var running = Works.Start(temp, package))
        {
            await running.WaitForLineAsync(static line => line.Contains("saved step", StringComparison.Ordinal));

            // As `timeout` does at the limit: it tells run.sh and all that it started.
            running.Signal(15);
            var ended = await running.WaitAsync();
            Assert.True(ended.ExitCode is 143 or 124, ended.ToString());
        }

        var results = Path.Combine(package.Folder, "results");
        Assert.Contains("\"exit_code\":143", await File.ReadAllTextAsync(Path.Combine(results, "end.json")), StringComparison.Ordinal);
        Assert.NotEmpty(Directory.EnumerateFiles(Path.Combine(results, "checkpoints"), "line.json", SearchOption.AllDirectories));
        Assert.True(File.Exists(Path.Combine(results, "metrics.jsonl")) && File.Exists(Path.Combine(results, "report.json")));
        var parameters = Path.Combine(package.Folder, "params.json");
        var steps = int.Parse(Path.GetFileName(Directory.EnumerateDirectories(Path.Combine(package.Folder, "out", "checkpoints")).Max(StringComparer.Ordinal)!)["step-".Length..], System.Globalization.CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(parameters, (await File.ReadAllTextAsync(parameters)).Replace("100000", (steps + 5).ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
        var again = await Works.RunAsync(temp, package);
        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.Contains($"resumed from step {steps}", again.Stdout, StringComparison.Ordinal);
        Assert.Contains("($(touch pwned) \"' `touch pwned`\n- a: {b})", again.Stdout, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(temp.FullPath, "pwned", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_project_with_a_lock_is_run_there_in_the_environment_that_is_planned_here()
    {
        using var temp = new TempFolder();
        if (Works.Program(temp) is not { } program)
        {
            Skipped("no program was built: set SLIPWAY_TEST_PROGRAM or build src/Slipway.Cli");
            return;
        }

        temp.WriteFile("project/pyproject.toml", "[project]\nname = \"p\"\nversion = \"1\"\nrequires-python = \">=3.9\"\ndependencies = [\"slipway-barchart>=1.0\"]\n[tool.slipway]\nfind-links = [\"packages\"]\n");
        const string Wheel = "slipway_barchart-1.0.0-py3-none-any.whl";
        File.Copy(Path.Combine(Works.Root, "examples", "quickstart", "packages", Wheel), Path.Combine(temp.CreateFolder("project", "packages"), Wheel));
        temp.WriteFile("project/main.py", "import os, sys, slipway_barchart\nprint(sys.argv[1], os.environ['KEY'], os.environ['PLAIN'])\nsys.exit(5)\n");
        var options = new CommandOptions { WorkingFolder = temp.Combine("project"), Environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["SLIPWAY_HOME"] = temp.Combine("here"), ["HOME"] = temp.CreateFolder("home") }, Timeout = TimeSpan.FromSeconds(120) };
        (await CommandRunner.RunAsync(program, ["lock"], options)).OrThrow();
        var planned = JsonDocument.Parse((await CommandRunner.RunAsync(program, ["plan", "--json", "main.py"], options)).OrThrow().Stdout);
        var work = Works.Read("script", temp.FullPath, """{"target":"main.py","project":"project","args":["a b"],"secrets":["KEY"],"env":{"PLAIN":"$(x)"}}""").Value;
        var package = await Works.PackAsync(temp, work, program);
        var ran = await Works.RunAsync(temp, package, ("KEY", "value-of-the-key-7c1f"));
        Assert.True(ran.ExitCode == 5, ran.ToString());
        Assert.Contains("a b value-of-the-key-7c1f $(x)", ran.Stdout, StringComparison.Ordinal);
        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(package.Folder, "results", "report.json")));
        Assert.Equal(planned.RootElement.GetProperty("environment_ref").GetProperty("lock_digest").GetString(), report.RootElement.GetProperty("lock_digest").GetString());
        foreach (var file in Directory.EnumerateFiles(package.Folder, "*", SearchOption.AllDirectories))
        {
            Assert.DoesNotContain("value-of-the-key-7c1f", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        }
    }

    [RequiresFact(Capability.SystemTorch)]
    public async Task A_recipe_trains_there_on_a_cpu()
    {
        using var temp = new TempFolder();
        if (Works.Program(temp) is not { } program)
        {
            Skipped("no program was built: set SLIPWAY_TEST_PROGRAM or build src/Slipway.Cli");
            return;
        }

        var work = Works.Read("recipe", temp.FullPath, """{"recipe":"sl_basic","preset":"tiny","settings":{"num_epochs":"1"},"python":"/usr/bin/python3"}""").Value;
        var ran = await Works.RunAsync(temp, await Works.PackAsync(temp, work, program));
        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.NotEmpty(await File.ReadAllLinesAsync(temp.Combine("package", "results", "run", "metrics.jsonl")));
    }

    [Fact]
    public async Task Entries_are_tested_by_python()
    {
        var folder = Path.Combine(Works.Root, "tests", "Slipway.Cloud.Tests", "Templates", "Python");
        var python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : Pythons.Default.FullPath;
        var ran = await CommandRunner.RunAsync(python, ["-B", Path.Combine(folder, "test_cloud.py"), Path.Combine(Works.Root, "python", "cloud")], new CommandOptions { Timeout = TimeSpan.FromMinutes(4) });
        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Contains("Ran 15 tests", ran.Stderr, StringComparison.Ordinal);
    }

    private static string Names(IEnumerable<string> paths) => string.Join(' ', paths.Select(Path.GetFileName).Order(StringComparer.Ordinal));

    private static void Skipped(string why) => Console.WriteLine($"skipped: {why}");
}
