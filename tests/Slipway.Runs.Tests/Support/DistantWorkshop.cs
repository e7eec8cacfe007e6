using Slipway.Environments;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Provisioners;
using Slipway.Machines.HandOff;
using Slipway.Machines.Ssh;
using Slipway.Machines.Ssh.Addresses;
using Slipway.Runs.Hosts;
using Slipway.TestKit;

namespace Slipway.Runs.Tests.Support;

/// <summary>A host of its own, known by a name, whose files nobody else sees.</summary>
public class DistantWorkshop : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();

    public const string Name = "gpu1";

    protected virtual bool HasOwnHome => true;

    public SshServer Server { get; private set; } = null!;

    public SshMachine Machine { get; private set; } = null!;

    public BuildHost Host { get; private set; } = null!;

    public HostDirectory Hosts { get; private set; } = null!;

    public DependencyService Dependencies { get; private set; } = null!;

    /// <summary>How many sessions were started there up to now.</summary>
    public int Sessions => Server.Log.Split("Starting session: ").Length - 1;

    public async Task InitializeAsync()
    {
        Server = await SshServer.StartAsync(new SshServerOptions
        {
            HasOwnHome = HasOwnHome,
            Configuration = ["LogLevel VERBOSE"],
            LoginShell = "/bin/dash",
            Variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = $"{Path.GetDirectoryName(Pythons.Default.FullPath)}:/usr/local/bin:/usr/bin:/bin" },
        });
        var book = new HostBook(_folder.Combine("hosts.toml"));
        Assert.True(book.Add(new HostEntry(HostName.Parse(Name).Value, SshAddress.Parse(Server.Address).Value) { SshConfig = Server.ClientConfiguration }, replace: false).IsOk);
        Hosts = new HostDirectory(book, Environment.GetEnvironmentVariable, StartupEnvironment.Read(), TimeProvider.System);
        Machine = Hosts.Connect(Name).Value;
        Host = (await Hosts.OpenAsync(Machine, Name, CancellationToken.None)).Value;
        Dependencies = new DependencyService(Host, ProvisionerCatalogue.Default, new InterpreterFinder(Host, InterpreterSearch.Of(Host)), TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        await Machine.CloseAsync(CancellationToken.None);
        Machine.Dispose();
        await Server.DisposeAsync();
    }

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>A host whose home directory can be looked at from here, as a Slipway that runs on it would.</summary>
public sealed class OpenWorkshop : DistantWorkshop
{
    protected override bool HasOwnHome => false;
}
