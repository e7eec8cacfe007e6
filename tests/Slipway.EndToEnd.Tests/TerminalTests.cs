using Slipway.EndToEnd.Tests.Support;
using Slipway.TestKit;

namespace Slipway.EndToEnd.Tests;

/// <summary><c>run --on --tty</c>: a terminal there that is the one here.</summary>
public sealed class TerminalTests : IDisposable
{
    private const int Limit = 240_000;
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [RequiresFact(Capability.Sshd, Capability.Python, Capability.Tmux, Timeout = Limit)]
    public async Task Workload_on_a_host_has_size_keys_and_interrupts_of_the_terminal_and_its_code_is_exact()
    {
        await using var server = await SshServer.StartAsync(new SshServerOptions { LoginShell = "/bin/dash" });
        var project = _bench.ProjectWith("ask.py", Workbench.BareScript("""
            import os, sys, termios, tty
            size = os.get_terminal_size()
            print('size', size.columns, size.lines, sys.stdin.isatty(), os.environ['TOKEN'] == 'planted-secret', flush=True)
            try:
                input('name? ')
            except KeyboardInterrupt:
                print('interrupted', flush=True)
            print('hello', input('name? '), flush=True)
            old = termios.tcgetattr(0)
            tty.setraw(0)
            print('raw', end='\r\n', flush=True)
            print('key', os.read(0, 1), end='\r\n', flush=True)
            termios.tcsetattr(0, termios.TCSANOW, old)
            sys.exit(255)
            """));
        (await _bench.RunAsync(project, "host", "add", "box", server.Address)).OrThrow();
        Assert.Contains("RUN0108", (await _bench.RunAsync(project, "run", "--on", "box", "--tty", "ask.py")).Stderr, StringComparison.Ordinal);
        Assert.Equal(64, (await _bench.RunAsync(project, "run", "--tty", "ask.py")).ExitCode);

        await File.WriteAllTextAsync($"{project}/go.sh", $"trap : INT\n'{SlipwayProgram.FullPath}' run --on box --tty --secret TOKEN --report out.json ask.py\necho code $?\nsleep 60\n");
        try
        {
            (await TmuxAsync(project, "-f", "/dev/null", "new-session", "-d", "-x", "91", "-y", "31", "-c", project, "sh go.sh")).OrThrow();
            await ShowsAsync(project, "size 91 31 True True");
            await ShowsAsync(project, "name?");
            (await TmuxAsync(project, "send-keys", "C-c")).OrThrow();
            await ShowsAsync(project, "interrupted");
            (await TmuxAsync(project, "send-keys", "you", "Enter")).OrThrow();
            await ShowsAsync(project, "hello you");
            await ShowsAsync(project, "raw");
            (await TmuxAsync(project, "send-keys", "C-d")).OrThrow();
            await ShowsAsync(project, @"key b'\\x04'");
            await ShowsAsync(project, "code 255");
        }
        finally
        {
            await TmuxAsync(project, "kill-server");
        }

        Assert.Contains("\"stage\": \"exited\"", await File.ReadAllTextAsync($"{project}/out.json"), StringComparison.Ordinal);
        Assert.Contains("failed: exit code 255", (await _bench.RunAsync(project, "job", "show", "--on", "box", "ask")).OrThrow().Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateDirectories("/dev/shm", "slipway.*"), static folder => File.Exists($"{folder}/wait"));
    }

    [RequiresFact(Capability.Sshd, Capability.Python, Capability.Tmux, Timeout = Limit)]
    public async Task Terminal_of_a_job_is_joined_left_and_joined_again_here_and_on_a_host()
    {
        await using var server = await SshServer.StartAsync(new SshServerOptions());
        var project = _bench.ProjectWith("ask.py", Workbench.BareScript("""
            import sys
            print('tty', sys.stdin.isatty(), flush=True)
            print('hello', input('name? '), flush=True)
            sys.exit(5)
            """));
        (await _bench.RunAsync(project, "host", "add", "box", server.Address)).OrThrow();
        foreach (var on in (string[])["", "--on box"])
        {
            var name = on.Length == 0 ? "here" : "there";
            (await _bench.RunAsync(project, ["run", "--detach", "--tty", "--name", name, .. on.Split(' ', StringSplitOptions.RemoveEmptyEntries), "ask.py"])).OrThrow();
            await File.WriteAllTextAsync($"{project}/go.sh", $"for n in 1 2; do '{SlipwayProgram.FullPath}' job attach {on} {name}; echo code $n $?; done\nsleep 60\n");
            try
            {
                (await TmuxAsync(project, "-f", "/dev/null", "new-session", "-d", "-x", "91", "-y", "31", "-c", project, "sh go.sh")).OrThrow();
                await ShowsAsync(project, "name?");
                (await TmuxAsync(project, "send-keys", "C-b", "d")).OrThrow();
                await ShowsAsync(project, "the job goes on");
                await ShowsAsync(project, "name?");
                (await TmuxAsync(project, "send-keys", "you", "Enter")).OrThrow();
                await ShowsAsync(project, "code 2 5");
            }
            finally
            {
                await TmuxAsync(project, "kill-server");
            }

            var log = (await _bench.RunAsync(project, ["job", "logs", .. on.Split(' ', StringSplitOptions.RemoveEmptyEntries), name])).OrThrow().Stdout;
            Assert.Contains("tty True", log, StringComparison.Ordinal);
            Assert.Contains("hello you", log, StringComparison.Ordinal);
        }

        // One that nobody looks at is ended with all that it started.
        (await _bench.RunAsync(project, "run", "--detach", "--tty", "--name", "waits", "ask.py")).OrThrow();
        (await _bench.RunAsync(project, "job", "cancel", "waits")).OrThrow();
        Assert.Contains("cancelled", (await _bench.RunAsync(project, "job", "show", "waits")).OrThrow().Stdout, StringComparison.Ordinal);
    }

    private async Task ShowsAsync(string project, string text)
    {
        const string Script = "i=0; until tmux -S \"$1\" capture-pane -p | grep -qe \"$2\"; do i=$((i+1)); [ $i -lt 400 ] || { tmux -S \"$1\" capture-pane -p; exit 1; }; sleep 0.05; done";
        var seen = await CommandRunner.RunAsync("sh", ["-c", Script, "sh", $"{project}/tmux", text], new CommandOptions { Timeout = TimeSpan.FromSeconds(60) });
        Assert.True(seen.ExitCode == 0, $"'{text}' is not in:\n{seen.Stdout}");
    }

    private Task<CommandResult> TmuxAsync(string project, params string[] words) =>
        CommandRunner.RunAsync("tmux", ["-S", $"{project}/tmux", .. words], _bench.Options(project, ("SHELL", "/bin/sh"), ("TMUX", null), ("TERM", "xterm"), ("TOKEN", "planted-secret")));
}
