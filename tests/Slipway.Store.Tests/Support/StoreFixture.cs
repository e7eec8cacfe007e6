using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;
using Slipway.Store.Collection;
using Slipway.Store.Layout;
using Slipway.Store.Slots;
using Slipway.TestKit;

namespace Slipway.Store.Tests.Support;

/// <summary>A store of one test on this machine, and a clock that begins at the real time, because file times are real.</summary>
internal sealed class StoreFixture : IDisposable
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly TempStore _temp = new();

    public StoreFixture()
    {
        Layout = StoreHome.Prepare(new StoreLayout(_temp.SlipwayHome), StatusOf(_temp.SlipwayHome).OwnerId).Ok();
        Store = new EnvironmentStore(Layout);
        Time = new ManualTimeProvider(TimeProvider.System.GetUtcNow());
        Collector = new GarbageCollector(Machine, Layout, Time);
    }

    public LocalMachine Machine { get; } = new();

    public StoreLayout Layout { get; }

    public EnvironmentStore Store { get; }

    public ManualTimeProvider Time { get; }

    public GarbageCollector Collector { get; }

    /// <summary>A folder outside of the store.</summary>
    public string Outside => _temp.Root;

    public void Dispose() => _temp.Dispose();

    public static FileStatus StatusOf(string path) => LocalPaths.StatusOf(path);

    /// <summary>A slot with a name of its own for each number.</summary>
    public static SlotName Slot(int number) =>
        SlotName.Of(Sha256Digest.Of($"key {number}"), new CanonicalFields("test/1", [new CanonicalField("interpreter", "none")]));

    public static SlotMeta Meta(SlotName slot, string title = "bytes") => new()
    {
        Slot = slot.ToString(),
        EnvironmentKey = Sha256Digest.Of("key").Hex,
        LockDigest = Sha256Digest.Of("lock").Hex,
        Title = title,
        Provisioner = "bytes/1",
        CreatedAt = new DateTimeOffset(2026, 11, 22, 2, 29, 0, TimeSpan.Zero),
        CreatedBy = "slipway/test",
        Inputs = [new SlotInput("platform", "any")],
        Executable = "bin/program",
        Activation = SlotActivation.From(EnvironmentChanges.None),
        Lock = "nothing",
    };

    /// <summary>Steps that put one file into the slot's tree.</summary>
    public ImmutableArray<Step> OneFile(SlotName slot, string content = "content") =>
        [new Step.WriteFile($"{Layout.Root(slot)}/file", Encoding.UTF8.GetBytes(content), OwnerFile)];

    public static Step Shell(string script, params ReadOnlySpan<string> arguments) =>
        new Step.Run("shell", new ProcessCommand("/bin/sh", ["-c", script, "sh", .. arguments]), StoreFailures.Damaged);

    public Task<Result<ProgramOutcome>> TryPublishAsync(
        SlotName slot, ImmutableArray<Step> fill, PublishMode mode = PublishMode.Reuse, TimeSpan? wait = null, SlotMeta? meta = null) =>
        Machine.ExecuteAsync(
            PublishProgram.Create(Layout, slot, meta ?? Meta(slot), fill, mode, wait ?? TimeSpan.FromSeconds(30), $"{slot}-{Guid.NewGuid():N}"),
            SilentObserver.Instance,
            CancellationToken.None);

    /// <summary>Publishes a tree with one file.</summary>
    public async Task<SlotName> PublishAsync(int number, string content = "content", SlotMeta? meta = null)
    {
        var slot = Slot(number);
        Assert.Equal(ProgramOutcome.Completed, (await TryPublishAsync(slot, OneFile(slot, content), meta: meta)).Ok());
        return slot;
    }

    /// <summary>Collects with the fixture's clock.</summary>
    public async Task<ImmutableArray<CollectionEntry>> CollectAsync(double olderThanDays = 30, bool dryRun = false) =>
        (await Collector.CollectAsync(new CollectionPolicy(TimeSpan.FromDays(olderThanDays), dryRun), CancellationToken.None)).Ok().Entries;

    public bool IsPublished(SlotName slot) => LocalFiles.Exists(Layout.Meta(slot));

    /// <summary>Gives something a modification time that lies back by the fixture's clock.</summary>
    public void Age(string path, TimeSpan by)
    {
        var modified = (Time.GetUtcNow() - by - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        LocalFiles.SetModificationTime(path, modified).Ok();
    }

    /// <summary>Every path of the store with kind, mode, size and time, to see that nothing was changed.</summary>
    public string Picture() => string.Join('\n', Directory
        .EnumerateFileSystemEntries(Layout.Home, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal)
        .Select(path => (path, status: StatusOf(path)))
        .Select(item => $"{item.path} {item.status.Kind} {item.status.Mode} {item.status.Size} {item.status.ModifiedUnixNanoseconds}"));
}
