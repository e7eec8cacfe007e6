using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Machines.Programs;
using Slipway.Store.Layout;
using Slipway.Store.Slots;

namespace Slipway.Store.Collection;

/// <summary>How the removal of a slot ended when no step failed.</summary>
/// <param name="IsGone">Someone else had removed it already.</param>
/// <param name="KeptBecause">Why it stays; null when it was removed.</param>
internal sealed record RemovalOutcome(bool IsGone, string? KeptBecause);

/// <summary>
/// Removes one slot: build lock, exclusive lease, a second look at what the decision rested on, one rename to the
/// trash. The tree is deleted after the locks are released.
/// </summary>
internal sealed class SlotRemoval(IMachine machine, StoreLayout layout)
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Removes, or with a dry run only asks for the locks.</summary>
    /// <param name="candidate">The slot as it was when the decision was made.</param>
    /// <param name="unlessUsedSince">Whether a use or a publication after that look keeps it.</param>
    /// <param name="dryRun">Whether nothing is changed.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>A failure with exit code 75 when somebody holds one of the locks.</returns>
    public async Task<Result<RemovalOutcome>> RemoveAsync(
        SlotCandidate candidate, bool unlessUsedSince, bool dryRun, CancellationToken cancellationToken)
    {
        var guards = Guards(candidate, unlessUsedSince, dryRun);
        if (dryRun)
        {
            return LocalFiles.Exists(layout.BuildLock(candidate.Slot)) || candidate.LeaseModified is not null
                ? await ExecuteAsync(candidate, [], guards, cancellationToken).ConfigureAwait(false)
                : new RemovalOutcome(IsGone: false, KeptBecause: null);
        }

        ImmutableArray<Step> folders = [new Step.MakeDirectory(layout.BuildLocks, OwnerOnly), new Step.MakeDirectory(layout.Leases, OwnerOnly)];
        var trash = $"{candidate.Slot}-{Guid.NewGuid():N}";
        var removed = await ExecuteAsync(candidate, folders, [.. guards, .. PublishProgram.Discard(layout, candidate.Slot, trash), new Step.RemoveTree(layout.State(candidate.Slot))], cancellationToken)
            .ConfigureAwait(false);
        if (removed is { IsOk: false } && removed.Failure.Code == MachinesFailures.DiskFull)
        {
            // Not even the trash fits on the disk. Without its record a slot counts as half-built, whatever happens next.
            return await ExecuteAsync(
                candidate, folders, [.. guards, new Step.RemoveTree(layout.Meta(candidate.Slot)), new Step.RemoveTree(layout.Slot(candidate.Slot)), new Step.RemoveTree(layout.State(candidate.Slot))], cancellationToken)
                .ConfigureAwait(false);
        }

        return removed is { IsOk: true, Value: { IsGone: false, KeptBecause: null } }
            && !LocalFiles.RemoveTree($"{layout.Trash}/{trash}").TryGet(out _, out var failure)
            ? new RemovalOutcome(IsGone: false, $"moved to the trash, but not deleted: {failure.Message}")
            : removed;
    }

    private ImmutableArray<Step> Guards(SlotCandidate candidate, bool unlessUsedSince, bool dryRun)
    {
        var slot = candidate.Slot;
        var steps = ImmutableArray.CreateBuilder<Step>();
        steps.Add(new Step.RequireExists(layout.Slot(slot)));
        if (!dryRun || candidate.LeaseModified is not null)
        {
            steps.Add(new Step.ExclusiveLease(layout.LeaseFile(slot)));
        }

        if (unlessUsedSince && !candidate.IsPublished)
        {
            steps.Add(new Step.StopIfExists(layout.Meta(slot)));
        }
        else if (unlessUsedSince && !dryRun && candidate.LeaseModified is { } modified)
        {
            // Whole seconds are enough, for what is collected was last used an hour ago at least.
            steps.Add(new Step.StopIfModified(layout.LeaseFile(slot), Math.DivRem(modified, NanosecondsPerSecond).Quotient));
        }

        return steps.ToImmutable();
    }

    private async Task<Result<RemovalOutcome>> ExecuteAsync(
        SlotCandidate candidate, ImmutableArray<Step> before, ImmutableArray<Step> body, CancellationToken cancellationToken)
    {
        var title = $"collect {candidate.Slot}";
        var guarded = new Step.WithBuildLock(layout.BuildLock(candidate.Slot), title, TimeSpan.Zero, FailureRecord: null, body);
        var executed = await machine
            .ExecuteAsync(new MachineProgram(title, [.. before, guarded]), SilentObserver.Instance, cancellationToken)
            .ConfigureAwait(false);
        return executed.Map(outcome => outcome switch
        {
            ProgramOutcome.Stopped => new RemovalOutcome(IsGone: false, "used just now"),
            ProgramOutcome.Missing => new RemovalOutcome(IsGone: true, KeptBecause: null),
            _ => new RemovalOutcome(IsGone: false, KeptBecause: null),
        });
    }
}
