using Slipway.EndToEnd.Tests.Support;
using Slipway.TestKit;

namespace Slipway.EndToEnd.Tests;

public sealed class FirstAndSecondRunTests : IDisposable
{
    private const int Limit = 180_000;
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Second_run_is_silent_and_needs_no_index()
    {
        await using var index = await LocalIndex.StartAsync();
        index.Add(new WheelBuilder("far-away", "1.0").Requires("nearer").Module("far_away.py", "import nearer\nNAME = 'far ' + nearer.NAME\n"));
        index.Add(new WheelBuilder("nearer", "2.0").Module("nearer.py", "NAME = 'near'\n"));
        var project = _bench.ProjectWith("x.py", "# /// script\n# dependencies = ['far-away']\n# ///\nimport far_away, sys\nprint(far_away.NAME, sys.argv[1:])\n");
        string[] line = ["run", "--index-url", index.SimpleUrl.AbsoluteUri, "x.py", "a b", ""];

        var first = await _bench.RunAsync(project, line);
        Assert.Equal((0, "far near ['a b', '']\n"), (first.ExitCode, first.Stdout));
        Assert.Contains("Resolving far-away", first.Stderr, StringComparison.Ordinal);
        Assert.Contains("ready after", first.Stderr, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', first.Stderr);

        var asked = index.Requests.Count;
        await index.DisposeAsync();
        var second = await _bench.RunAsync(project, line);
        Assert.Equal((0, "far near ['a b', '']\n", string.Empty), (second.ExitCode, second.Stdout, second.Stderr));
        Assert.Equal(asked, index.Requests.Count);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Warm_run_does_not_look_at_the_pythons_on_the_path()
    {
        var project = _bench.ProjectWith("x.py", _bench.Script("import demo_greeter; print('ok')"));
        (await _bench.RunAsync(project, "run", "x.py")).OrThrow();
        var traps = Directory.CreateDirectory(Path.Combine(_bench.Root, "traps")).FullName;
        foreach (var name in new[] { "python", "python3", "pip" })
        {
            File.WriteAllText(Path.Combine(traps, name), $"#!/bin/sh\necho trapped >> {traps}/log\nexit 9\n");
            File.SetUnixFileMode(Path.Combine(traps, name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var again = await _bench.RunAsync(_bench.Options(project, ("PATH", $"{traps}:/usr/bin:/bin")), "run", "x.py");
        Assert.Equal((0, "ok\n"), (again.ExitCode, again.Stdout));
        Assert.False(File.Exists(Path.Combine(traps, "log")));
    }

    [ProgramFact("strace", "true", Timeout = Limit)]
    public async Task Warm_run_opens_no_network_socket_and_starts_no_second_process()
    {
        var project = _bench.ProjectWith("x.py", Workbench.BareScript("print('ok')"));
        (await _bench.RunAsync(project, "run", "x.py")).OrThrow();
        var trace = Path.Combine(_bench.Root, "trace");
        var traced = await CommandRunner.RunAsync(
            "strace", ["-f", "-o", trace, "-e", "trace=socket,connect,execve,fork,vfork,clone,clone3", SlipwayProgram.FullPath, "run", "x.py"], _bench.Options(project));
        Assert.Equal((0, "ok\n"), (traced.ExitCode, traced.Stdout));
        var calls = File.ReadAllLines(trace);

        // The runtime itself makes one local socket for debuggers; nothing is connected anywhere.
        Assert.DoesNotContain(calls, line => line.Contains("AF_INET", StringComparison.Ordinal) || line.Contains("connect(", StringComparison.Ordinal));
        string[] starts = [" clone(", " clone3(", "fork("];
        Assert.DoesNotContain(calls, line => starts.Any(call => line.Contains(call, StringComparison.Ordinal)) && !line.Contains("CLONE_THREAD", StringComparison.Ordinal));
        Assert.Equal(2, calls.Count(line => line.Contains("execve", StringComparison.Ordinal) && line.EndsWith("= 0", StringComparison.Ordinal)));
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Launch_leaves_nothing_in_the_directory_for_temporary_files()
    {
        var project = _bench.ProjectWith("x.py", Workbench.BareScript("print('ok')"));
        (await _bench.RunAsync(project, "run", "x.py")).OrThrow();
        (await _bench.RunAsync(project, "run", "x.py")).OrThrow();
        Assert.Empty(Directory.GetFileSystemEntries(_bench.Temp));
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Removed_environment_is_built_again()
    {
        var project = _bench.ProjectWith("x.py", Workbench.BareScript("print('ok')"));
        (await _bench.RunAsync(project, "run", "x.py")).OrThrow();
        var slot = Path.GetFileName(Assert.Single(Directory.GetDirectories(Path.Combine(_bench.Home, "envs"))));
        (await _bench.RunAsync(project, "store", "remove", slot)).OrThrow();
        var again = await _bench.RunAsync(project, "run", "x.py");
        Assert.Equal((0, "ok\n"), (again.ExitCode, again.Stdout));
        Assert.Contains("Creating a virtual environment", again.Stderr, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Changed_requirement_says_what_changed()
    {
        _bench.Links.Add(new WheelBuilder("demo-greeter", "2.0.0").Module("demo_greeter.py", "V = 2\n"));
        var project = _bench.ProjectWith("x.py", _bench.Script("print('ok')", "demo-greeter<2"));
        (await _bench.RunAsync(project, "run", "x.py")).OrThrow();
        File.WriteAllText(Path.Combine(project, "x.py"), _bench.Script("print('ok')", "demo-greeter>=2"));
        var plan = (await _bench.RunAsync(project, "plan", "x.py")).OrThrow();
        Assert.Contains("changed   requirements was demo-greeter<2 and is demo-greeter>=2 (since the last run)", plan.Stdout, StringComparison.Ordinal);
        var run = await _bench.RunAsync(project, "run", "--quiet", "x.py");
        Assert.Equal((0, "ok\n", string.Empty), (run.ExitCode, run.Stdout, run.Stderr));
    }
}
