using System.Collections.Immutable;
using System.Text;
using Slipway.Cloud.Cost;
using Slipway.Cloud.Launching;
using Slipway.Cloud.Money;
using Slipway.Cloud.SkyPilot;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Environments;
using Slipway.Machines;
using Slipway.Machines.Processes;
using Slipway.SkyPilotApi;
using Slipway.Store;
using Slipway.Store.Layout;
using Slipway.TestKit;

namespace Slipway.Cloud.Tests.Launching;

/// <summary>A desk of a test with a strict server beside it. A second desk on the same files is what the next process would be.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private readonly TempFolder _folder = new();

    private Bench(SkyPilotServer server) => Server = server;

    public SkyPilotServer Server { get; private set; }

    public static async Task<Bench> StartAsync()
    {
        var bench = new Bench(null!);
        bench.Server = await SkyPilotServer.StartAsync(new SkyPilotServerOptions { Folder = bench._folder.Combine("server"), KillAfter = TimeSpan.FromSeconds(2) });
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

    public CloudDesk Desk(Action<LaunchStep>? step = null) => new(new CloudDeskSettings(_folder.Combine("home"), Money, new PolicyFile(_folder.Combine("config", "policy.toml")), new Works())
    {
        Server = new SkyEndpointChoice(Server.BaseUrl.ToString(), null),
        Sky = new SkyOptions
        {
            FirstWait = TimeSpan.FromMilliseconds(1), FirstPoll = TimeSpan.FromMilliseconds(5), LongestPoll = TimeSpan.FromMilliseconds(20), LaunchSilence = TimeSpan.FromMilliseconds(100),
        },
        Variable = static name => name is "HUB_TOKEN" ? "s3cret-value" : null,
        Here = HereAsync,
        Step = step ?? (static _ => { }),
    });

    public static RentalRequest Request(string script = "echo hello; mkdir -p \"$out\"; cp params.json \"$out/\"", string backend = "skypilot") =>
        new(new Work(script), backend) { Gpu = backend is "skypilot" ? "L40S" : null, MaxRuntime = TimeSpan.FromMinutes(30) };

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<Result<BuildHost>> HereAsync(CancellationToken cancellationToken)
    {
        var machine = new LocalMachine();
        var facts = (await machine.GetFactsAsync(cancellationToken)).Value;
        return StoreHome.Prepare(new StoreLayout(_folder.Combine("home")), facts.UserId).Map(layout => new BuildHost(machine, layout, facts));
    }

    /// <summary>Work whose only parameter is its script.</summary>
    internal sealed record Work(string Script) : IWork
    {
        public string Name => "script";

        public Sha256Digest ParametersDigest => Sha256Digest.Of(Script);

        public ReadOnlyMemory<byte> Saved => Encoding.UTF8.GetBytes(Script);

        public VramRequest? Sizing => null;

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
