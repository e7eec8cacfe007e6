using Slipway.Core.Identity;
using Slipway.Store.Layout;
using Slipway.Store.Tests.Support;

namespace Slipway.Store.Tests.Layout;

/// <summary>The layout is a contract with other hosts and with stores that are already filled.</summary>
public sealed class StoreLayoutTests
{
    private static readonly StoreLayout Layout = new("/s");
    private static readonly SlotName Slot = SlotName.Parse("0123456789abcdef0123456789abcdef01234567-89abcdef").Ok();
    private static readonly Sha256Digest Digest = Sha256Digest.Of(string.Empty);

    [Fact]
    public void Layout_paths_are_as_documented()
    {
        const string Name = "0123456789abcdef0123456789abcdef01234567-89abcdef";
        const string Hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        Assert.Equal(
            [
                "/s/envs", "/s/build-locks", "/s/leases", "/s/state", "/s/roots", "/s/requests", "/s/subjects", "/s/launches",
                "/s/wheels", "/s/tools", "/s/cache", "/s/trash", "/s/logs",
                $"/s/envs/{Name}", $"/s/envs/{Name}/root", $"/s/envs/{Name}/meta.json", $"/s/envs/{Name}/inventory", $"/s/envs/{Name}/work",
                $"/s/build-locks/{Name}", $"/s/build-locks/request-{Hex}", $"/s/leases/{Name}", $"/s/state/{Name}.failure", $"/s/state/{Name}.json", $"/s/build-locks/{Name}.state", "/s/overrides.jsonl", "/s/build-locks/overrides",
                $"/s/requests/{Hex}.json", $"/s/subjects/{Hex}.json", $"/s/wheels/{Hex}", "/s/tools/pip/24.0",
            ],
            [
                Layout.Environments, Layout.BuildLocks, Layout.Leases, Layout.States, Layout.Roots, Layout.Requests, Layout.Subjects, Layout.Launches,
                Layout.Wheels, Layout.Tools, Layout.Cache, Layout.Trash, Layout.Logs,
                Layout.Slot(Slot), Layout.Root(Slot), Layout.Meta(Slot), Layout.Inventory(Slot), Layout.Work(Slot),
                Layout.BuildLock(Slot), Layout.RequestLock(Digest), Layout.LeaseFile(Slot), Layout.FailureRecord(Slot), Layout.State(Slot), Layout.StateLock(Slot), Layout.Overrides, Layout.OverridesLock,
                Layout.Request(Digest), Layout.Subject(Digest), Layout.WheelsOf(Digest), Layout.Tool("pip", "24.0"),
            ]);
    }
}
