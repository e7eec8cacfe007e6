using System.Text;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Machines;
using Slipway.Machines.HandOff;
using Slipway.Machines.Processes;
using Slipway.Machines.Ssh;
using Slipway.Machines.Ssh.Addresses;
using Slipway.Runs.Jobs;
using Slipway.Store.Layout;
using Slipway.TestKit;

namespace Slipway.Runs.Tests.Support;

/// <summary>A machine with a store for a class's tests of jobs: this one, or one behind a real sshd.</summary>
public abstract class JobMachine : IAsyncLifetime
{
    private TempFolder Folder { get; } = new();

    /// <summary>The longest that a test waits for anything.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    internal BuildHost Host { get; private set; } = null!;

    internal JobRunner Runner => new(Host, TimeProvider.System, "test");

    internal JobBook Book => new(Host, TimeProvider.System);

    internal JobLogs Logs => new(Host, TimeProvider.System);

    /// <summary>A directory of the test's own there.</summary>
    public string NewFolder() => Folder.CreateFolder($"w{Guid.NewGuid():N}");

    /// <summary>The directory of a run.</summary>
    internal string RunFolder(JobInfo job) => $"{Host.Layout.Runs}/{job.Id}";

    internal static JobSpec Shell(string name, string script, params ReadOnlySpan<string> arguments) =>
        new(JobName.Parse(name).Value, ProcessCommand.Create("sh", ["-c", script, "sh", .. arguments]));

    internal async Task<JobInfo> StartAsync(JobSpec spec) => Ok(await Runner.StartAsync(spec, CancellationToken.None));

    internal async Task<JobInfo> EndAsync(JobInfo job) => Ok(await Book.WaitAsync(job.Id.ToString(), Patience, CancellationToken.None));

    internal async Task<string> LogAsync(JobInfo job, bool errors = false) => await LogAsync(new JobLogRequest(job.Id.ToString()) { Errors = errors });

    internal async Task<string> LogAsync(JobLogRequest request)
    {
        var sink = new CollectingSink();
        Ok(await Logs.FollowAsync(request, sink, CancellationToken.None));
        return sink.Text;
    }

    internal static T Ok<T>(Result<T> result)
        where T : notnull
    {
        Assert.True(result.IsOk, result.ToString());
        return result.Value;
    }

    public async Task InitializeAsync()
    {
        var machine = await OpenAsync();
        var facts = Ok(await machine.GetFactsAsync(CancellationToken.None));
        Host = new BuildHost(machine, Ok(StoreHome.Prepare(new StoreLayout(Folder.CreateFolder("store")), facts.UserId)), facts);
    }

    public async Task DisposeAsync()
    {
        foreach (var job in Ok(await Book.ListAsync(CancellationToken.None)).Where(static job => !job.IsOver))
        {
            await Book.CancelAsync(job.Id.ToString(), CancellationToken.None);
        }

        await CloseAsync();
        Folder.Dispose();
    }

    private protected abstract Task<IMachine> OpenAsync();

    private protected virtual Task CloseAsync() => Task.CompletedTask;
}

/// <summary>This machine; the names of variables that scripts often use are the user's own here.</summary>
public sealed class LocalJobs : JobMachine
{
    private protected override Task<IMachine> OpenAsync()
    {
        var variables = StartupEnvironment.Read().ToBlock();
        foreach (var name in (string[])["x", "i", "d", "line", "state", "pid"])
        {
            variables.Set(Encoding.UTF8.GetBytes(name), "mine"u8.ToArray());
        }

        return Task.FromResult<IMachine>(new LocalMachine(environment: new StartupEnvironment(variables.ToArray())));
    }
}

/// <summary>A machine behind sshd.</summary>
public class SshJobs : JobMachine
{
    public SshServer Server { get; private set; } = null!;

    internal SshMachine Machine { get; private set; } = null!;

    private protected virtual SshServerOptions Options => new() { LoginShell = "/bin/dash" };

    private protected override async Task<IMachine> OpenAsync()
    {
        Server = await SshServer.StartAsync(Options);
        Machine = new SshMachine(new SshSettings("box", SshAddress.Parse(Server.Address).Value)
        {
            ConfigFile = Server.ClientConfiguration,
            ControlDirectory = Server.ControlFolder,
            Persist = TimeSpan.FromSeconds(60),
        });
        return Machine;
    }

    private protected override async Task CloseAsync()
    {
        await Machine.CloseAsync(CancellationToken.None);
        Machine.Dispose();
        await Server.DisposeAsync();
    }
}

/// <summary>A machine behind sshd that has nothing but busybox.</summary>
public sealed class BusyboxJobs : SshJobs
{
    private protected override SshServerOptions Options => new() { OnlyBusybox = true };
}

/// <summary>Keeps what it is told, and lets a test wait for it.</summary>
internal sealed class CollectingSink : IJobLogSink
{
    private readonly Lock _lock = new();
    private readonly StringBuilder _text = new();
    private readonly List<(string Text, TaskCompletionSource Seen)> _awaited = [];

    public List<string> Pieces { get; } = [];

    public List<string> Notices { get; } = [];

    public string Text
    {
        get
        {
            lock (_lock)
            {
                return _text.ToString();
            }
        }
    }

    public void Write(ReadOnlySpan<byte> text)
    {
        lock (_lock)
        {
            Pieces.Add(Encoding.UTF8.GetString(text));
            _text.Append(Pieces[^1]);
            Tell(_text.ToString());
        }
    }

    public void Notice(string text)
    {
        lock (_lock)
        {
            Notices.Add(text);
            Tell(text);
        }
    }

    public Task SeenAsync(string text)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _awaited.Add((text, seen));
            Tell(_text.ToString());
            Tell(string.Join('\n', Notices));
        }

        return seen.Task.WaitAsync(JobMachine.Patience);
    }

    private void Tell(string text)
    {
        foreach (var (awaited, seen) in _awaited.Where(pair => text.Contains(pair.Text, StringComparison.Ordinal)))
        {
            seen.TrySetResult();
        }
    }
}
