using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Machines.Locks;
using Slipway.Machines.Processes;
using Slipway.Runs.Jobs;
using Slipway.Runs.Tests.Support;

namespace Slipway.Runs.Tests.Jobs;

public sealed class LocalJobTests(LocalJobs machine) : JobContract(machine), IClassFixture<LocalJobs>;

public sealed class SshJobTests(SshJobs machine) : JobContract(machine), IClassFixture<SshJobs>;

public sealed class BusyboxJobTests(BusyboxJobs machine) : JobContract(machine), IClassFixture<BusyboxJobs>;

/// <summary>What jobs are on every machine.</summary>
public abstract class JobContract(JobMachine machine)
{
    [Fact]
    public async Task Job_ends_with_its_code_and_keeps_its_logs_apart()
    {
        var job = await machine.StartAsync(JobMachine.Shell("trainer", "echo out; echo err >&2; exit 7"));
        var ended = await machine.EndAsync(job);
        Assert.Equal((JobState.Failed, 7, null), (ended.State, ended.Exit!.Code, ended.LikelySignal));
        Assert.Equal("failed: exit code 7", ended.Describe());
        Assert.Equal(("out\n", "err\n"), (await machine.LogAsync(job), await machine.LogAsync(job, errors: true)));

        var folder = machine.RunFolder(job);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        using var record = JsonDocument.Parse(await File.ReadAllTextAsync($"{folder}/run.json"));
        Assert.Equal("slipway.run/1", record.RootElement.GetProperty("schema").GetString());
        Assert.Equal(job.Id.ToString(), record.RootElement.GetProperty("run_id").GetString());
        Assert.Equal("sh", record.RootElement.GetProperty("spec").GetProperty("argv")[0].GetString());
        var events = (await File.ReadAllLinesAsync($"{folder}/events.jsonl")).Select(static line => JsonDocument.Parse(line).RootElement).ToList();
        Same.Items(["run_started", "run_failed"], events.Select(static told => told.GetProperty("type").GetString()!));
        Same.Items([1, 2], events.Select(static told => told.GetProperty("seq").GetInt32()));
    }

    [Fact]
    public async Task Command_gets_its_arguments_variables_and_directory_and_no_secret_is_kept()
    {
        const string Secret = "s3cr3t 'quoted'\nof two lines $x";
        var folder = machine.NewFolder();
        var none = EnvironmentChanges.None;
        var spec = JobMachine.Shell("args", "printf '%s|' \"$@\" \"$TOKEN\" \"$PWD\" \"$LATER\"; env --default-signal=INT true 2>/dev/null && sed -n 's/^SigIgn.*0\\([0-9a-f]\\)$/ignored \\1|/p' /proc/$$/status || printf '%s' 'ignored 0|'; until [ -e go ]; do sleep 0.05; done", "a b", "'", "é$(x)", "-n");
        var job = await machine.StartAsync(spec with
        {
            Command = spec.Command with
            {
                WorkingDirectory = folder,
                Environment = none with { Set = none.Set.Add("TOKEN", Secret), Prepend = none.Prepend.Add("LATER", "first") },
            },
            Secrets = ["TOKEN"],
        });
        var sink = new CollectingSink();
        var following = machine.Logs.FollowAsync(new JobLogRequest("args") { Follow = true }, sink, CancellationToken.None);
        await sink.SeenAsync($"a b|'|é$(x)|-n|{Secret}|{folder}|first|ignored 0|");

        var lines = Directory.EnumerateDirectories("/proc").Where(static path => char.IsAsciiDigit(Path.GetFileName(path)[0])).Select(static path => CommandLine(path));
        Assert.DoesNotContain(lines, static line => line.Contains("s3cr3t", StringComparison.Ordinal));
        var kept = Directory.EnumerateFiles(machine.RunFolder(job)).Where(static path => !path.EndsWith("out.log", StringComparison.Ordinal)).ToList();
        Assert.DoesNotContain(kept, static path => File.ReadAllText(path).Contains("s3cr3t", StringComparison.Ordinal));
        Assert.False(File.Exists($"{machine.RunFolder(job)}/command"));

        await File.WriteAllTextAsync($"{folder}/go", string.Empty);
        JobMachine.Ok(await following);
        Assert.Equal(JobState.Succeeded, (await machine.EndAsync(job)).State);
    }

    [Fact]
    public async Task Cancelled_job_ends_with_all_of_its_session()
    {
        var job = await machine.StartAsync(JobMachine.Shell("server", "sleep 1000 & (trap '' TERM; sleep 1000) & echo up; wait") with { Grace = TimeSpan.FromSeconds(1) });
        var sink = new CollectingSink();
        var following = machine.Logs.FollowAsync(new JobLogRequest("server") { Follow = true }, sink, CancellationToken.None);
        await sink.SeenAsync("up\n");
        Assert.Equal(JobState.Running, JobMachine.Ok(await machine.Book.FindAsync("server", CancellationToken.None)).State);

        var cancelled = JobMachine.Ok(await machine.Book.CancelAsync("server", CancellationToken.None));
        Assert.Equal((JobState.Cancelled, "cancelled"), (cancelled.State, cancelled.Describe()));
        JobMachine.Ok(await following);
        Assert.Empty(Carrying(job));
        Assert.Equal(JobState.Cancelled, JobMachine.Ok(await machine.Book.CancelAsync(job.Id.ToString(), CancellationToken.None)).State);
    }

    [Fact]
    public async Task Limits_of_time_and_of_logs_are_kept_there()
    {
        var slow = await machine.StartAsync(JobMachine.Shell("slow", "sleep 1000") with { MaxDuration = TimeSpan.FromSeconds(1) });
        var loud = await machine.StartAsync(JobMachine.Shell("loud", "while :; do echo a line of a loud job; done") with { MaxLogBytes = 10_000 });
        Assert.Equal((JobState.TimedOut, "timed out"), ((await machine.EndAsync(slow)).State, (await machine.EndAsync(slow)).Describe()));
        Assert.Equal((JobState.Failed, "failed: a log became longer than it may"), ((await machine.EndAsync(loud)).State, (await machine.EndAsync(loud)).Describe()));
        Assert.Empty(Carrying(slow));
    }

    [Fact]
    public async Task Killed_supervisor_leaves_a_lost_job_whose_processes_can_be_ended()
    {
        var job = await machine.StartAsync(JobMachine.Shell("orphan", "echo up; sleep 1000"));
        var sink = new CollectingSink();
        var following = machine.Logs.FollowAsync(new JobLogRequest("orphan") { Follow = true }, sink, CancellationToken.None);
        await sink.SeenAsync("up\n");
        var pid = (await File.ReadAllTextAsync($"{machine.RunFolder(job)}/pid")).Split(' ');
        JobMachine.Ok(await machine.Host.Machine.RunAsync(ProcessCommand.Create("sh", "-c", "kill -s KILL \"$1\"", "sh", pid[0]), output: null, CancellationToken.None));
        JobMachine.Ok(await following);

        var lost = JobMachine.Ok(await machine.Book.FindAsync("orphan", CancellationToken.None));
        Assert.Equal((JobState.Lost, "lost: its supervisor was killed"), (lost.State, lost.Describe()));
        Assert.NotEmpty(lost.LeftBehind);
        Assert.Empty(JobMachine.Ok(await machine.Book.PruneAsync(TimeSpan.FromDays(-1), CancellationToken.None)).Where(id => id == job.Id.ToString()));
        Assert.Equal(JobState.Lost, JobMachine.Ok(await machine.Book.CancelAsync("orphan", CancellationToken.None)).State);
        Assert.Empty(JobMachine.Ok(await machine.Book.FindAsync("orphan", CancellationToken.None)).LeftBehind);
        Assert.Empty(Carrying(job));

        // The same directory after the machine was started again.
        await File.WriteAllTextAsync($"{machine.RunFolder(job)}/pid", $"{Environment.ProcessId} {pid[1]} 00000000-0000-0000-0000-000000000000\n");
        Assert.Equal("lost: the machine was started again", JobMachine.Ok(await machine.Book.FindAsync("orphan", CancellationToken.None)).Describe());

        // The number of the supervisor was given to another process.
        await File.WriteAllTextAsync($"{machine.RunFolder(job)}/pid", $"{Environment.ProcessId} 1 {pid[2]}");
        Assert.Equal(JobState.Lost, JobMachine.Ok(await machine.Book.FindAsync("orphan", CancellationToken.None)).State);
    }

    [Fact]
    public async Task What_cannot_be_started_says_why()
    {
        var missing = await machine.StartAsync(new JobSpec(JobName.Parse("missing").Value, ProcessCommand.Create("no-such-command")));
        Assert.Equal("failed to start: there is no command no-such-command", (await machine.EndAsync(missing)).Describe());
        var spec = JobMachine.Shell("nowhere", "true");
        var nowhere = await machine.StartAsync(spec with { Command = spec.Command with { WorkingDirectory = "/no/such \"folder\"" } });
        Assert.Equal((JobState.FailedToStart, "failed to start: there is no directory /no/such \"folder\""), ((await machine.EndAsync(nowhere)).State, (await machine.EndAsync(nowhere)).Describe()));
        var killed = await machine.StartAsync(JobMachine.Shell("killed", "kill -s KILL $$"));
        Assert.Equal("failed: exit code 137, probably signal 9", (await machine.EndAsync(killed)).Describe());
    }

    [Fact]
    public async Task Name_means_its_newest_run_and_no_part_of_a_name_means_anything()
    {
        await machine.StartAsync(JobMachine.Shell("twice", "echo one"));
        await machine.StartAsync(JobMachine.Shell("twice-more", "echo other"));
        var second = await machine.StartAsync(JobMachine.Shell("twice", "echo two"));
        await machine.EndAsync(second);
        Assert.Equal(second.Id, JobMachine.Ok(await machine.Book.FindAsync("twice", CancellationToken.None)).Id);
        Assert.Equal("two\n", await machine.LogAsync(new JobLogRequest("twice")));
        foreach (var word in (string[])["twic", "twice-", "nothing", "../runs", "*", "", "TWICE", "20261122t022900-7f3a9c21"])
        {
            Assert.Equal(JobFailures.NotFound, (await machine.Book.FindAsync(word, CancellationToken.None)).Failure.Code);
            Assert.Equal(JobFailures.NotFound, (await machine.Logs.FollowAsync(new JobLogRequest(word), new CollectingSink(), CancellationToken.None)).Failure.Code);
        }
    }

    [Fact]
    public async Task Clients_at_once_do_not_get_in_each_others_way()
    {
        var started = await Task.WhenAll(Enumerable.Range(0, 6).Select(number => machine.StartAsync(JobMachine.Shell("crowd", "echo $1", $"{number}"))));
        var ended = await Task.WhenAll(started.Select(machine.EndAsync));
        Assert.All(ended, static job => Assert.Equal(JobState.Succeeded, job.State));
        var logs = await Task.WhenAll(started.Select(job => machine.LogAsync(job)));
        Same.Items(Enumerable.Range(0, 6).Select(static number => $"{number}\n"), logs);
        var listed = JobMachine.Ok(await machine.Book.ListAsync(CancellationToken.None)).Select(static job => job.Id).ToList();
        Assert.All(started, job => Assert.Contains(job.Id, listed));
    }

    [Fact]
    public async Task Log_is_followed_in_whole_lines_and_characters_to_its_end()
    {
        var folder = machine.NewFolder();
        const string Script = "await() { until [ -e \"$1\" ]; do sleep 0.05; done; }; echo first; printf 'par'; await go; printf 'tial\\ncaf\\303'; await on; printf '\\251\\n'; echo last; printf 'no end'";
        var spec = JobMachine.Shell("lines", Script);
        var job = await machine.StartAsync(spec with { Command = spec.Command with { WorkingDirectory = folder } });
        var sink = new CollectingSink();
        var following = machine.Logs.FollowAsync(new JobLogRequest(job.Id.ToString()) { Follow = true }, sink, CancellationToken.None);
        await sink.SeenAsync("first\npar");
        await File.WriteAllTextAsync($"{folder}/go", string.Empty);
        await sink.SeenAsync("partial\ncaf");
        await File.WriteAllTextAsync($"{folder}/on", string.Empty);
        JobMachine.Ok(await following);
        Assert.Equal("first\npartial\ncafé\nlast\nno end", sink.Text);
        Assert.Equal("first\npartial\ncafé\nlast\nno end", string.Concat(sink.Pieces));
        Assert.Equal("café\nlast\nno end", await machine.LogAsync(new JobLogRequest("lines") { Tail = 3 }));
        Assert.Equal("no end", await machine.LogAsync(new JobLogRequest("lines") { Tail = 1, Follow = true }));
    }

    [Fact]
    public async Task Log_that_became_shorter_begins_again()
    {
        var job = await machine.StartAsync(JobMachine.Shell("short", "echo long enough to be shortened; sleep 1000"));
        var sink = new CollectingSink();
        var following = machine.Logs.FollowAsync(new JobLogRequest("short") { Follow = true }, sink, CancellationToken.None);
        await sink.SeenAsync("shortened\n");
        await File.WriteAllTextAsync($"{machine.RunFolder(job)}/out.log", "anew\n");
        await sink.SeenAsync("begins again");
        await sink.SeenAsync("anew\n");
        JobMachine.Ok(await machine.Book.CancelAsync("short", CancellationToken.None));
        JobMachine.Ok(await following);
        Assert.Equal("long enough to be shortened\nanew\n", sink.Text);
    }

    [Fact]
    public async Task Lease_is_held_as_long_as_the_command_and_a_collected_environment_is_refused()
    {
        var folder = machine.NewFolder();
        await File.WriteAllTextAsync($"{folder}/meta.json", "{}");
        var environment = new JobEnvironment("slot", $"{folder}/lease", $"{folder}/meta.json", "key", "digest");
        var job = await machine.StartAsync(JobMachine.Shell("leased", "sleep 1000") with { Environment = environment });
        Assert.False(LeaseFile.TakeExclusive(environment.Lease).IsOk);
        JobMachine.Ok(await machine.Book.CancelAsync("leased", CancellationToken.None));
        using (JobMachine.Ok(LeaseFile.TakeExclusive(environment.Lease)))
        {
            Assert.Equal("slot", JobMachine.Ok(await machine.Book.FindAsync(job.Id.ToString(), CancellationToken.None)).Record.Spec.Slot);
        }

        File.Delete($"{folder}/meta.json");
        var refused = await machine.Runner.StartAsync(JobMachine.Shell("gone", "true") with { Environment = environment }, CancellationToken.None);
        Assert.Equal(JobFailures.EnvironmentGone, refused.Failure.Code);
        Assert.Equal(JobFailures.NotFound, (await machine.Book.FindAsync("gone", CancellationToken.None)).Failure.Code);
    }

    [Fact]
    public async Task What_comes_first_can_wait_export_and_refuse()
    {
        var chosen = await machine.StartAsync(JobMachine.Shell("chosen", "echo $CHOSEN") with { Before = "event waiting '{\"for\":\"gpu\"}'\nCHOSEN='gpu 1'\nexport CHOSEN\n" });
        await machine.EndAsync(chosen);
        Assert.Equal("gpu 1\n", await machine.LogAsync(chosen));
        Assert.Contains("\"type\":\"waiting\"", await File.ReadAllTextAsync($"{machine.RunFolder(chosen)}/events.jsonl"), StringComparison.Ordinal);
        var refused = await machine.StartAsync(JobMachine.Shell("refused", "echo never") with { Before = "false" });
        Assert.Equal("failed to start: what it waited for could not be had", (await machine.EndAsync(refused)).Describe());
        var waiting = await machine.StartAsync(JobMachine.Shell("waiting", "echo never") with { Before = "until [ -e \"$sw_run/cancel\" ]; do pause 0.1; done" });
        Assert.Equal(JobState.Cancelled, JobMachine.Ok(await machine.Book.CancelAsync("waiting", CancellationToken.None)).State);
        Assert.Equal(string.Empty, await machine.LogAsync(waiting));
    }

    [Fact]
    public async Task Wait_ends_at_its_limit_and_the_job_goes_on()
    {
        var job = await machine.StartAsync(JobMachine.Shell("long", "sleep 1000"));
        var waited = JobMachine.Ok(await machine.Book.WaitAsync("long", TimeSpan.FromMilliseconds(200), CancellationToken.None));
        Assert.Equal((job.Id, JobState.Running), (waited.Id, waited.State));
        using var ending = new CancellationTokenSource();
        var waiting = machine.Book.WaitAsync("long", limit: null, ending.Token);
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(JobState.Running, JobMachine.Ok(await machine.Book.FindAsync("long", CancellationToken.None)).State);
    }

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText($"{process}/cmdline");
        }
        catch (IOException)
        {
            return string.Empty;
        }
    }

    // The processes that carry the id of a run.
    private static List<string> Carrying(JobInfo job) => [.. Directory.EnumerateDirectories("/proc")
        .Where(static path => char.IsAsciiDigit(Path.GetFileName(path)[0]))
        .Where(path => Variables(path).Contains($"SLIPWAY_RUN_ID={job.Id}", StringComparer.Ordinal))];

    private static ImmutableArray<string> Variables(string process)
    {
        try
        {
            return [.. File.ReadAllText($"{process}/environ").Split('\0')];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
