using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Machines;
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
    private readonly SlotRemoval _removal = new(machine, layout);

    /// <summary>Collects, or with a dry run says what it would collect.</summary>
    /// <returns>What was found, kept or not; a failure when the store cannot be written.</returns>
    public async Task<Result<ImmutableArray<CollectionEntry>>> CollectAsync(CollectionPolicy policy, CancellationToken cancellationToken)
    {
        var entries = ImmutableArray.CreateBuilder<CollectionEntry>();

        // Before any age is read: a workload that starts after this scan has made its environment young.
        var inUse = ProcessScan.SlotsInUse(layout);
        var links = new ProjectLinks(layout).Live();
        foreach (var slot in new EnvironmentStore(layout).Slots().OrderBy(slot => slot.ToString(), StringComparer.Ordinal).ToList())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var candidate = SlotCandidate.Look(layout, slot);
            if ((Age(candidate, policy) ?? Process(slot, inUse) ?? Link(slot, links)) is { } keep)
            {
                entries.Add(candidate.Entry with { KeptBecause = keep });
                continue;
            }

            var removed = await _removal.RemoveAsync(candidate, unlessUsedSince: true, policy.DryRun, cancellationToken).ConfigureAwait(false);
            if (!removed.TryGet(out var outcome, out var failure) && failure.Code.Exit is not ExitCode.Busy)
            {
                return failure;
            }

            if (outcome is not { IsGone: true })
            {
                entries.Add(candidate.Entry with { KeptBecause = outcome is null ? Busy(failure!) : outcome.KeptBecause });
            }
        }

        entries.AddRange(await new LeftoverSweep(machine, layout, time, policy).SweepAsync(cancellationToken).ConfigureAwait(false));
        return entries.ToImmutable();
    }

    /// <summary>Removes one environment at once, unless it is in use (exit code 75) or linked (77).</summary>
    public async Task<Result<CollectionEntry>> RemoveAsync(SlotName slot, CancellationToken cancellationToken)
    {
        if (Process(slot, ProcessScan.SlotsInUse(layout)) is { } process)
        {
            return new Failure(StoreFailures.InUse, $"{slot} is in use: {process}.");
        }

        if (Link(slot, new ProjectLinks(layout).Live()) is { } link)
        {
            return new Failure(StoreFailures.Linked, $"{slot} is {link}.");
        }

        var candidate = SlotCandidate.Look(layout, slot);
        var removed = await _removal.RemoveAsync(candidate, unlessUsedSince: false, dryRun: false, cancellationToken).ConfigureAwait(false);
        if (!removed.TryGet(out var outcome, out var failure))
        {
            return failure.Code.Exit is ExitCode.Busy ? new Failure(StoreFailures.InUse, $"{slot} was not removed, for it is {Busy(failure)}. {failure.Message}") : failure;
        }

        return outcome.IsGone
            ? new Failure(StoreFailures.NoSuchEnvironment, $"{slot} is not in {layout.Home}.")
            : candidate.Entry with { KeptBecause = outcome.KeptBecause };
    }

    private static string Busy(Failure failure) =>
        failure.Code == MachinesFailures.LockBusy ? "being built or collected"
        : failure.Code == StoreFailures.UsedMeanwhile ? "used just now"
        : "used by a running workload";

    // A last use in the future means that the clock was set back: such an environment counts as just used.
    // Its time is left as it is, because the wrong clock may be the one of today.
    private string? Age(SlotCandidate candidate, CollectionPolicy policy)
    {
        var age = time.GetUtcNow() - candidate.LastUse;
        if (age >= (candidate.IsPublished ? policy.MinimumAge : CollectionPolicy.Grace))
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
