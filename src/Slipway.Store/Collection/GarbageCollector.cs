using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Machines.Programs;
using Slipway.Store.Layout;
using Slipway.Store.Roots;
using Slipway.Store.Slots;

namespace Slipway.Store.Collection;

/// <summary>
/// Removes what has not been used for a while, and never what is in use: leased, being built, named by a running
/// process, linked from a project, or used within the last hour.
/// </summary>
/// <param name="machine">The machine that holds the store.</param>
/// <param name="layout">The store.</param>
/// <param name="time">The clock.</param>
public sealed class GarbageCollector(IMachine machine, StoreLayout layout, TimeProvider time)
{
    private const string HalfBuilt = "half-built";

    /// <summary>Collects, or with a dry run says what it would collect.</summary>
    public async Task<Result<ImmutableArray<CollectionEntry>>> CollectAsync(CollectionPolicy policy, CancellationToken cancellationToken)
    {
        var entries = ImmutableArray.CreateBuilder<CollectionEntry>();
        var inUse = ProcessScan.SlotsInUse(layout);
        var links = new ProjectLinks(layout).Live();
        var store = new EnvironmentStore(layout);
        foreach (var slot in store.Slots().OrderBy(slot => slot.ToString(), StringComparer.Ordinal).ToList())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var candidate = Candidate(store, slot);
            var keep = Age(candidate, policy) ?? Process(slot, inUse) ?? Link(slot, links);
            keep ??= await RemoveSlotAsync(slot, policy.DryRun, cancellationToken).ConfigureAwait(false);
            entries.Add(candidate.Entry with { KeptBecause = keep });
        }

        CollectFolder(layout.Wheels, "wheels", policy, entries);
        CollectFolder(layout.Trash, "trash", policy with { OlderThan = TimeSpan.Zero }, entries);
        return entries.ToImmutable();
    }

    /// <summary>Removes one environment at once, unless it is in use or linked.</summary>
    public async Task<Result<CollectionEntry>> RemoveAsync(SlotName slot, CancellationToken cancellationToken)
    {
        var candidate = Candidate(new EnvironmentStore(layout), slot);
        if (Process(slot, ProcessScan.SlotsInUse(layout)) is { } process)
        {
            return new Failure(StoreFailures.InUse, $"{slot} is in use: {process}.");
        }

        if (Link(slot, new ProjectLinks(layout).Live()) is { } link)
        {
            return new Failure(StoreFailures.Linked, $"{slot} is {link}.");
        }

        var busy = await RemoveSlotAsync(slot, dryRun: false, cancellationToken).ConfigureAwait(false);
        return busy is null ? candidate.Entry : new Failure(StoreFailures.InUse, $"{slot} was not removed: {busy}.");
    }

    private sealed record Found(CollectionEntry Entry, DateTimeOffset LastUse);

    private Found Candidate(EnvironmentStore store, SlotName slot)
    {
        var path = layout.Slot(slot);
        if (store.Read(slot).TryGet(out var environment, out _))
        {
            return new Found(new CollectionEntry(path, slot.ToString(), environment.Meta.Title, environment.Bytes, null), environment.LastUse);
        }

        var entry = new CollectionEntry(path, slot.ToString(), HalfBuilt, LocalPaths.TreeSize(path), null);
        return new Found(entry, Modified(path));
    }

    // A last use in the future means that the clock was set back: such an environment counts as just used.
    private string? Age(Found candidate, CollectionPolicy policy)
    {
        var age = time.GetUtcNow() - candidate.LastUse;
        var minimum = candidate.Entry.Title is HalfBuilt ? CollectionPolicy.Grace : policy.MinimumAge;
        if (age >= minimum)
        {
            return null;
        }

        return age < CollectionPolicy.Grace ? "used within the last hour" : $"used {(int)age.TotalDays} days ago";
    }

    private static string? Process(SlotName slot, ImmutableDictionary<string, string> inUse) =>
        inUse.TryGetValue(slot.ToString(), out var pid) ? $"used by process {pid}" : null;

    private static string? Link(SlotName slot, ImmutableDictionary<string, ImmutableArray<string>> links) =>
        links.TryGetValue(slot.ToString(), out var paths) ? $"linked from {paths[0]}" : null;

    private async Task<string?> RemoveSlotAsync(SlotName slot, bool dryRun, CancellationToken cancellationToken)
    {
        var trashName = $"{slot}-{Guid.NewGuid():N}";
        ImmutableArray<Step> removal = dryRun ? [] : PublishProgram.Discard(layout, slot, trashName);
        var program = new MachineProgram(
            $"collect {slot}",
            [
                new Step.WithBuildLock(
                    layout.BuildLock(slot),
                    $"collect {slot}",
                    TimeSpan.Zero,
                    FailureRecord: null,
                    [new Step.RequireExists(layout.Slot(slot)), new Step.ExclusiveLease(layout.LeaseFile(slot)), .. removal]),
                .. dryRun ? [] : new Step[] { new Step.RemoveTree($"{layout.Trash}/{trashName}") },
            ]);
        var outcome = await machine.ExecuteAsync(program, SilentObserver.Instance, cancellationToken).ConfigureAwait(false);
        return outcome.TryGet(out _, out var failure) ? null : failure.Message;
    }

    private void CollectFolder(string folder, string title, CollectionPolicy policy, ImmutableArray<CollectionEntry>.Builder entries)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (var path in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            var age = time.GetUtcNow() - Modified(path);
            var keep = age >= policy.MinimumAge ? null : "used recently";
            var entry = new CollectionEntry(path, Path.GetFileName(path), title, LocalPaths.TreeSize(path), keep);
            if (keep is null && !policy.DryRun && !LocalFiles.RemoveTree(path).TryGet(out _, out var failure))
            {
                entry = entry with { KeptBecause = failure.Message };
            }

            entries.Add(entry);
        }
    }

    private static DateTimeOffset Modified(string path) =>
        DateTimeOffset.UnixEpoch.AddTicks(LocalPaths.StatusOf(path).ModifiedUnixNanoseconds / TimeSpan.NanosecondsPerTick);
}
