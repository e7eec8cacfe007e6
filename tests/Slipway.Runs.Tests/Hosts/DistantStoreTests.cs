using Slipway.Core.Requirements;
using Slipway.Environments;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Provisioners;
using Slipway.Environments.Requests;
using Slipway.Environments.Subjects;
using Slipway.Machines;
using Slipway.Runs.Tests.Support;
using Slipway.Store.Slots;
using Slipway.Store.Verification;
using Slipway.TestKit;

namespace Slipway.Runs.Tests.Hosts;

/// <summary>What was built from afar is what a Slipway on the host itself would have built.</summary>
public sealed class DistantStoreTests(OpenWorkshop shop) : IClassFixture<OpenWorkshop>
{
    [RequiresFact(Capability.Python, Capability.Sshd, Timeout = 180_000)]
    public async Task Slipway_on_the_host_sees_the_same_store_finds_it_intact_and_builds_nothing()
    {
        await using var index = await LocalIndex.StartAsync();
        index.Add(new WheelBuilder("tool", "1.0").Module("tool.py", "V = '1.0'\n").ConsoleScript("tool-say", "tool:main"));
        var request = new EnvironmentRequest
        {
            Requirements = [new RequestedPackage(Requirement.Parse("tool").Value, [])],
            Sources = PackageSources.Create([new PackageIndex(index.SimpleUrl.AbsoluteUri)], []).Value,
        };
        var subject = new Subject("train.py");
        var there = (await shop.Dependencies.EnsureAsync(request, subject, new EnsureOptions(), NoProgress.Instance, CancellationToken.None)).Value;
        Assert.True(there.Built);

        // The same files by system calls: the inventory that a shell wrote must be the one that we would write.
        var stored = new EnvironmentStore(shop.Host.Layout).Read(there.Slot).Value;
        Assert.True(stored.Files > 0);
        Assert.Empty(new SlotVerifier(shop.Host.Layout).Verify(there.Slot, CancellationToken.None).Value.Differences);

        var local = shop.Host with { Machine = new LocalMachine(), Listing = Slipway.Machines.Files.FolderListing.Local };
        var service = new DependencyService(local, ProvisionerCatalogue.Default, new InterpreterFinder(local, InterpreterSearch.Of(local)), TimeProvider.System);
        var here = (await service.EnsureAsync(request, subject, new EnsureOptions(), NoProgress.Instance, CancellationToken.None)).Value;
        Assert.Equal((false, there.Slot, there.Python), (here.Built, here.Slot, here.Python));
        var forced = (await service.EnsureAsync(request, subject, new EnsureOptions(Refresh: true), NoProgress.Instance, CancellationToken.None)).Value;
        Assert.Equal((false, there.Slot), (forced.Built, forced.Slot));
    }
}
