using System.Globalization;
using Slipway.Machines.Processes;
using Slipway.Runs.Jobs;
using Slipway.Runs.Tests.Support;
using Slipway.Store.Layout;
using Slipway.TestKit;

namespace Slipway.Runs.Tests.Jobs;

/// <summary>A lost connection and a host without tools.</summary>
public sealed class JobConnectionTests(SshJobs machine) : IClassFixture<SshJobs>
{
    [Fact]
    public async Task Lost_connection_is_made_again_and_the_log_goes_on_where_it_was()
    {
        var folder = machine.NewFolder();
        var spec = JobMachine.Shell("steady", "echo one; until [ -e go ]; do sleep 0.05; done; echo two");
        await machine.StartAsync(spec with { Command = spec.Command with { WorkingDirectory = folder } });
        var sink = new CollectingSink();
        var following = machine.Logs.FollowAsync(new JobLogRequest("steady") { Follow = true }, sink, CancellationToken.None);
        var waiting = machine.Book.WaitAsync("steady", JobMachine.Patience, CancellationToken.None);
        await sink.SeenAsync("one\n");
        foreach (var process in await machine.Server.SessionsAsync())
        {
            await CommandRunner.RunAsync("kill", ["-KILL", process.ToString(CultureInfo.InvariantCulture)]);
        }

        await sink.SeenAsync("Trying again");
        await File.WriteAllTextAsync($"{folder}/go", string.Empty);
        JobMachine.Ok(await following);
        Assert.Equal("one\ntwo\n", sink.Text);
        Assert.Equal(JobState.Succeeded, JobMachine.Ok(await waiting).State);
    }
}

/// <summary>A host without flock.</summary>
public sealed class BareJobs : SshJobs
{
    private protected override SshServerOptions Options => new() { Missing = ["flock"] };
}

public sealed class BareJobTests(BareJobs machine) : IClassFixture<BareJobs>
{
    [Fact]
    public async Task Lease_without_flock_is_refused_and_named()
    {
        var environment = new JobEnvironment("slot", "/no/lease", "/no/meta.json", null, null);
        var refused = await machine.Runner.StartAsync(JobMachine.Shell("leased", "true") with { Environment = environment }, CancellationToken.None);
        Assert.Equal((JobFailures.NotStarted, "The job leased was not started on box: box has no flock."), (refused.Failure.Code, refused.Failure.Message));
        Assert.Equal(JobState.Succeeded, (await machine.EndAsync(await machine.StartAsync(JobMachine.Shell("free", "true")))).State);
    }
}

/// <summary>A disk that becomes full.</summary>
public sealed class FullDiskJobTests(LocalJobs machine) : IClassFixture<LocalJobs>
{
    [RequiresFact(Capability.Root)]
    public async Task Job_that_fills_the_disk_is_told_with_its_end_and_can_be_cancelled()
    {
        var small = machine.NewFolder();
        Assert.Equal(0, (await CommandRunner.RunAsync("mount", ["-t", "tmpfs", "-o", "size=256k", "none", small])).ExitCode);
        try
        {
            var host = machine.Host with { Layout = new StoreLayout(small) };
            var runner = new JobRunner(host, TimeProvider.System, "test");
            var book = new JobBook(host, TimeProvider.System);
            var full = JobMachine.Ok(await runner.StartAsync(In(small, "full", "head -c 2000000 /dev/zero >big; head -c 2000000 /dev/zero; exit 9"), CancellationToken.None));
            var ended = JobMachine.Ok(await book.WaitAsync(full.Id.ToString(), JobMachine.Patience, CancellationToken.None));
            Assert.Equal((JobState.Failed, 9), (ended.State, ended.Exit!.Code));

            // No room at all: nothing is started, and nothing is left.
            var refused = await runner.StartAsync(JobMachine.Shell("late", "true"), CancellationToken.None);
            Assert.Equal(JobFailures.NotStarted, refused.Failure.Code);
            Assert.Single(JobMachine.Ok(await book.ListAsync(CancellationToken.None)));

            File.Delete($"{small}/big");
            var stuck = JobMachine.Ok(await runner.StartAsync(In(small, "stuck", "head -c 2000000 /dev/zero; sleep 1000"), CancellationToken.None));
            var log = new FileInfo($"{small}/runs/{stuck.Id}/out.log");
            var written = await CommandRunner.RunAsync("sh", ["-c", "until [ \"$(df -k --output=avail \"$1\" | tail -1)\" -eq 0 ]; do sleep 0.1; done", "sh", small]);
            Assert.True(written.ExitCode == 0 && log.Exists, string.Create(CultureInfo.InvariantCulture, $"{written.ExitCode}"));
            Assert.Equal(JobState.Cancelled, JobMachine.Ok(await book.CancelAsync(stuck.Id.ToString(), CancellationToken.None)).State);
        }
        finally
        {
            await CommandRunner.RunAsync("umount", ["-l", small]);
        }
    }

    private static JobSpec In(string folder, string name, string script)
    {
        var spec = JobMachine.Shell(name, script);
        return spec with { Command = spec.Command with { WorkingDirectory = folder } };
    }
}

/// <summary>The lines of the guide start a job.</summary>
public sealed class JobGuideTests(LocalJobs machine) : IClassFixture<LocalJobs>
{
    [Fact]
    public async Task Dozen_lines_of_the_guide_start_a_job_and_follow_it()
    {
        var (host, time, cancellationToken, sink) = (machine.Host, TimeProvider.System, CancellationToken.None, new CollectingSink());
        var guide = await File.ReadAllTextAsync(Path.Combine(Root(), "docs", "guides", "jobs.md"), cancellationToken);
        var source = await File.ReadAllTextAsync(Path.Combine(Root(), "tests", "Slipway.Runs.Tests", "Jobs", "HardTimesTests.cs"), cancellationToken);
        var shown = source[(source.IndexOf("// guide\n", StringComparison.Ordinal) + 9)..source.IndexOf("        // end\n", StringComparison.Ordinal)];
        Assert.Contains(string.Concat(shown.Split('\n').Select(static line => line.Length > 8 ? $"{line[8..]}\n" : string.Empty)), guide, StringComparison.Ordinal);

        // guide
        var command = ProcessCommand.Create("sh", "-c", "echo step 1; echo step 2") with { WorkingDirectory = "/" };
        var spec = new JobSpec(JobName.Parse("train").Value, command) { MaxDuration = TimeSpan.FromHours(2) };
        var started = await new JobRunner(host, time, "1.0").StartAsync(spec, cancellationToken);
        if (!started.TryGet(out var job, out var failure))
        {
            throw new InvalidOperationException(failure.ToString());
        }

        await new JobLogs(host, time).FollowAsync(new JobLogRequest(job.Id.ToString()) { Follow = true }, sink, cancellationToken);
        var ended = await new JobBook(host, time).FindAsync(job.Id.ToString(), cancellationToken);
        Console.WriteLine(ended.Value.Describe());
        // end
        Assert.Equal("step 1\nstep 2\n", sink.Text);
        Assert.Equal(JobState.Succeeded, ended.Value.State);
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Slipway.slnx")))
        {
            folder = Path.GetDirectoryName(folder.TrimEnd('/')) ?? throw new InvalidOperationException("No root.");
        }

        return folder;
    }
}
