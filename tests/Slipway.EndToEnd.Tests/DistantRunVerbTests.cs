using System.Globalization;
using Slipway.EndToEnd.Tests.Support;
using Slipway.TestKit;

namespace Slipway.EndToEnd.Tests;

/// <summary><c>run --on</c>, <c>run --detach --on</c> and <c>serve --on</c>, as a person uses them.</summary>
public sealed class DistantRunVerbTests : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [RequiresFact(Capability.Sshd, Capability.Python, Capability.Mount, Capability.Git)]
    public async Task Two_hosts_with_extras_of_their_own_run_attached_detached_are_followed_cancelled_and_fetched()
    {
        await using var one = await SshServer.StartAsync(new SshServerOptions { HasOwnHome = true, LoginShell = "/bin/dash" });
        await using var two = await SshServer.StartAsync(new SshServerOptions { HasOwnHome = true });
        await using var index = await LocalIndex.StartAsync();
        index.Add(new WheelBuilder("alpha", "1.0").Module("alpha.py", "V = 'alpha'\n")).Add(new WheelBuilder("beta", "2.0").Module("beta.py", "V = 'beta'\n"));
        var folder = _bench.NewProject();
        await File.WriteAllTextAsync($"{folder}/pyproject.toml", "[project]\nname = \"demo\"\nversion = \"1\"\n[project.optional-dependencies]\ntraining = [\"alpha\"]\ndev = [\"beta\"]\n");
        await File.WriteAllTextAsync($"{folder}/slipway.toml", $"index-url = \"{index.SimpleUrl}\"\n");
        await File.WriteAllTextAsync(
            $"{folder}/train.py",
            "import importlib.util, sys\nhas = [n for n in ('alpha', 'beta') if importlib.util.find_spec(n)]\nprint('has', has, sys.argv[1:])\nopen('result.txt', 'w').write(str(has))\nsys.exit(3 if 'beta' in has else 0)\n");
        await Run(folder, 0, "host", "add", "h1", one.Address);
        await Run(folder, 0, "host", "add", "h2", two.Address);

        var both = await Run(folder, 3, "run", "--on", "h1[training],h2[training,dev]", "train.py", "--epochs", "3");
        Assert.Equal(
            "h1 | has ['alpha'] ['--epochs', '3']\nh2 | has ['alpha', 'beta'] ['--epochs', '3']",
            string.Join('\n', both.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)));
        Assert.Contains("h2    3", both.Stderr, StringComparison.Ordinal);

        // The second time each host is asked once; where that gives up, what was warned of is not told again.
        var warned = _bench.NewProject();
        await File.WriteAllTextAsync($"{warned}/pyproject.toml", "[dependency-groups]\nx = []\n");
        await File.WriteAllTextAsync($"{warned}/requirements.txt", "alpha\n");
        await File.WriteAllTextAsync($"{warned}/say.py", "print('said')\n");
        await CommandRunner.RunAsync("git", ["-C", warned, "init", "-q"]);
        await Run(warned, 0, "run", "--on", "h1,h2", "say.py");
        foreach (var host in (string[])["h1", "h2"])
        {
            await Run(warned, 0, "host", "exec", host, "--", "sh", "-c", "rm -rf -- \"$HOME\"/.local/share/slipway/workspaces/*");
        }

        var told = (await Run(warned, 0, "run", "--on", "h1,h2", "say.py")).Stderr;
        Assert.Equal(1, told.Split("warning: h1:").Length - 1);
        Assert.Equal(1, told.Split("warning: h2:").Length - 1);

        var job = (await Run(folder, 0, "run", "--detach", "--on", "h2", "--extra", "dev", "--name", "night", "train.py")).Stdout.Trim();
        await Run(folder, 3, "job", "wait", "--on", "h2", "night");
        Assert.Equal("has ['beta'] []\n", (await Run(folder, 0, "job", "logs", "-f", "--on", "h2", job)).Stdout);
        var place = (await Run(folder, 0, "job", "show", "--on", "h2", "night")).Stdout.Split('\n').First(static line => line.StartsWith("in ", StringComparison.Ordinal))[2..].Trim();
        await Run(folder, 0, "host", "pull", "h2", $"{place}/result.txt", $"{folder}/fetched.txt");
        Assert.Equal("['beta']", await File.ReadAllTextAsync($"{folder}/fetched.txt"));

        await File.WriteAllTextAsync($"{folder}/long.py", "import time\nprint('up', flush=True)\ntime.sleep(1000)\n");
        await Run(folder, 0, "run", "--detach", "--on", "h1", "--name", "long", "long.py");
        await Run(folder, 0, "job", "cancel", "--on", "h1", "long");
        Assert.Contains("cancelled", (await Run(folder, 0, "job", "list", "--on", "all")).Stdout, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Sshd, Capability.Python)]
    public async Task Interrupt_ends_the_workload_there_and_a_closed_pipe_does_too()
    {
        await using var server = await SshServer.StartAsync();
        var folder = _bench.NewProject();
        await File.WriteAllTextAsync($"{folder}/long.py", "# /// script\n# dependencies = []\n# ///\nimport os, time\nprint('pid', os.getpid(), flush=True)\ntime.sleep(1000)\n");
        await Run(folder, 0, "host", "add", "box", server.Address);
        await using var running = _bench.Start(_bench.Options(folder), "run", "--on", "box", "long.py");
        var line = await running.WaitForLineAsync(static text => text.StartsWith("pid ", StringComparison.Ordinal));
        await CommandRunner.RunAsync("kill", ["-INT", running.Id.ToString(CultureInfo.InvariantCulture)]);
        Assert.Equal(130, (await running.WaitAsync()).ExitCode);
        await LiveProcesses.WaitForEndAsync(int.Parse(line[4..], CultureInfo.InvariantCulture), TimeSpan.FromSeconds(20));

        await File.WriteAllTextAsync($"{folder}/flood.py", "# /// script\n# dependencies = []\n# ///\nwhile True:\n    print('x' * 1000)\n");
        var piped = await _bench.ShellAsync(folder, "{ $slipway run --on box flood.py; echo code $? >&2; } | head -c 10 >/dev/null", ("slipway", SlipwayProgram.FullPath));
        Assert.Contains("code 141", piped.Stderr, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Sshd, Capability.Python)]
    public async Task Unknown_hosts_missing_tools_and_what_cannot_go_there_are_told()
    {
        await using var bare = await SshServer.StartAsync(new SshServerOptions { Missing = ["flock"] });
        var folder = _bench.NewProject();
        await File.WriteAllTextAsync($"{folder}/x.py", "print(1)\n");
        await Run(folder, 77, "run", "--on", $"{SshServer.User}@127.0.0.1:{bare.Port}", "x.py");
        await Run(folder, 69, "run", "--on", "nobody@127.0.0.1:1", "x.py");
        await Run(folder, 65, "run", "--on", "-oProxyCommand=x", "x.py");
        await Run(folder, 64, "run", "--on", "a,a", "x.py");
        await Run(folder, 64, "run", "--on", "a,b", "-");
        await Run(folder, 0, "host", "add", "bare", bare.Address, "--no-check");
        Assert.Contains("FAIL  flock", (await Run(folder, 1, "host", "check", "bare")).Stdout, StringComparison.Ordinal);
        Assert.Contains("flock", (await Run(folder, 69, "run", "--on", "bare", "x.py")).Stderr, StringComparison.Ordinal);
    }

    private async Task<CommandResult> Run(string folder, int code, params string[] words)
    {
        var ran = await _bench.RunAsync(folder, words);
        Assert.True(ran.ExitCode == code, $"{string.Join(' ', words)}: {ran.ExitCode}\n{ran.Stdout}\n{ran.Stderr}");
        return ran;
    }
}
