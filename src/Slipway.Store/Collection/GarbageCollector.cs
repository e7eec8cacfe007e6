using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Store.Layout;
using Slipway.Store.Roots;
using Slipway.Store.Slots;

namespace Slipway.Store.Collection;

/// <summary>
/// Removes what has not been used for a while, or the least recently used until the store fits a size; never what is in
/// use: leased, being built, named by a running process, linked from a project (unless asked), or used within the last hour.
/// </summary>
/// <param name="machine">The machine that holds the store.</param>
/// <param name="layout">The store.</param>
/// <param name="time">The clock.</param>
public sealed class GarbageCollector(IMachine machine, StoreLayout layout, TimeProvider time)
{
    private readonly SlotRemoval _removal = new(machine, layout);

    /// <summary>Collects, or with a dry run says what it would collect.</summary>
    /// <returns>What was found, kept or not; a failure when the store cannot be written.</returns>
    public async Task<Result<CollectionReport>> CollectAsync(CollectionPolicy policy, CancellationToken cancellationToken)
    {
        // Before any age is read: a workload that starts after this scan has made its environment young.
        var inUse = ProcessScan.SlotsInUse(layout);
        var links = policy.IncludeLinked ? ImmutableDictionary<string, ImmutableArray<string>>.Empty : new ProjectLinks(layout).Live();
        var space = StoreSpace.Measure(layout, policy, cancellationToken);
        var sweep = new LeftoverSweep(machine, layout, time, policy, space);

        // What goes whatever the size is goes first, so that no environment has to make room for it.
        await sweep.EmptyTrashAsync(cancellationToken).ConfigureAwait(false);
        await sweep.SweepAsync(cancellationToken).ConfigureAwait(false);
        var slots = await CollectSlotsAsync(policy, space, slot => Process(slot, inUse) ?? Link(slot, links), cancellationToken).ConfigureAwait(false);
        if (!slots.TryGet(out var entries, out var failure))
        {
            return failure;
        }

        var workspaces = new WorkspaceSweep(machine, layout, time, policy, space.Ledger);
        await workspaces.SweepAsync(cancellationToken).ConfigureAwait(false);
        sweep.SweepWheels();
        sweep.SweepRecords(entries.Where(entry => entry.Removed).Select(entry => entry.Name).ToImmutableHashSet(StringComparer.Ordinal));
        return new CollectionReport([.. entries, .. sweep.Entries, .. workspaces.Entries], space.Ledger.Freed, space.Remaining);
    }

    /// <summary>Removes one environment at once, unless it is in use (exit code 75) or linked (77).</summary>
    public Task<Result<CollectionEntry>> RemoveAsync(SlotName slot, CancellationToken cancellationToken) =>
        RemoveAsync(slot, includeLinked: false, cancellationToken);

    /// <summary>Removes one environment at once, unless it is in use (exit code 75).</summary>
    /// <param name="slot">The environment, whose record need not be readable.</param>
    /// <param name="includeLinked">Whether it goes although a project links to it (else 77); the link then leads nowhere until it is synced.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task<Result<CollectionEntry>> RemoveAsync(SlotName slot, bool includeLinked, CancellationToken cancellationToken)
    {
        if (Process(slot, ProcessScan.SlotsInUse(layout)) is { } process)
        {
            return new Failure(StoreFailures.InUse, $"{slot} is in use: {process}.");
        }

        if (!includeLinked && Link(slot, new ProjectLinks(layout).Live()) is { } link)
        {
            return new Failure(StoreFailures.Linked, $"{slot} is {link}.");
        }

        var candidate = SlotCandidate.Look(layout, slot);
        var usage = TreeUsage.Measure(layout.Root(slot), cancellationToken);
        var removed = await _removal.RemoveAsync(candidate, unlessUsedSince: false, dryRun: false, cancellationToken).ConfigureAwait(false);
        if (!removed.TryGet(out var outcome, out var failure))
        {
            return failure.Code.Exit is ExitCode.Busy ? new Failure(StoreFailures.InUse, $"{slot} was not removed, for it is {Busy(failure)}. {failure.Message}") : failure;
        }

        return outcome.IsGone
            ? new Failure(StoreFailures.NoSuchEnvironment, $"{slot} is not in {layout.Home}.")
            : candidate.Entry with { Bytes = usage.Bytes - usage.SharedBytes, SharedBytes = usage.SharedBytes, KeptBecause = outcome.KeptBecause };
    }

    // By last use, so that what must go for the sake of the size is what was not used for longest.
    private async Task<Result<ImmutableArray<CollectionEntry>>> CollectSlotsAsync(
        CollectionPolicy policy, StoreSpace space, Func<SlotName, string?> keptBecause, CancellationToken cancellationToken)
    {
        var entries = ImmutableArray.CreateBuilder<CollectionEntry>();
        var candidates = new EnvironmentStore(layout).Slots().Select(slot => SlotCandidate.Look(layout, slot)).ToList();
        foreach (var candidate in candidates.OrderBy(candidate => candidate.LastUse).ThenBy(candidate => candidate.Entry.Name, StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if ((Age(candidate, policy, space.IsOver) ?? keptBecause(candidate.Slot)) is { } keep)
            {
                entries.Add(candidate.Entry with { KeptBecause = keep });
                continue;
            }

            var usage = TreeUsage.Measure(candidate.IsPublished ? layout.Root(candidate.Slot) : layout.Slot(candidate.Slot), cancellationToken);
            var removed = await _removal.RemoveAsync(candidate, unlessUsedSince: true, policy.DryRun, cancellationToken).ConfigureAwait(false);
            if (!removed.TryGet(out var outcome, out var failure) && failure.Code.Exit is not ExitCode.Busy)
            {
                return failure;
            }

            if (outcome is { IsGone: false, KeptBecause: null })
            {
                entries.Add(candidate.Entry with { Bytes = space.Ledger.Remove(usage), SharedBytes = usage.SharedBytes });
            }
            else if (outcome is not { IsGone: true })
            {
                entries.Add(candidate.Entry with { KeptBecause = outcome is null ? Busy(failure!) : outcome.KeptBecause });
            }
        }

        return entries.ToImmutable();
    }

    private static string Busy(Failure failure) =>
        failure.Code == MachinesFailures.LockBusy ? "being built or collected" : "used by a running workload";

    // A last use in the future means that the clock was set back: such an environment counts as just used.
    // Its time is left as it is, because the wrong clock may be the one of today.
    private string? Age(SlotCandidate candidate, CollectionPolicy policy, bool isOver)
    {
        var age = time.GetUtcNow() - candidate.LastUse;
        if (age >= (candidate is { IsPublished: true, IsOrphan: false } && !isOver ? policy.MinimumAge : CollectionPolicy.Grace))
        {
            return null;
        }

        return age < -CollectionPolicy.Grace ? "last used at a time that is still to come (was the clock set back?)"
            : age < CollectionPolicy.Grace ? "used within the last hour"
            : age < TimeSpan.FromDays(2) ? $"used {(int)age.TotalHours} hours ago"
            : $"used {(int)age.TotalDays} days ago";
    }

    private static string? Process(SlotName slot, ImmutableDictionary<string, string> inUse) =>
        inUse.TryGetValue(slot.ToString(), out var pid) ? $"used by process {pid}" : null;

    private static string? Link(SlotName slot, ImmutableDictionary<string, ImmutableArray<string>> links) =>
        links.TryGetValue(slot.ToString(), out var paths) ? $"linked from {paths[0]}" : null;
}
