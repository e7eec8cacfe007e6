using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Store;
using Slipway.Store.Collection;
using Slipway.Store.Slots;
using Slipway.Store.Verification;

namespace Slipway.Environments.Repairs;

/// <summary>
/// Makes a damaged environment good with as little as possible: mends it in place, else builds it again, else, with a
/// person's consent, removes it. Never while a workload uses it.
/// </summary>
/// <param name="host">The host whose store holds it.</param>
/// <param name="dependencies">Builds it again.</param>
/// <param name="time">The clock.</param>
public sealed class EnvironmentRepair(BuildHost host, DependencyService dependencies, TimeProvider time)
{
    /// <summary>Repairs an environment.</summary>
    /// <param name="slot">The environment.</param>
    /// <param name="found">What verification found; null when the record, the inventory or the tree itself is unreadable.</param>
    /// <param name="mayRemove">Whether it may be removed where it cannot be built again.</param>
    /// <param name="options">How to build.</param>
    /// <param name="progress">Watches a build.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>
    /// How; a failure when it is in use (exit code 75), cannot be built now (no network, no interpreter), or could only be
    /// removed and that is not allowed.
    /// </returns>
    public async Task<Result<RepairOutcome>> RepairAsync(
        SlotName slot, VerificationReport? found, bool mayRemove, EnsureOptions options, IBuildProgress progress, CancellationToken cancellationToken)
    {
        if (found is not null)
        {
            var mended = await new SlotMending(host.Machine, host.Layout).MendAsync(found, cancellationToken).ConfigureAwait(false);
            if (!mended.TryGet(out var isMended, out var busy) && busy.Code.Exit is ExitCode.Busy)
            {
                return busy;
            }

            if (mended.IsOk && isMended)
            {
                return RepairOutcome.Mended;
            }
        }

        var rebuilt = new EnvironmentStore(host.Layout).Read(slot).TryGet(out var environment, out var unreadable)
            ? await dependencies.RepairAsync(environment, options, progress, cancellationToken).ConfigureAwait(false)
            : unreadable;
        if (!rebuilt.TryGet(out _, out var failure))
        {
            return failure.Code == StoreFailures.UnreadableRecord || failure.Code == StoreFailures.Damaged
                ? await RemoveAsync(slot, failure, mayRemove, cancellationToken).ConfigureAwait(false)
                : failure;
        }

        return RepairOutcome.Rebuilt;
    }

    // A link of a project does not keep it: it cannot serve that project any more.
    private async Task<Result<RepairOutcome>> RemoveAsync(SlotName slot, Failure because, bool mayRemove, CancellationToken cancellationToken)
    {
        if (!mayRemove)
        {
            return because with { Hint = "With --yes it is removed; what needs it builds it again." };
        }

        var removed = await new GarbageCollector(host.Machine, host.Layout, time).RemoveAsync(slot, includeLinked: true, cancellationToken).ConfigureAwait(false);
        return removed.Map(_ => RepairOutcome.Removed);
    }
}
