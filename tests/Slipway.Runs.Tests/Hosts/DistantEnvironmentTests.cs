using System.Collections.Immutable;
using Slipway.Core.Requirements;
using Slipway.Environments;
using Slipway.Environments.Requests;
using Slipway.Environments.Subjects;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;
using Slipway.Runs.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Runs.Tests.Hosts;

/// <summary>The one pipeline, on a host that answers SSH and whose files are its own.</summary>
public sealed class DistantEnvironmentTests(DistantWorkshop shop) : IClassFixture<DistantWorkshop>
{
    private const int Limit = 180_000;

    [RequiresFact(Capability.Python, Capability.Sshd, Capability.Mount, Timeout = Limit)]
    public async Task Environment_is_built_there_once_and_is_what_a_local_build_would_be()
    {
        await using var index = await LocalIndex.StartAsync();
        index.Add(new WheelBuilder("tool", "1.0").Module("tool.py", "V = '1.0'\n").ConsoleScript("tool-say", "tool:main"));
        var request = new EnvironmentRequest
        {
            Requirements = [new RequestedPackage(Requirement.Parse("tool").Value, [])],
            Sources = PackageSources.Create([new PackageIndex(index.SimpleUrl.AbsoluteUri)], []).Value,
        };
        var ensured = await shop.Dependencies.EnsureAsync(request, new Subject("train.py"), new EnsureOptions(), NoProgress.Instance, CancellationToken.None);
        Assert.True(ensured.IsOk, ensured.ToString());
        var ready = ensured.Value;
        Assert.True(ready.Built);
        Assert.StartsWith($"{shop.Server.Home}/.local/share/slipway/envs/", ready.Root, StringComparison.Ordinal);
        Assert.False(Directory.Exists(ready.Root), "the host's files must not be seen from here");

        var again = await shop.Dependencies.EnsureAsync(request, new Subject("train.py"), new EnsureOptions(), NoProgress.Instance, CancellationToken.None);
        Assert.Equal((false, ready.Slot), (again.Value.Built, again.Value.Slot));

        var guards = new MachineProgram("run", [new Step.Lease(shop.Host.Layout.LeaseFile(ready.Slot)), new Step.RequireExists(shop.Host.Layout.Meta(ready.Slot))]);
        var ran = await shop.Machine.RunGuardedAsync(guards, ProcessCommand.Create(ready.Python, "-c", "import tool, sys; print(tool.V, sys.prefix)") with { Environment = ready.Activation }, null, CancellationToken.None);
        Assert.Equal($"1.0 {ready.Root}\n", ran.Value.Process!.OutputText);
    }
}
