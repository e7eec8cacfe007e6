using Slipway.Machines.Ssh;
using Slipway.Machines.Ssh.Addresses;
using Slipway.TestKit;

namespace Slipway.Machines.Tests.Support;

/// <summary>Machines on a test's sshd.</summary>
internal static class SshHost
{
    /// <summary>How a test's server is reached.</summary>
    public static SshSettings Settings(SshServer server) => new("box", SshAddress.Parse(server.Address).Ok())
    {
        ConfigFile = server.ClientConfiguration,
        ControlDirectory = server.ControlFolder,
        Persist = TimeSpan.FromSeconds(60),
    };

    /// <summary>A machine on a test's server.</summary>
    public static SshMachine Machine(SshServer server) => new(Settings(server));
}

/// <summary>One server for all tests of a class.</summary>
public abstract class SshServerFixture(SshServerOptions options) : IAsyncLifetime
{
    /// <summary>The server.</summary>
    public SshServer Server { get; private set; } = null!;

    /// <summary>The machine.</summary>
    internal SshMachine Machine { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await SshServer.StartAsync(options);
        Machine = SshHost.Machine(Server);
    }

    public async Task DisposeAsync()
    {
        await Machine.CloseAsync(default);
        Machine.Dispose();
        await Server.DisposeAsync();
    }
}
