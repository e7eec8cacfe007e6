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

        var socket = $"{project}/tmux";
        await File.WriteAllTextAsync($"{project}/go.sh", $"trap : INT\n'{SlipwayProgram.FullPath}' run --on box --tty --secret TOKEN --report out.json ask.py\necho code $?\nsleep 60\n");
        try
        {
            (await Tmux("-f", "/dev/null", "new-session", "-d", "-x", "91", "-y", "31", "-c", project, "sh go.sh")).OrThrow();
            await Shows("size 91 31 True True");
            await Shows("name?");
            (await Tmux("send-keys", "C-c")).OrThrow();
            await Shows("interrupted");
            (await Tmux("send-keys", "you", "Enter")).OrThrow();
            await Shows("hello you");
            await Shows("raw");
            (await Tmux("send-keys", "C-d")).OrThrow();
            await Shows(@"key b'\\x04'");
            await Shows("code 255");
        }
        finally
        {
            await Tmux("kill-server");
        }

        Assert.Contains("\"stage\": \"exited\"", await File.ReadAllTextAsync($"{project}/out.json"), StringComparison.Ordinal);
        Assert.Contains("failed: exit code 255", (await _bench.RunAsync(project, "job", "show", "--on", "box", "ask")).OrThrow().Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateDirectories("/dev/shm", "slipway.*"), static folder => File.Exists($"{folder}/wait"));

        async Task Shows(string text)
        {
            const string Script = "i=0; until tmux -S \"$1\" capture-pane -p | grep -qe \"$2\"; do i=$((i+1)); [ $i -lt 400 ] || { tmux -S \"$1\" capture-pane -p; exit 1; }; sleep 0.05; done";
            var seen = await CommandRunner.RunAsync("sh", ["-c", Script, "sh", socket, text], new CommandOptions { Timeout = TimeSpan.FromSeconds(60) });
            Assert.True(seen.ExitCode == 0, $"'{text}' is not in:\n{seen.Stdout}");
        }

        Task<CommandResult> Tmux(params string[] words) =>
            CommandRunner.RunAsync("tmux", ["-S", socket, .. words], _bench.Options(project, ("SHELL", "/bin/sh"), ("TMUX", null), ("TERM", "xterm"), ("TOKEN", "planted-secret")));
    }
}
