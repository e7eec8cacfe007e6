using Slipway.Machines.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Machines.Tests.Contract;

/// <summary>A host whose login shell is the user's.</summary>
public sealed class SshMachineContractTests(SshMachineContractTests.Host host) : MachineContractTests, IClassFixture<SshMachineContractTests.Host>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    protected override IMachine Machine => host.Machine;

    protected override string Folder => _folder.Root;

    public void Dispose() => _folder.Dispose();

    public sealed class Host() : SshServerFixture(new SshServerOptions());
}

/// <summary>A host whose shell is dash, and whose start file talks.</summary>
public sealed class SshMachineUnderDashContractTests(SshMachineUnderDashContractTests.Host host)
    : MachineContractTests, IClassFixture<SshMachineUnderDashContractTests.Host>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    protected override IMachine Machine => host.Machine;

    protected override string Folder => _folder.Root;

    public void Dispose() => _folder.Dispose();

    public sealed class Host() : SshServerFixture(new SshServerOptions { LoginShell = "/bin/dash", Configuration = ["Banner /etc/passwd"] });
}

/// <summary>A host with nothing but busybox.</summary>
public sealed class SshMachineUnderBusyboxContractTests(SshMachineUnderBusyboxContractTests.Host host)
    : MachineContractTests, IClassFixture<SshMachineUnderBusyboxContractTests.Host>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    protected override IMachine Machine => host.Machine;

    protected override string Folder => _folder.Root;

    public void Dispose() => _folder.Dispose();

    public sealed class Host() : SshServerFixture(new SshServerOptions { OnlyBusybox = true });
}
