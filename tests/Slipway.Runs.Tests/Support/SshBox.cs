using Slipway.Environments;
using Slipway.Machines.Ssh;
using Slipway.Machines.Ssh.Addresses;
using Slipway.Store.Layout;
using Slipway.TestKit;

namespace Slipway.Runs.Tests.Support;

/// <summary>A host of a test: a real sshd, and the machine that it is.</summary>
public sealed class SshBox : IAsyncDisposable
{
    private SshBox(SshServer server)
    {
        Server = server;
        Machine = new SshMachine(new SshSettings("box", SshAddress.Parse(server.Address).Value) { ConfigFile = server.ClientConfiguration, ControlDirectory = server.ControlFolder, Persist = TimeSpan.FromSeconds(60) });
    }

    public SshServer Server { get; }

    public SshMachine Machine { get; }

    public string Home => Server.Home;

    public static async Task<SshBox> StartAsync(SshServerOptions? options = null) => new(await SshServer.StartAsync(options));

    /// <summary>The store there.</summary>
    public async Task<BuildHost> StoreAsync(string? home = null)
    {
        var facts = (await Machine.GetFactsAsync(default)).Value;
        var layout = (await DistantHome.PrepareAsync(Machine, new StoreLayout(home ?? $"{Home}/store"), facts.UserId, default)).Value;
        return new BuildHost(Machine, layout, facts);
    }

    public async ValueTask DisposeAsync()
    {
        await Machine.CloseAsync(default);
        Machine.Dispose();
        await Server.DisposeAsync();
    }
}
