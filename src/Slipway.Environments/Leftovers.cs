using System.Collections.Immutable;
using Slipway.Core.Identity;
using Slipway.Machines.Programs;
using Slipway.Store.Slots;

namespace Slipway.Environments;

/// <summary>
/// Clears away what a failed or cancelled piece of work left half-made. Under the same lock as the work and without waiting:
/// who holds it now begins by clearing away itself.
/// </summary>
internal sealed class Leftovers(BuildHost host)
{
    /// <summary>Removes the scratch directory of a resolution.</summary>
    public Task ClearResolutionAsync(Sha256Digest request, string work) =>
        RunAsync(host.Layout.RequestLock(request), [new Step.RemoveTree(work)]);

    /// <summary>
    /// Removes a slot that was not published. A tree that was to be replaced comes back: it was published, and
    /// may serve until it can be built again.
    /// </summary>
    /// <param name="slot">The slot.</param>
    /// <param name="mode">What the build was to do.</param>
    /// <param name="trash">The absolute path of the replaced tree.</param>
    public async Task ClearBuildAsync(SlotName slot, PublishMode mode, string trash)
    {
        var layout = host.Layout;
        ImmutableArray<Step> body = mode is PublishMode.Reuse
            ? [new Step.StopIfExists(layout.Meta(slot)), new Step.RemoveTree(layout.Slot(slot))]
            :
            [
                new Step.RequireExists(trash),
                new Step.StopIfExists(layout.Meta(slot)),
                new Step.RemoveTree(layout.Slot(slot)),
                new Step.Move(trash, layout.Slot(slot)),
            ];
        await RunAsync(layout.BuildLock(slot), body).ConfigureAwait(false);
    }

    // The work has failed already, and its failure is what is told; it may have been cancelled, and this must still happen.
    private async Task RunAsync(string lockPath, ImmutableArray<Step> body)
    {
        var program = new MachineProgram("clear up", [new Step.WithBuildLock(lockPath, "clear up", TimeSpan.Zero, FailureRecord: null, body)]);
        _ = await host.Machine.ExecuteAsync(program, SilentObserver.Instance, CancellationToken.None).ConfigureAwait(false);
    }
}
