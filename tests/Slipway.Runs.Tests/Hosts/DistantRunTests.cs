using System.Text;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Machines;
using Slipway.Machines.Processes;
using Slipway.Runs.Arguments;
using Slipway.Runs.Distant;
using Slipway.Runs.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Runs.Tests.Hosts;

/// <summary><c>run --on</c> down to the workload, on a host whose files are its own.</summary>
public sealed class DistantRunTests(DistantWorkshop shop) : IClassFixture<DistantWorkshop>, IDisposable
{
    private const int Limit = 180_000;
    private readonly TempFolder _folder = new();
    private string? _given;

    private const string Say = "import os, sys\nprint(sys.argv, os.getcwd(), os.environ.get('KEY'), os.environ.get('TOKEN'), sys.stdin.read())\n";

    [RequiresFact(Capability.Python, Capability.Sshd, Capability.Mount, Timeout = Limit)]
    public async Task Project_is_brought_and_its_script_runs_as_if_it_ran_here()
    {
        _folder.WriteFile("p/pyproject.toml", "[project]\nname = 'demo'\nversion = '1'\n");
        _folder.WriteFile("p/src/helper.py", "V = 'helped'\n");
        _folder.WriteFile("p/jobs/train it.py", "import helper\n" + Say + "print(helper.V)\nopen('made', 'w').write('x')\nsys.exit(7)\n");
        var (code, text) = await RunAsync("p/jobs", "--on", "gpu1", "--env-var", "KEY=a 'b'", "--secret", "TOKEN", "train it.py", "--epochs", "3", "");
        Assert.Equal(7, code);
        Assert.Contains("['train it.py', '--epochs', '3', '']", text, StringComparison.Ordinal);
        Assert.Contains("/jobs a 'b' s3cret \nhelped\n", text, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.Combine("p/jobs/made")));

        // Without git too the second time is one session.
        Assert.Contains("helped\n", (await RunAsync("p/jobs", "--on", "gpu1", "train it.py")).Text, StringComparison.Ordinal);
        var before = shop.Sessions;
        Assert.Contains("helped\n", (await RunAsync("p/jobs", "--on", "gpu1", "train it.py")).Text, StringComparison.Ordinal);
        Assert.Equal(1, shop.Sessions - before);

        // What it made there stays there, and an edit here is there the next time.
        _folder.WriteFile("p/src/helper.py", "V = 'edited since'\n");
        Assert.Contains("edited since\n", (await RunAsync("p/jobs", "--on", "gpu1", "train it.py")).Text, StringComparison.Ordinal);
        Assert.Equal((0, "made\ntrain it.py\n"), await RunAsync("p/jobs", "--on", "gpu1", "ls"));
    }

    [RequiresFact(Capability.Python, Capability.Sshd, Capability.Mount, Capability.Git, Timeout = Limit)]
    public async Task Workspace_that_was_removed_there_is_brought_again_and_input_is_never_lost_to_a_shortcut()
    {
        _folder.WriteFile("g/say.py", "import os, sys\nprint(os.getcwd(), sys.stdin.read())\n");
        foreach (var words in (string[][])[["init", "-q"], ["add", "-A"], ["-c", "user.email=t@localhost", "-c", "user.name=t", "commit", "-q", "-m", "t"]])
        {
            Assert.Equal(0, (await CommandRunner.RunAsync("git", ["-C", _folder.Combine("g"), .. words])).ExitCode);
        }

        var (code, text) = await RunAsync("g", "--on", "gpu1", "say.py");
        Assert.Equal(0, code);
        Assert.Equal((0, text), await RunAsync("g", "--on", "gpu1", "say.py"));
        var there = text.Split(' ')[0];
        Assert.True((await shop.Machine.RunAsync(ProcessCommand.Create("rm", "-rf", there), null, CancellationToken.None)).Value.Succeeded);
        Assert.Equal((0, text), await RunAsync("g", "--on", "gpu1", "say.py"));

        _given = "all of it";
        Assert.Equal((0, $"{there} all of it\n"), await RunAsync("g", "--on", "gpu1", "--stdin", "say.py"));
        Assert.Equal((0, $"{there} all of it\n"), await RunAsync("g", "--on", "gpu1", "--stdin", "say.py"));
    }

    [RequiresFact(Capability.Python, Capability.Sshd, Capability.Mount, Timeout = Limit)]
    public async Task Loose_script_goes_alone_and_a_command_takes_nothing_along()
    {
        _folder.WriteFile("loose/one.py", Say);
        _folder.WriteFile("loose/private.txt", "not to be copied");
        var (code, text) = await RunAsync("loose", "--on", "gpu1", "one.py", "x");
        Assert.Equal(0, code);
        Assert.StartsWith("['one.py', 'x']", text, StringComparison.Ordinal);
        Assert.Equal((0, "one.py\n"), await RunAsync("loose", "--on", "gpu1", "-m", "this") is var (_, zen) && zen.Contains("Zen", StringComparison.Ordinal) ? (0, "one.py\n") : (1, zen));
        Assert.Equal((0, $"{shop.Server.Home}\n"), await RunAsync("loose", "--on", "gpu1", "pwd"));
        Assert.Equal((127, string.Empty), await RunAsync("loose", "--on", "gpu1", "slipway-no-such-command"));
    }

    [RequiresFact(Capability.Python, Capability.Sshd, Capability.Mount, Timeout = Limit)]
    public async Task What_only_this_machine_has_is_refused_before_anything_is_built()
    {
        _folder.WriteFile("q/pyproject.toml", "[project]\nname = 'demo'\nversion = '1'\n");
        _folder.WriteFile("q/run.py", "print(1)\n");
        Assert.Contains("a repository of this machine", (await FailAsync("q", "--on", "gpu1", "--with", $"demo2 @ git+file://{_folder.Combine("q")}", "run.py")).Message, StringComparison.Ordinal);
        _folder.WriteFile("q/slipway.toml", "project = 'editable'\n");
        Assert.Equal(RunFailures.NotOnHost, (await FailAsync("q", "--on", "gpu1", "run.py")).Code);
        Assert.Equal(MachinesFailures.HostUnreachable, (await FailAsync("q", "--on", "nobody@127.0.0.1:1", "run.py")).Code);
        Assert.Equal(MachinesFailures.AddressInvalid, (await FailAsync("q", "--on", "-oProxyCommand=x", "run.py")).Code);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<(int Code, string Text)> RunAsync(string directory, params string[] words)
    {
        var collected = new Collected();
        var ran = await TryAsync(directory, collected, words);
        return ran.TryGet(out var outcome, out var failure) ? (outcome.Code, collected.Text) : failure.Code == MachinesFailures.ProgramNotFound ? (127, string.Empty) : (-1, failure.ToString());
    }

    private async Task<Failure> FailAsync(string directory, params string[] words) => (await TryAsync(directory, new Collected(), words)).Failure;

    private async Task<Result<ProcessOutcome>> TryAsync(string directory, Collected collected, string[] words)
    {
        var context = DistantContexts.Of(_folder, shop.Hosts, directory);
        var split = ArgumentSplitter.Split(words, RunOptions.ForRun).Value;
        if (!shop.Hosts.Connect(split.Value(RunOptions.On)!).TryGet(out var machine, out var failure))
        {
            return failure;
        }

        using (machine)
        {
            return await new DistantRun(context).RunAsync(machine, split.Value(RunOptions.On)!, split, Input(), collected, NoProgress.Instance, static () => { }, CancellationToken.None);
        }
    }

    private InputFeed? Input()
    {
        if (_given is null)
        {
            return null;
        }

        var feed = new InputFeed();
        _ = feed.WriteAsync(Encoding.UTF8.GetBytes(_given));
        feed.Complete();
        return feed;
    }

    private sealed class Collected : IOutputSink
    {
        private readonly List<byte> _output = [];

        public string Text => Encoding.UTF8.GetString([.. _output]);

        public void Write(OutputStream stream, ReadOnlySpan<byte> chunk)
        {
            if (stream is OutputStream.Output)
            {
                _output.AddRange(chunk);
            }
        }
    }
}
