using Slipway.Machines.Tests.Support;

namespace Slipway.Machines.Tests.Contract;

public sealed class LocalMachineContractTests : MachineContractTests, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    protected override IMachine Machine { get; } = new LocalMachine();

    protected override string Folder => _folder.Root;

    public void Dispose() => _folder.Dispose();
}
