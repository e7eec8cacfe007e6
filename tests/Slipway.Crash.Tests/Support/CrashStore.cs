using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Crash.Driver;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Machines.Programs;
using Slipway.Store.Collection;
using Slipway.Store.Layout;
using Slipway.Store.Slots;
using Slipway.Store.Verification;
using Slipway.TestKit;

namespace Slipway.Crash.Tests.Support;

/// <summary>A store that drivers in other processes work on, and the same operations in this process to judge them.</summary>
internal sealed class CrashStore : IDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Slipway.Crash.Driver.dll");
    private readonly TempFolder _folder = new();

    public CrashStore()
    {
        Directory.CreateDirectory(_folder.Combine("store"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Layout = new StoreLayout(_folder.Combine("store"));
    }

    public StoreLayout Layout { get; }

    public LocalMachine Machine { get; } = new();

    public static string Dotnet { get; } =
        Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet";

    public void Dispose() => _folder.Dispose();

    /// <summary>A path outside of the store.</summary>
    public string Outside(string name) => _folder.Combine(name);

    /// <summary>The driver's arguments for <c>dotnet</c>.</summary>
    public static IReadOnlyList<string> Arguments(string verb, string store, int slot, params ReadOnlySpan<string> named) =>
        [Program, verb, store, slot.ToString(), .. named];

    public RunningCommand Start(string verb, int slot, params ReadOnlySpan<string> named) =>
        CommandRunner.Start(Dotnet, Arguments(verb, Layout.Home, slot, named));

    public async Task<CommandResult> RunAsync(string verb, int slot, params string[] named)
    {
        await using var command = Start(verb, slot, named);
        return await command.WaitAsync();
    }

    public ImmutableArray<Step> Fill(SlotName slot, int seed) => Payload.Fill(Layout, slot, seed);

    public Task<Result<ProgramOutcome>> PublishAsync(SlotName slot, int seed, PublishMode mode = PublishMode.Reuse) =>
        Machine.ExecuteAsync(Payload.Publish(Layout, slot, Fill(slot, seed), mode, TimeProvider.System), SilentObserver.Instance, default);

    /// <summary>Whether the slot is published; if so, it must be whole.</summary>
    public bool IsPublishedWhole(SlotName slot)
    {
        if (!LocalFiles.Exists(Layout.Meta(slot)))
        {
            Assert.DoesNotContain(slot, new EnvironmentStore(Layout).List().Select(static environment => environment.Slot));
            return false;
        }

        var report = new SlotVerifier(Layout).Verify(slot, default);
        Assert.True(report.IsOk, report.ToString());
        Assert.True(report.Value.IsIntact, string.Join('\n', report.Value.Differences));
        return true;
    }

    /// <summary>Collects as if two hours had passed, so that leftovers are old enough.</summary>
    public async Task<ImmutableArray<CollectionEntry>> CollectLaterAsync(double days = 1.0 / 12)
    {
        var time = new ManualTimeProvider(TimeProvider.System.GetUtcNow().AddDays(days));
        var collected = await new GarbageCollector(Machine, Layout, time).CollectAsync(new CollectionPolicy(TimeSpan.FromDays(1), DryRun: false), default);
        Assert.True(collected.IsOk, collected.ToString());
        return collected.Value.Entries;
    }

    /// <summary>All files of the store that belong to no published tree and are not the locks, which stay for ever.</summary>
    public IEnumerable<string> Litter() => Directory
        .EnumerateFileSystemEntries(Layout.Home, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
        .Where(path => !Directory.Exists(path) || Path.GetDirectoryName(path) == Layout.Environments || Path.GetDirectoryName(path) == Layout.Trash)
        .Select(path => path[(Layout.Home.Length + 1)..])
        .Where(static path => !path.StartsWith("build-locks/", StringComparison.Ordinal) && !path.StartsWith("leases/", StringComparison.Ordinal))
        .Where(path => !path.StartsWith("envs/", StringComparison.Ordinal) || !LocalFiles.Exists($"{Layout.Environments}/{path.Split('/')[1]}/meta.json"));
}
