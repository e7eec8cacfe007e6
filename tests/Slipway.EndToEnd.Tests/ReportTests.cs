using System.Text.Json;
using Slipway.EndToEnd.Tests.Support;
using Slipway.TestKit;

namespace Slipway.EndToEnd.Tests;

/// <summary><c>run --report</c>: the same ends as without it, and a document about them.</summary>
public sealed class ReportTests : IDisposable
{
    private const int Limit = 240_000;

    // Counts what it is sent, and ends by `stop`.
    private const string Counting = """
        import os, pathlib, signal, sys, time
        got = {}
        def count(number, frame):
            got[number] = got.get(number, 0) + 1
            pathlib.Path(f'new.{number}').write_text(str(got[number]))
            os.rename(f'new.{number}', f'got.{number}')
        for number in (2, 10, 15): signal.signal(number, count)
        pathlib.Path('up').touch()
        while not os.path.exists('stop'): time.sleep(0.02)
        sys.exit(5)
        """;

    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Report_tells_how_far_a_run_came_and_the_code_is_the_same_as_without_it()
    {
        var project = _bench.ProjectWith("x.py", Workbench.BareScript("import os, sys\nprint('ran', sys.argv[1:], os.environ['TOKEN'])\nif sys.argv[1:] == ['kill']: os.kill(os.getpid(), 9)\nsys.exit(3)"));
        var options = _bench.Options(project, ("TOKEN", "planted-secret"));
        string[] run = ["run", "--report", "out.json", "--secret", "TOKEN", "x.py"];
        var first = await _bench.RunAsync(options, [.. run, "a", "planted-secret"]);
        Assert.Equal((3, "ran ['a', 'planted-secret'] planted-secret\n"), (first.ExitCode, first.Stdout));
        var report = Report(project);
        Assert.Equal(("slipway.run/1", "exited", 3, "x.py", "local"), (Text(report, "schema"), Text(report, "stage"), report.GetProperty("exit_code").GetInt32(), Text(report, "target"), Text(report, "host")));
        Assert.Equal("[\"a\",\"***\"]", JsonSerializer.Serialize(report.GetProperty("arguments")));
        Assert.Equal(("build", "not_yet_resolved"), (Text(report.GetProperty("decision"), "kind"), Text(report.GetProperty("decision"), "reason")));
        Assert.Equal(64, Text(report, "environment_key").Length);
        Assert.EndsWith("Z", Text(report, "ended_at"), StringComparison.Ordinal);
        Assert.True(report.GetProperty("ended_at").GetDateTime() >= report.GetProperty("started_at").GetDateTime());

        var signalled = await _bench.ShellAsync(project, "$slipway run --report out.json --secret TOKEN x.py kill; echo code $?; $slipway run --secret TOKEN x.py kill; echo code $?", ("TOKEN", "planted-secret"));
        Assert.Equal(["code 137", "code 137"], signalled.Stdout.Split('\n').Where(static line => line.StartsWith("code", StringComparison.Ordinal)).ToArray());
        Assert.Equal(("signalled", 9, 137), (Text(Report(project), "stage"), Report(project).GetProperty("signal").GetInt32(), Report(project).GetProperty("exit_code").GetInt32()));
        Assert.Equal("hit", Text(Report(project).GetProperty("decision"), "kind"));

        var id = Text(report, "run_id");
        var shown = (await _bench.RunAsync(project, "job", "show", id)).OrThrow().Stdout;
        Assert.Contains("script, attached", shown, StringComparison.Ordinal);
        Assert.Contains("failed: exit code 3", shown, StringComparison.Ordinal);
        var logs = await _bench.RunAsync(project, "job", "logs", id);
        Assert.Equal(66, logs.ExitCode);
        Assert.Contains("RUN0407", logs.Stderr, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Failure_before_the_start_is_in_the_report_and_a_report_that_cannot_be_written_ends_it_at_once()
    {
        var project = _bench.ProjectWith("x.py", Workbench.BareScript("print(1)"));
        foreach (var (words, exit, code) in ((string[], int, string)[])
            [(["nothing.py"], 66, "RUN0102"), (["--python", "2.1", "x.py"], 66, "ENV0101"), (["--secret", "UNSET_HERE", "x.py"], 64, "RUN0106"), (["--detach", "x.py"], 64, "RUN0101"), (["--on", "a,b", "x.py"], 64, "RUN0101")])
        {
            var failed = await _bench.RunAsync(project, ["run", "--report", "out.json", .. words]);
            var report = Report(project);
            Assert.Equal((failed.ExitCode, "prepare"), (report.GetProperty("exit_code").GetInt32(), Text(report, "stage")));
            Assert.Equal((exit, code), (failed.ExitCode, Text(report.GetProperty("failure"), "code")));
            Assert.Contains(Text(report.GetProperty("failure"), "message"), failed.Stderr, StringComparison.Ordinal);
        }

        Assert.Equal(73, (await _bench.RunAsync(project, "run", "--report", "x.py/r.json", "x.py")).ExitCode);
        var device = await _bench.RunAsync(project, "run", "--report", "/dev/null", "x.py");
        Assert.Equal((73, string.Empty), (device.ExitCode, device.Stdout));
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Signals_reach_the_workload_and_its_end_is_reported()
    {
        var project = _bench.ProjectWith("count.py", Workbench.BareScript(Counting));
        await using var running = _bench.Start(_bench.Options(project), "run", "--report", "out.json", "count.py");
        await Until(project, "[ -e up ]");
        Assert.Equal("start", Text(Report(project), "stage"));
        foreach (var signal in (int[])[15, 2, 10, 15])
        {
            var expected = File.Exists($"{project}/got.{signal}") ? 2 : 1;
            running.Signal(signal);
            await Until(project, $"grep -qx {expected} got.{signal}");
        }

        await File.WriteAllTextAsync($"{project}/stop", string.Empty);
        Assert.Equal(5, (await running.WaitAsync()).ExitCode);
        Assert.Equal(("exited", 5), (Text(Report(project), "stage"), Report(project).GetProperty("exit_code").GetInt32()));

        // One that is cancelled as a job, and does not listen at first.
        File.Delete($"{project}/stop");
        File.Delete($"{project}/up");
        await using var second = _bench.Start(_bench.Options(project), "run", "--report", "out.json", "count.py");
        await Until(project, "[ -e up ]");
        Assert.Contains("running", (await _bench.RunAsync(project, "job", "show", "count")).OrThrow().Stdout, StringComparison.Ordinal);
        var cancelling = _bench.RunAsync(project, "job", "cancel", "count");
        await Until(project, "grep -qx 1 got.15");
        await File.WriteAllTextAsync($"{project}/stop", string.Empty);
        Assert.Contains("cancelled", (await cancelling).OrThrow().Stderr, StringComparison.Ordinal);
        Assert.Equal(5, (await second.WaitAsync()).ExitCode);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Interrupt_while_it_prepares_is_reported()
    {
        await using var index = await LocalIndex.StartAsync();
        var wheel = new WheelBuilder("demo-pkg", "1.0").Module("demo_pkg.py", "V = 1\n");
        index.Add(wheel);
        var gate = new TaskCompletionSource();
        index.Slow(gate, index.UrlOf(wheel).AbsolutePath);
        var project = _bench.ProjectWith("x.py", "# /// script\n# dependencies = ['demo-pkg']\n# ///\n");
        await using var running = _bench.Start(_bench.Options(project), "run", "--report", "out.json", "--index-url", index.SimpleUrl.AbsoluteUri, "x.py");
        await index.WaitForRequestAsync(index.UrlOf(wheel).AbsolutePath).WaitAsync(TimeSpan.FromSeconds(60));
        running.Signal(2);
        Assert.Equal(130, (await running.WaitAsync()).ExitCode);
        gate.SetResult();
        Assert.Equal(("prepare", "CLI0104", 130), (Text(Report(project), "stage"), Text(Report(project).GetProperty("failure"), "code"), Report(project).GetProperty("exit_code").GetInt32()));
    }

    [RequiresFact(Capability.Python, Capability.Tmux, Timeout = Limit)]
    public async Task Interrupt_of_the_keyboard_reaches_the_workload_once_and_the_terminal_is_left_as_the_workload_left_it()
    {
        var project = _bench.ProjectWith("count.py", Workbench.BareScript(Counting.Replace("sys.exit(5)", "os.system('stty -echo'); sys.exit(5)", StringComparison.Ordinal)));
        await File.WriteAllTextAsync($"{project}/go.sh", $"trap : INT\n'{SlipwayProgram.FullPath}' run --report out.json count.py\necho $? >code.new\nstty -a >tty\nmv code.new code\n");
        var socket = $"{project}/tmux";
        try
        {
            (await Tmux("-f", "/dev/null", "new-session", "-d", "-x", "90", "-y", "30", "-c", project, "sh go.sh; sleep 60")).OrThrow();
            await Until(project, "[ -e up ]");
            (await Tmux("send-keys", "C-c")).OrThrow();
            await Until(project, "[ -e got.2 ]");
            await File.WriteAllTextAsync($"{project}/stop", string.Empty);
            await Until(project, "[ -e code ]");
            Assert.Equal(("5", "1"), ((await File.ReadAllTextAsync($"{project}/code")).Trim(), await File.ReadAllTextAsync($"{project}/got.2")));
            Assert.Equal("exited", Text(Report(project), "stage"));
            Assert.Contains(" -echo ", await File.ReadAllTextAsync($"{project}/tty"), StringComparison.Ordinal);
        }
        finally
        {
            await Tmux("kill-server");
        }

        Task<CommandResult> Tmux(params string[] words) => CommandRunner.RunAsync("tmux", ["-S", socket, .. words], _bench.Options(project, ("SHELL", "/bin/sh"), ("TMUX", null), ("TERM", "xterm")));
    }

    private static async Task Until(string folder, string condition)
    {
        var seen = await CommandRunner.RunAsync("sh", ["-c", $"until {condition} 2>/dev/null; do sleep 0.05; done"], new CommandOptions { WorkingFolder = folder, Timeout = TimeSpan.FromSeconds(20) });
        Assert.Equal(0, seen.ExitCode);
    }

    private static JsonElement Report(string project)
    {
        using var document = JsonDocument.Parse(File.ReadAllText($"{project}/out.json"));
        return document.RootElement.Clone();
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
