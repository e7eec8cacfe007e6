using Slipway.Core.Identity;
using Slipway.Environments.Tests.Support;
using Slipway.Environments.Tools;
using Slipway.Machines.HandOff;
using Slipway.Machines.Ssh;
using Slipway.Machines.Ssh.Addresses;
using Slipway.Store.Layout;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Tools;

/// <summary>A tool that is here comes to a host over SSH, checked there before it runs, and its way leaves nothing behind.</summary>
public sealed class ToolCarrierTests : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [RequiresFact(Capability.Sshd, Capability.Python)]
    public async Task Tool_is_copied_checked_and_installed_on_the_host()
    {
        await using var server = await SshServer.StartAsync();
        using var machine = new SshMachine(
            new SshSettings("box", SshAddress.Parse(server.Address).Value) { ConfigFile = server.ClientConfiguration, ControlDirectory = server.ControlFolder }, environment: StartupEnvironment.Read());
        var there = new BuildHost(machine, new StoreLayout($"{server.Home}/it's a store"), (await machine.GetFactsAsync(_world.Token)).Value);
        var own = StandIn.Write(_world.Layout.Tool("uv", ToolCatalogue.Uv.Version), "uv", StandIn.UvProgram(ToolCatalogue.Uv.Version));
        Assert.True(new ToolInstaller(_world.Host).Serves(there, ToolCatalogue.Uv));
        Assert.False(new ToolInstaller(_world.Host).Serves(there with { Facts = there.Facts with { Architecture = "aarch64" } }, ToolCatalogue.Uv));

        var carrier = new ToolCarrier(there);
        var carried = (await carrier.CarryAsync(own, sha256: null, _world.Token)).Value;
        Assert.Equal(Sha256Digest.Of(await File.ReadAllBytesAsync(own)).Hex, carried.Sha256);
        var wrong = await new ToolInstaller(there).InstallAsync(ToolCatalogue.Uv, carried with { Sha256 = new string('0', 64) }, NoProgress.Instance, _world.Token);
        Assert.Equal(EnvironmentFailures.ToolMismatch, wrong.Failure.Code);
        Assert.False(Directory.Exists(there.Layout.Tool("uv", ToolCatalogue.Uv.Version)));

        var installed = await new ToolInstaller(there).InstallAsync(ToolCatalogue.Uv, carried, NoProgress.Instance, _world.Token);
        await carrier.DropAsync(carried);
        Assert.True(installed.IsOk, installed.ToString());
        Assert.Equal(($"{there.Layout.Tools}/uv/{ToolCatalogue.Uv.Version}/uv", true), (installed.Value.Tool.Path, installed.Value.IsNew));
        Assert.Equal(await File.ReadAllBytesAsync(own), await File.ReadAllBytesAsync(installed.Value.Tool.Path));
        Assert.Equal(installed.Value.Tool, await new ToolInstaller(there).InstalledAsync(ToolCatalogue.Uv, _world.Token));
        Assert.Empty(Directory.GetFileSystemEntries(there.Layout.Cache));
        await machine.CloseAsync(_world.Token);
    }
}
