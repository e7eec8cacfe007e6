using System.Text;
using System.Text.Json;
using Slipway.Core.Decisions;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Machines;
using Slipway.Machines.Processes;
using Slipway.Runs.Arguments;
using Slipway.Runs.Distant;
using Slipway.Runs.Jobs;
using Slipway.Runs.Reports;
using Slipway.Runs.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Runs.Tests.Hosts;

/// <summary><c>run --on</c> down to the workload, on a host whose files are its own.</summary>
public sealed class DistantRunTests(DistantWorkshop shop) : IClassFixture<DistantWorkshop>, IDisposable
{
    private const int Limit = 180_000;
    private readonly TempFolder _folder = new();
    private string? _given;
    private RunFacts? _facts;

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

    [RequiresFact(Capability.Python, Capability.Sshd, Capability.Mount, Timeout = Limit)]
    public async Task Plan_tells_the_decision_there_and_brings_and_builds_nothing()
    {
        var name = $"planned-{Guid.NewGuid():N}"[..20];
        _folder.WriteFile($"{name}/pyproject.toml", $"[project]\nname = '{name}'\nversion = '1'\n");
        _folder.WriteFile($"{name}/run.py", "print(1)\n");
        string[] line = ["--on", "gpu1", "--env-var", $"FRESH={name}", "--exclude-newer", "2031-02-03", "run.py"];
        var before = await ThereAsync("find . -path '*planned-*' -o -path '*/envs/*' -prune");
        var fresh = (await PlanAsync(name, line)).Value;
        Assert.Equal((DecisionKind.Build, DecisionReason.NotYetResolved), (fresh.Plan.Decision.Kind, fresh.Plan.Decision.Reason));
        Assert.Equal(before, await ThereAsync("find . -path '*planned-*' -o -path '*/envs/*' -prune"));
        Assert.Equal((0, "1\n"), await RunAsync(name, line));
        var known = (await PlanAsync(name, line)).Value;
        Assert.Equal((DecisionKind.Hit, _facts!.Environment.Slot), (known.Plan.Decision.Kind, known.Plan.Reference.Slot));
        Assert.Equal(RunFailures.NotOnHost, (await PlanAsync(name, "--on", "gpu1", "--with", $"x @ git+file://{_folder.Combine(name)}", "run.py")).Failure.Code);
    }

    [RequiresFact(Capability.Python, Capability.Sshd, Capability.Mount, Capability.Git, Timeout = Limit)]
    public async Task Attached_run_leaves_a_record_there_whichever_way_it_was_started_and_ended()
    {
        var name = $"rec-{Guid.NewGuid():N}"[..12];
        _folder.WriteFile($"r/{name}.py", "import os, sys, time\nprint('up', os.environ['SLIPWAY_RUN_ID'], flush=True)\nif sys.argv[1:] == ['wait']: time.sleep(1000)\nsys.exit(len(sys.argv) - 1)\n");
        Assert.Equal(0, (await CommandRunner.RunAsync("git", ["-C", _folder.Combine("r"), "init", "-q"])).ExitCode);
        string[] line = ["--on", "gpu1", "--secret", "TOKEN", $"{name}.py"];
        var (_, first) = await RunAsync("r", line);
        Assert.NotEqual(RunFacts.Proved, _facts!.Decision);
        Assert.Equal(2, (await RunAsync("r", [.. line, "a", "b"])).Code);
        Assert.Equal(RunFacts.Proved, _facts.Decision);
        var book = new JobBook(shop.Host, TimeProvider.System);
        var runs = (await book.ListAsync(CancellationToken.None)).Value.Where(run => run.Record.Name == name).ToList();
        Same.Items(["failed: exit code 2", "succeeded"], runs.Select(static run => run.Describe()).Order(StringComparer.Ordinal));
        Assert.Equal($"up {runs.Single(static run => run.State is JobState.Succeeded).Id}\n", first);
        Assert.All(runs, run => Assert.Equal(("script, attached", _facts.Environment.Slot, _facts.WorkspaceSnapshot, "TOKEN"), (run.DescribeKind(), run.Record.Spec.Slot, run.Record.Spec.WorkspaceSnapshot, Assert.Single(run.Record.Spec.Secrets))));
        Assert.DoesNotContain("s3cret", await ThereAsync($"cat {shop.Host.Layout.Runs}/{runs[0].Id}/*"), StringComparison.Ordinal);
        Same.Items(["run_started", "run_failed"], (await ThereAsync($"cat {shop.Host.Layout.Runs}/{runs.Single(static run => run.State is JobState.Failed).Id}/events.jsonl")).Split('\n')[..2].Select(static text => JsonDocument.Parse(text).RootElement.GetProperty("type").GetString()!));

        Assert.Equal(JobFailures.NoLogs, (await new JobLogs(shop.Host, TimeProvider.System).FollowAsync(new JobLogRequest(name), new CollectingSink(), CancellationToken.None)).Failure.Code);
        var collected = new Collected();
        var running = TryAsync("r", collected, [.. line, "wait"]);
        await collected.BegunAsync();
        Assert.Equal(JobState.Running, (await book.FindAsync(name, CancellationToken.None)).Value.State);
        Assert.Equal(JobState.Cancelled, (await book.CancelAsync(name, CancellationToken.None)).Value.State);
        Assert.Equal(143, (await running).Value.Code);

        collected = new Collected();
        var killed = TryAsync("r", collected, [.. line, "wait"]);
        await collected.BegunAsync();
        var lost = (await book.FindAsync(name, CancellationToken.None)).Value.Id;
        await ThereAsync($"read pid rest <{shop.Host.Layout.Runs}/{lost}/pid; kill -KILL $pid");
        Assert.Equal(MachinesFailures.ConnectionLost, (await killed).Failure.Code);
        Assert.Equal("lost: what it was attached to was killed", (await book.CancelAsync(lost.ToString(), CancellationToken.None)).Value.Describe());

        Assert.Equal(127, (await RunAsync("r", "--on", "gpu1", "slipway-no-such-command")).Code);
        Assert.Equal("failed to start: there is no command slipway-no-such-command", (await book.FindAsync("slipway-no-such-command", CancellationToken.None)).Value.Describe());
        Assert.Contains(lost.ToString(), (await book.PruneAsync(TimeSpan.FromSeconds(-1), CancellationToken.None)).Value, StringComparer.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<string> ThereAsync(string script) => (await shop.Machine.RunAsync(ProcessCommand.Create("sh", "-c", script), null, CancellationToken.None)).Value.OutputText;

    private async Task<(int Code, string Text)> RunAsync(string directory, params string[] words)
    {
        var collected = new Collected();
        var ran = await TryAsync(directory, collected, words);
        return ran.TryGet(out var outcome, out var failure) ? (outcome.Code, collected.Text) : failure.Code == MachinesFailures.ProgramNotFound ? (127, string.Empty) : (-1, failure.ToString());
    }

    private async Task<Failure> FailAsync(string directory, params string[] words) => (await TryAsync(directory, new Collected(), words)).Failure;

    private async Task<Result<ProcessOutcome>> TryAsync(string directory, Collected collected, string[] words)
    {
        var split = ArgumentSplitter.Split(words, RunOptions.ForRun).Value;
        if (!shop.Hosts.Connect(split.Value(RunOptions.On)!).TryGet(out var machine, out var failure))
        {
            return failure;
        }

        using (machine)
        {
            var run = new AttachedRun(RunId.New(TimeProvider.System.GetUtcNow()), "test", TimeProvider.System);
            var attachment = new DistantAttachment(run, collected, facts => _facts = facts) { Input = Input() };
            return await new DistantRun(DistantContexts.Of(_folder, shop.Hosts, directory)).RunAsync(machine, split.Value(RunOptions.On)!, split, attachment, NoProgress.Instance, CancellationToken.None);
        }
    }

    private async Task<Result<DistantPlan>> PlanAsync(string directory, params string[] words)
    {
        var split = ArgumentSplitter.Split(words, RunOptions.ForPlan).Value;
        return await new DistantPlanner(DistantContexts.Of(_folder, shop.Hosts, directory)).PlanAsync(shop.Machine, DistantWorkshop.Name, split, PlanDepth.Decide, NoProgress.Instance, CancellationToken.None);
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
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task BegunAsync() => _begun.Task.WaitAsync(TimeSpan.FromSeconds(60));

        public string Text => Encoding.UTF8.GetString([.. _output]);

        public void Write(OutputStream stream, ReadOnlySpan<byte> chunk)
        {
            if (stream is OutputStream.Output)
            {
                _output.AddRange(chunk);
                _begun.TrySetResult();
            }
        }
    }
}
