using System.Collections.Immutable;
using System.Text;
using Slipway.Cloud.Backends;
using Slipway.Cloud.Cost;
using Slipway.Cloud.Launching;
using Slipway.Cloud.Money;
using Slipway.Cloud.SkyPilot;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Environments;
using Slipway.Machines;
using Slipway.Machines.HandOff;
using Slipway.Machines.Processes;
using Slipway.Machines.Ssh.Addresses;
using Slipway.Runs.Hosts;
using Slipway.Runs.Jobs;
using Slipway.SkyPilotApi;
using Slipway.Store;
using Slipway.Store.Layout;
using Slipway.TestKit;

namespace Slipway.Cloud.Tests.Launching;

/// <summary>A desk of a test with a strict server beside it. A second desk on the same files is what the next process would be.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private SshServer? _ssh;

    private Bench(SkyPilotServer server) => Server = server;

    public SkyPilotServer Server { get; private set; }

    /// <summary>The clock of the desks and of the server.</summary>
    public ShiftedTime Time { get; } = new();

    /// <summary>What requests go through.</summary>
    public HttpMessageHandler? Handler { get; set; }

    public static async Task<Bench> StartAsync(bool withSsh = false)
    {
        var bench = new Bench(null!);
        bench._ssh = withSsh ? await SshServer.StartAsync() : null;
        bench.Server = await SkyPilotServer.StartAsync(new SkyPilotServerOptions { Folder = bench._folder.Combine("server"), KillAfter = TimeSpan.FromSeconds(2), Clock = bench.Time });
        Directory.CreateDirectory(bench._folder.Combine("config"));
        await File.WriteAllTextAsync(bench._folder.Combine("config", "policy.toml"), """
            per_run_max_usd = "10.00"
            daily_max_usd = "50.00"
            monthly_max_usd = "100.00"
            max_concurrent_runs = 5
            approve_above_usd = "9.00"
            allow_unpriced = true
            """);
        File.SetUnixFileMode(bench._folder.Combine("config", "policy.toml"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return bench;
    }

    public MoneyFolder Money => new(_folder.Combine("money"));

    public string Combine(string name) => _folder.Combine(name);

    public PolicyFile Policy => new(_folder.Combine("config", "policy.toml"));

    /// <summary>What desks mended on the way of their verbs.</summary>
    public List<Repair> Told { get; } = [];

    /// <summary>A desk.</summary>
    /// <param name="step">Told of steps of launches.</param>
    /// <param name="home">Its home; another one is another user of the server.</param>
    /// <param name="money">Its money; another one knows nothing of what was launched.</param>
    public CloudDesk Desk(Action<LaunchStep>? step = null, string home = "home", MoneyFolder? money = null) => new(new CloudDeskSettings(_folder.Combine(home), money ?? Money, Policy, new Works())
    {
        Server = new SkyEndpointChoice(Server.BaseUrl.ToString(), null),
        Sky = new SkyOptions
        {
            Time = Time, Handler = Handler, FirstWait = TimeSpan.FromMilliseconds(1), FirstPoll = TimeSpan.FromMilliseconds(5), LongestPoll = TimeSpan.FromMilliseconds(20), LaunchSilence = TimeSpan.FromMilliseconds(100),
        },
        Variable = static name => name is "HUB_TOKEN" ? "s3cret-value" : null,
        Here = HereAsync,
        Hosts = Hosts,
        Step = step ?? (static _ => { }),
        Told = Told.Add,
    });

    public static RentalRequest Request(string script = "echo hello; mkdir -p \"$out\"; cp params.json \"$out/\"", string backend = "skypilot") =>
        new(new Work(script), backend) { Gpu = backend is "skypilot" ? "L40S" : null, Host = backend is "ssh" ? "box" : null, MaxRuntime = TimeSpan.FromMinutes(30) };

    /// <summary>Plans, says yes where a person has to, and launches.</summary>
    public async Task<LaunchResult> LaunchAsync(CloudDesk desk, RentalRequest request)
    {
        var plan = (await desk.PlanAsync(request, CancellationToken.None)).Value;
        if (plan.NeedsApproval)
        {
            var approval = new Approval(plan.Status.Plan.Id, plan.Status.Plan.Digest.Hex, "ada", ApprovalChannel.Terminal, plan.Status.Plan.CeilingText);
            Assert.True((await new ApprovalDesk(Money, desk.Plans, Time, null).ApproveAsync(approval, CancellationToken.None)).IsOk);
        }

        return (await desk.LaunchAsync(plan.Status.Plan.Id, CancellationToken.None)).Value;
    }

    /// <summary>Looks at a run until it has ended, and notes all states that it was seen in.</summary>
    public static async Task<(RunView View, List<BackendState> Seen)> EndOfAsync(CloudDesk desk, RunId run)
    {
        var seen = new List<BackendState>();
        while (true)
        {
            // A wait is over at any change of the state.
            var view = (await desk.StatusAsync(run, TimeSpan.FromSeconds(20), 5, CancellationToken.None)).Value;
            seen.Add(view.State);
            if (view.State.HasEnded())
            {
                return (view, seen);
            }
        }
    }

    /// <summary>A named pipe: a script that writes to it tells a test without anybody looking again and again.</summary>
    public async Task<string> PipeAsync(string name)
    {
        Assert.Equal(0, (await CommandRunner.RunAsync("mkfifo", [_folder.Combine(name)])).ExitCode);
        return _folder.Combine(name);
    }

    /// <summary>What was written to a pipe, whole.</summary>
    public static Task<string> HeardAsync(string pipe) => Task.Run(() => File.ReadAllText(pipe)).WaitAsync(TimeSpan.FromSeconds(30));

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        if (_ssh is not null)
        {
            await _ssh.DisposeAsync();
        }

        _folder.Dispose();
    }

    private async Task<Result<BuildHost>> HereAsync(CancellationToken cancellationToken)
    {
        var machine = new LocalMachine();
        var facts = (await machine.GetFactsAsync(cancellationToken)).Value;
        return StoreHome.Prepare(new StoreLayout(_folder.Combine("home")), facts.UserId).Map(layout => new BuildHost(machine, layout, facts));
    }

    private Result<HostDirectory> Hosts()
    {
        var book = new HostBook(_folder.Combine("hosts.toml"));
        if (_ssh is not null)
        {
            Assert.True(book.Add(new HostEntry(HostName.Parse("box").Value, SshAddress.Parse(_ssh.Address).Value) { SshConfig = _ssh.ClientConfiguration }, replace: true).IsOk);
        }

        return new HostDirectory(book, Environment.GetEnvironmentVariable, StartupEnvironment.Read(), TimeProvider.System);
    }

    /// <summary>The system's clock, and something on top of it. Waits take as long as ever.</summary>
    internal sealed class ShiftedTime : TimeProvider
    {
        private long _shift;

        public void Advance(TimeSpan time) => Interlocked.Add(ref _shift, time.Ticks);

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _shift));
    }

    /// <summary>Work whose only parameter is its script.</summary>
    internal sealed record Work(string Script) : IWork
    {
        public string Name => "script";

        public Sha256Digest ParametersDigest => Sha256Digest.Of(Script);

        public ReadOnlyMemory<byte> Saved => Encoding.UTF8.GetBytes(Script);

        public VramRequest? Sizing { get; init; }

        public ImmutableArray<string> SecretNames => ["HUB_TOKEN"];

        public string Preview => Script;

        public async Task<Result<string>> BuildAsync(string folder, PackageOptions options, CancellationToken cancellationToken)
        {
            Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(Path.Combine(folder, "params.json"), "{}\n", cancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder, "run.sh"), $"out=${{SLIPWAY_RESULTS:-$(ls -d ~/sky_logs/*/ | tail -n 1)slipway}}\n{Script}\n", cancellationToken);
            return folder;
        }
    }

    private sealed class Works : IWorkSource
    {
        public Result<IWork> Restore(string name, ReadOnlyMemory<byte> saved) => new Work(Encoding.UTF8.GetString(saved.Span));
    }
}
