using System.Text.Json;
using Slipway.EndToEnd.Tests.Support;
using Slipway.TestKit;

namespace Slipway.EndToEnd.Tests;

public sealed class ProjectTests : IDisposable
{
    private const int Limit = 300_000;
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Project_is_synced_locked_checked_and_used()
    {
        var project = _bench.NewProject("My Project ü 'x'");
        Write(project, "pyproject.toml", $"[project]\nname = 'demo'\ndependencies = ['demo-greeter']\n[tool.slipway]\nfind-links = ['{_bench.Links.FullPath}']\n");
        Write(project, "src/mine/__init__.py", "WHO = 'mine'\n");
        var sub = Directory.CreateDirectory(Path.Combine(project, "sub")).FullName;

        Assert.Equal("not_synced", (await StatusAsync(project)).State);
        var synced = await _bench.RunAsync(sub, "sync");
        Assert.Equal(0, synced.ExitCode);
        Assert.Contains("my-project-u-x (pip) is ready: 1 package in .slipway/envs/my-project-u-x and .venv", synced.Stderr, StringComparison.Ordinal);
        Assert.Equal(".slipway/envs/my-project-u-x", new FileInfo(Path.Combine(project, ".venv")).LinkTarget);
        Assert.StartsWith(_bench.Home, File.ResolveLinkTarget(Path.Combine(project, ".venv"), returnFinalTarget: true)!.FullName, StringComparison.Ordinal);
        Assert.Equal("hello from greet\n", (await CommandRunner.RunAsync(Path.Combine(project, ".venv/bin/greet"), [], _bench.Options(project))).Stdout);
        Assert.Equal(("ready", "missing"), await StatusAsync(project));

        // The project's own modules are seen where they lie, from below the project too, cold and warm.
        foreach (var _ in (int[])[1, 2])
        {
            var ran = await _bench.RunAsync(sub, "run", "python", "-c", "import mine, demo_greeter; print(mine.WHO)");
            Assert.Equal((0, "mine\n"), (ran.ExitCode, ran.Stdout));
        }

        Assert.Equal(1, (await _bench.RunAsync(project, "lock", "--check")).ExitCode);
        (await _bench.RunAsync(project, "lock")).OrThrow();
        var text = File.ReadAllText(Path.Combine(project, "pylock.toml"));
        Assert.Contains("already says so", (await _bench.RunAsync(project, "lock")).OrThrow().Stdout, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(Path.Combine(project, "pylock.toml")));
        Assert.Equal(0, (await _bench.RunAsync(project, "lock", "--check")).ExitCode);
        Assert.Equal(("ready", "used"), await StatusAsync(project));
        (await _bench.RunAsync(project, "sync", "--locked")).OrThrow();
        Assert.Equal(("ready", "used"), await StatusAsync(project));

        // What is declared changes: the lock and the link both tell, and nothing is resolved to find out.
        Write(project, "pyproject.toml", $"[project]\nname = 'demo'\ndependencies = []\n[tool.slipway]\nfind-links = ['{_bench.Links.FullPath}']\n");
        Assert.Equal(("outdated", "out_of_date"), await StatusAsync(project));
        Assert.Equal(1, (await _bench.RunAsync(project, "lock", "--check")).ExitCode);
        Assert.Equal(77, (await _bench.RunAsync(project, "sync", "--locked")).ExitCode);
        var check = await _bench.RunAsync(project, "check");
        Assert.Equal(0, check.ExitCode);
        Assert.Contains("2 warnings, 0 errors", check.Stdout, StringComparison.Ordinal);
        var fix = await _bench.RunAsync(project, "check", "--fix");
        Assert.Contains("fixed    my-project-u-x: wrote", fix.Stdout, StringComparison.Ordinal);
        (await _bench.RunAsync(project, "sync")).OrThrow();
        Assert.Equal(("ready", "used"), await StatusAsync(project));
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Environments_are_created_used_shown_and_removed()
    {
        var project = _bench.NewProject("demo");
        Write(project, "requirements.txt", "demo-greeter\n");
        Write(project, "bare.txt", "# nothing\n");
        var settings = $"# mine\nfind-links = ['{_bench.Links.FullPath}']\n";
        Write(project, "slipway.toml", settings);
        (await _bench.RunAsync(project, "sync")).OrThrow();
        (await _bench.RunAsync(project, "lock")).OrThrow();

        // The environment that was there before stays what is meant, and keeps its lock.
        (await _bench.RunAsync(project, "env", "create", "bare", "--requirements", "bare.txt")).OrThrow();
        Assert.Equal($"env = \"demo\"\n{settings}\n[envs.demo]\n\n[envs.bare]\nrequirements = [\"bare.txt\"]\n", File.ReadAllText(Path.Combine(project, "slipway.toml")));
        Assert.True(File.Exists(Path.Combine(project, "pylock.demo.toml")));
        Assert.Equal(".slipway/envs/demo", new FileInfo(Path.Combine(project, ".venv")).LinkTarget);
        Assert.Equal(0, (await _bench.RunAsync(project, "run", "greet")).ExitCode);
        Assert.Equal(127, (await _bench.RunAsync(project, "run", "--env", "bare", "greet")).ExitCode);

        // direnv's lines follow the environment: those of another one are found, and mended.
        Write(project, ".envrc", "# >>> slipway >>>\nPATH_add \".venv/bin\"\n# <<< slipway <<<\necho mine\n");
        Assert.Contains("Slipway's lines in it are not those for demo by pip", (await _bench.RunAsync(project, "check")).Stdout, StringComparison.Ordinal);
        Assert.Contains("fixed    .envrc", (await _bench.RunAsync(project, "check", "--fix")).Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain(".envrc", (await _bench.RunAsync(project, "check")).Stdout, StringComparison.Ordinal);
        Assert.EndsWith("# <<< slipway <<<\necho mine\n", File.ReadAllText(Path.Combine(project, ".envrc")), StringComparison.Ordinal);

        (await _bench.RunAsync(project, "env", "use", "bare")).OrThrow();
        Assert.Equal(".slipway/envs/bare", new FileInfo(Path.Combine(project, ".venv")).LinkTarget);
        Assert.Equal(127, (await _bench.RunAsync(project, "run", "greet")).ExitCode);
        Assert.Equal(0, (await _bench.RunAsync(_bench.Options(project, ("SLIPWAY_ENV", "demo")), "run", "greet")).ExitCode);
        Assert.Matches(@"\*\s+bare\s+pip\s+\S+\s+ready \[active\]", (await _bench.RunAsync(project, "env", "list")).Stdout);
        Assert.Contains("decision  reuse", (await _bench.RunAsync(project, "env", "show", "demo")).OrThrow().Stdout, StringComparison.Ordinal);

        (await _bench.RunAsync(project, "env", "remove", "bare")).OrThrow();
        Assert.Equal($"env = \"demo\"\n{settings}\n[envs.demo]\n", File.ReadAllText(Path.Combine(project, "slipway.toml")));
        Assert.False(Path.Exists(Path.Combine(project, ".slipway/active")) || File.Exists(Path.Combine(project, ".venv")));
        Assert.Equal(0, (await _bench.RunAsync(project, "run", "greet")).ExitCode);
        Assert.Equal(66, (await _bench.RunAsync(project, "env", "use", "bare")).ExitCode);
        Assert.Equal(64, (await _bench.RunAsync(project, "env", "create", "base")).ExitCode);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Lock_that_answers_stays_until_new_versions_are_asked_for()
    {
        var project = _bench.NewProject();
        Write(project, "requirements.txt", "demo-greeter\n");
        Write(project, "slipway.toml", $"find-links = ['{_bench.Links.FullPath}']\n");
        (await _bench.RunAsync(project, "lock")).OrThrow();
        var text = File.ReadAllText(Path.Combine(project, "pylock.toml"));
        _bench.Links.Add(new WheelBuilder("demo-greeter", "2.0").Module("demo_greeter.py", "X = 2\n"));

        // A colleague, whose store knows nothing.
        var colleague = _bench.Options(project, ("SLIPWAY_HOME", Path.Combine(_bench.Root, "other-store")));
        Assert.Contains("already says so", (await _bench.RunAsync(colleague, "lock")).OrThrow().Stdout, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(Path.Combine(project, "pylock.toml")));
        (await _bench.RunAsync(colleague, "lock", "--upgrade")).OrThrow();
        Assert.Contains("\"2.0\"", File.ReadAllText(Path.Combine(project, "pylock.toml")), StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task What_lies_here_is_meant_and_an_environment_that_is_gone_is_no_dead_end()
    {
        var outer = _bench.NewProject("outer");
        (await _bench.RunAsync(outer, "init", "--yes", "--no-sync")).OrThrow();
        var inner = Directory.CreateDirectory(Path.Combine(outer, "inner")).FullName;
        (await _bench.RunAsync(inner, "init", "--yes", "--no-sync")).OrThrow();
        Write(inner, ".slipway/active", "inner\n");
        File.Delete(Path.Combine(inner, "slipway.toml"));
        (await _bench.RunAsync(inner, "purge", "--yes")).OrThrow();
        Assert.False(Path.Exists(Path.Combine(inner, ".slipway")));
        Assert.True(File.Exists(Path.Combine(outer, ".envrc")));

        Write(outer, "slipway.toml", "env = 'a'\n[envs.a]\n[envs.b]\n");
        Write(outer, ".slipway/active", "gone\n");
        Assert.Equal(66, (await _bench.RunAsync(outer, "run", "python", "-V")).ExitCode);
        (await _bench.RunAsync(outer, "env", "remove", "a")).OrThrow();
        Assert.Equal("[envs.b]\n", File.ReadAllText(Path.Combine(outer, "slipway.toml")));
        (await _bench.RunAsync(outer, "env", "use", "b")).OrThrow();
        Assert.Equal(0, (await _bench.RunAsync(outer, "run", "python", "-V")).ExitCode);

        File.Delete(Path.Combine(outer, ".venv"));
        Assert.Contains(".venv: it is not there", (await _bench.RunAsync(outer, "check")).Stdout, StringComparison.Ordinal);
        (await _bench.RunAsync(outer, "check", "--fix")).OrThrow();
        Assert.Equal(".slipway/envs/b", new FileInfo(Path.Combine(outer, ".venv")).LinkTarget);

        File.Move(Path.Combine(outer, "slipway.toml"), Path.Combine(outer, "shared.toml"));
        File.CreateSymbolicLink(Path.Combine(outer, "slipway.toml"), "shared.toml");
        var refused = await _bench.RunAsync(outer, "env", "create", "c", "--no-sync");
        Assert.Equal((77, "shared.toml"), (refused.ExitCode, new FileInfo(Path.Combine(outer, "slipway.toml")).LinkTarget));
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Check_tells_the_truth_about_a_virtual_environment_of_ones_own()
    {
        var project = _bench.NewProject();
        Write(project, "requirements.txt", "# nothing\n");
        Write(project, ".env", "TOKEN=1\n");
        var python = Pythons.Default.FullPath;
        (await CommandRunner.RunAsync(python, ["-m", "venv", "--without-pip", Path.Combine(project, "made-here")], _bench.Options(project))).OrThrow();
        Directory.Move(Path.Combine(project, "made-here"), Path.Combine(project, ".venv"));
        var site = Directory.EnumerateDirectories(Path.Combine(project, ".venv/lib")).Single() + "/site-packages";
        Directory.CreateDirectory($"{site}/a_b-1.0.dist-info");
        Directory.CreateDirectory($"{site}/A.B-2.0.dist-info");
        File.WriteAllText($"{site}/mod 2.py", string.Empty);
        Write(project, ".venv/bin/tool", $"#!{project}/made-here/bin/python\n");
        Directory.CreateDirectory(Path.Combine(project, ".slipway/envs"));
        File.CreateSymbolicLink(Path.Combine(project, ".slipway/envs/old"), "/nowhere");

        async Task<string[]> FindingsAsync(params string[] more)
        {
            var result = await _bench.RunAsync(project, ["check", "--json", .. more]);
            using var document = JsonDocument.Parse(result.Stdout);
            var errors = document.RootElement.GetProperty("findings").EnumerateArray().Any(finding => finding.GetProperty("level").GetString() is "error");
            Assert.Equal(errors ? 1 : 0, result.ExitCode);
            return [.. document.RootElement.GetProperty("findings").EnumerateArray().Where(finding => finding.GetProperty("level").GetString() is not "pass").Select(finding => finding.GetProperty("id").GetString()!)];
        }

        Assert.Equal(
            ["not-synced", "no-lock", "undeclared", "own-venv", "dead-shebang", "moved", "duplicate-metadata", "sync-copy", "env-file-open"],
            await FindingsAsync(),
            StringComparer.Ordinal);

        // A fix takes nothing away where nobody can be asked, whatever --yes says; what it mends is found mended.
        _ = await FindingsAsync("--fix", "--yes");
        Assert.True(new FileInfo(Path.Combine(project, ".slipway/envs/old")).LinkTarget is not null);
        Assert.DoesNotContain(await FindingsAsync(), id => id is "not-synced" or "env-file-open");

        File.Delete(Path.Combine(project, ".venv/bin/python"));
        Assert.Contains("interpreter-gone", await FindingsAsync(), StringComparer.Ordinal);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Link_keeps_an_environment_from_the_collector_until_it_is_gone()
    {
        var project = _bench.NewProject();
        Write(project, "requirements.txt", "# nothing\n");
        (await _bench.RunAsync(project, "sync")).OrThrow();
        var slot = Path.GetFileName(Path.GetDirectoryName(File.ResolveLinkTarget(Path.Combine(project, ".venv"), returnFinalTarget: true)!.FullName)!);
        Assert.NotEqual(0, (await _bench.RunAsync(project, "store", "remove", slot)).ExitCode);
        foreach (var link in Directory.EnumerateFileSystemEntries(Path.Combine(project, ".slipway/envs")))
        {
            File.Delete(link);
        }

        Assert.DoesNotContain("linked", (await _bench.RunAsync(project, "store", "remove", slot)).Stderr, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Pin_that_the_project_cannot_run_on_is_not_written()
    {
        var project = _bench.NewProject();
        Write(project, "pyproject.toml", "[project]\nname = 'a'\nrequires-python = '<3'\n");
        var version = Pythons.Default.Version.ToString();
        var result = await _bench.RunAsync(project, "python", "set", version);
        Assert.Equal(65, result.ExitCode);
        Assert.Contains("outside the range '<3' that the project declares", result.Stderr, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(project, ".python-version")));
        Write(project, "pyproject.toml", "[project]\nname = 'a'\nrequires-python = '>=3'\n");
        (await _bench.RunAsync(project, "python", "set", version)).OrThrow();
        Assert.Equal($"{version}\n", File.ReadAllText(Path.Combine(project, ".python-version")));
    }

    [Fact(Timeout = Limit)]
    public async Task Verbs_of_a_project_say_when_there_is_none()
    {
        var folder = _bench.NewProject();
        Directory.CreateDirectory(Path.Combine(folder, ".git"));
        foreach (var verb in (string[][])[["sync"], ["lock"], ["check"], ["shell"], ["env", "list"]])
        {
            var result = await _bench.RunAsync(folder, verb);
            Assert.NotEqual(0, result.ExitCode);
            Assert.Contains("lies in no project", result.Stderr + result.Stdout, StringComparison.Ordinal);
        }

        Assert.Equal(0, (await _bench.RunAsync(folder, "status")).ExitCode);
    }

    private async Task<(string State, string Lock)> StatusAsync(string project)
    {
        var result = (await _bench.RunAsync(project, "status", "--json")).OrThrow();
        using var document = JsonDocument.Parse(result.Stdout);
        var only = document.RootElement.GetProperty("environments").EnumerateArray().Single();
        return (only.GetProperty("state").GetString()!, only.GetProperty("lock").GetString()!);
    }

    private static void Write(string project, string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(project, name))!);
        File.WriteAllText(Path.Combine(project, name), content);
    }
}
