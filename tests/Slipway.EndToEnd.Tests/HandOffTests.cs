using Slipway.EndToEnd.Tests.Support;
using Slipway.TestKit;

namespace Slipway.EndToEnd.Tests;

/// <summary>A workload must not be able to tell that Slipway started it; tried by a cold start and by a warm one.</summary>
public sealed class HandOffTests(Workbench bench) : IClassFixture<Workbench>
{
    private const int Limit = 180_000;

    private const string Witness =
        "import os, sys, resource\n" +
        "status = open('/proc/self/status').read().splitlines()\n" +
        "signals = [line for line in status if line.startswith(('SigBlk', 'SigIgn', 'SigCgt'))]\n" +
        "hidden = ('VIRTUAL_ENV', 'PATH', '_')\n" +
        "print(sorted((k, v) for k, v in os.environ.items() if k not in hidden))\n" +
        "print(signals, resource.getrlimit(resource.RLIMIT_NOFILE), os.getcwd(), os.umask(0o22))\n" +
        "print(os.getpgid(0) == int(sys.argv[1]), os.getsid(0), os.getppid() == int(sys.argv[1]))\n" +
        "print([f for f in sorted(map(int, os.listdir('/proc/self/fd'))) if 3 < f < 200], sys.argv[2:])\n";

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Workload_sees_what_it_would_see_without_us()
    {
        var project = bench.ProjectWith("x.py", Workbench.BareScript(Witness));
        var text = "ulimit -Sn 700; umask 027; trap '' HUP; exec 9</dev/null; "
            + $"{Pythons.Default.FullPath} x.py $$ a ''; for i in 1 2; do echo ==; $slipway run --quiet x.py $$ a ''; done; true";
        var parts = (await bench.ShellAsync(project, text)).OrThrow().Stdout.Split("==\n");
        Assert.Equal(parts[0], parts[1]);
        Assert.Equal(parts[0], parts[2]);
        Assert.Contains("(700, ", parts[0], StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Exit_codes_pass_through()
    {
        var project = bench.ProjectWith("x.py", Workbench.BareScript("import sys; sys.exit(int(sys.argv[1]))"));
        var cold = await bench.RunAsync(project, "run", "x.py", "73");
        Assert.Equal(73, cold.ExitCode);
        int[] codes = [0, 1, 2, 3, 63, 64, 65, 66, 69, 70, 73, 75, 77, 78, 79, 100, 125, 126, 127, 128, 129, 130, 137, 143, 200, 254, 255];
        var all = await bench.ShellAsync(project, $"for i in {string.Join(' ', codes)}; do $slipway run x.py $i; echo $?; done");
        Assert.Equal(string.Join(' ', codes), string.Join(' ', all.OrThrow().Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal(string.Empty, all.Stderr);
    }

    [RequiresTheory(Capability.Python, Timeout = Limit)]
    [InlineData("SIGTERM", 143)]
    [InlineData("SIGINT", 130)]
    [InlineData("SIGKILL", 137)]
    [InlineData("SIGPIPE", 141)]
    public async Task Signal_that_ends_the_workload_is_seen_by_the_shell(string signal, int code)
    {
        var body = $"import os, signal; signal.signal(signal.{signal}, signal.SIG_DFL) if '{signal}' != 'SIGKILL' else 0; os.kill(os.getpid(), signal.{signal})";
        var project = bench.ProjectWith("x.py", Workbench.BareScript(body));
        var result = await bench.ShellAsync(project, "$slipway run --quiet x.py; echo $?; $slipway run x.py; echo $?");
        Assert.Equal($"{code}\n{code}\n", result.Stdout);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Signal_to_the_process_reaches_the_workload()
    {
        var body = "import signal, sys\nsignal.signal(signal.SIGTERM, lambda *a: sys.exit(42))\nprint('waiting', flush=True)\nsignal.pause()";
        var project = bench.ProjectWith("x.py", Workbench.BareScript(body));
        for (var round = 0; round < 2; round++)
        {
            await using var running = bench.Start(bench.Options(project), "run", "--quiet", "x.py");
            await running.WaitForLineAsync(line => line is "waiting");
            running.Signal(15);
            Assert.Equal(42, (await running.WaitAsync()).ExitCode);
        }
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Closed_pipe_ends_the_workload_quietly()
    {
        var project = bench.ProjectWith("x.py", Workbench.BareScript("import signal; signal.signal(signal.SIGPIPE, signal.SIG_DFL)\nwhile True: print('y' * 100)"));
        var result = await bench.ShellAsync(project, "for i in 1 2; do $slipway run --quiet x.py | head -1; echo ${PIPESTATUS[0]}; done; $slipway run grep SigIgn /proc/self/status");
        var lines = result.OrThrow().Stdout.Split('\n');
        Assert.Equal([new string('y', 100), "141", new string('y', 100), "141"], lines[..4]);
        Assert.Equal(0L, Convert.ToInt64(lines[4].Split('\t')[1], 16) & (1L << 12));
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Standard_input_is_the_workloads()
    {
        var project = bench.ProjectWith("x.py", Workbench.BareScript("import sys; print(sys.stdin.read().upper(), end='')"));
        var options = bench.Options(project) with { StandardInput = "line\nünicode\n" };
        Assert.Equal("LINE\nÜNICODE\n", (await bench.RunAsync(options, "run", "--quiet", "x.py")).OrThrow().Stdout);
        Assert.Equal("LINE\nÜNICODE\n", (await bench.RunAsync(options, "run", "x.py")).OrThrow().Stdout);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Arguments_and_variables_pass_byte_for_byte()
    {
        var project = bench.ProjectWith("x.py", Workbench.BareScript("import os, sys; print([os.fsencode(a) for a in sys.argv[1:]], os.environb[b'ODD'])"));
        var text = "export ODD=\"$(printf 'x\\377y')\"; for i in 1 2; do $slipway run --quiet x.py \"$(printf '\\200\\376')\" '@file' -h --json -- '' $'a\\nb' 'ü'; done";
        var line = "[b'\\x80\\xfe', b'@file', b'-h', b'--json', b'--', b'', b'a\\nb', b'\\xc3\\xbc'] b'x\\xffy'\n";
        Assert.Equal(line + line, (await bench.ShellAsync(project, text)).OrThrow().Stdout);
    }

    [ProgramFact("script", "-qec", "true", "/dev/null", Timeout = Limit)]
    public async Task Terminal_stays_the_workloads()
    {
        var project = bench.ProjectWith("x.py", Workbench.BareScript(
            "import os, sys, termios; a = termios.tcgetattr(0); print('TTY', [os.isatty(f) for f in (0, 1, 2)], os.tcgetpgrp(0) == os.getpgrp(), bool(a[3] & termios.ECHO), bool(a[3] & termios.ICANON))"));
        for (var round = 0; round < 2; round++)
        {
            var result = await CommandRunner.RunAsync("script", ["-qec", $"{SlipwayProgram.FullPath} run x.py", "/dev/null"], bench.Options(project));
            Assert.Contains("TTY [True, True, True] True True True", result.OrThrow().Stdout, StringComparison.Ordinal);
        }
    }

    [ProgramFact("script", "-qec", "true", "/dev/null", Timeout = Limit)]
    public async Task Live_progress_at_a_terminal_gives_the_cursor_back()
    {
        using var own = new Workbench();
        var project = own.ProjectWith("x.py", own.Script("print('done')"));
        var result = await CommandRunner.RunAsync("script", ["-qec", $"{SlipwayProgram.FullPath} run x.py", "/dev/null"], own.Options(project, ("TERM", "xterm")));
        var output = result.OrThrow().Stdout;
        Assert.Contains("done", output, StringComparison.Ordinal);
        Assert.Equal(output.Split("\u001b[?25l").Length, output.Split("\u001b[?25h").Length);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Argument_zero_is_the_environments_python()
    {
        var project = bench.ProjectWith("x.py", Workbench.BareScript("import sys; print(open('/proc/self/cmdline').read().split('\\0')[0] == sys.executable, sys.prefix != sys.base_prefix, sys.argv[0])"));
        var result = await bench.ShellAsync(project, "$slipway run --quiet x.py; $slipway run x.py; $slipway run ./x.py");
        Assert.Equal("True True x.py\nTrue True x.py\nTrue True ./x.py\n", result.OrThrow().Stdout);
    }
}
