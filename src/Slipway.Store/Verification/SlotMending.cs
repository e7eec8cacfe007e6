using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Machines.Programs;
using Slipway.Store.Layout;

namespace Slipway.Store.Verification;

/// <summary>
/// Mends in place what needs no new content: removes what was added (foreign <c>__pycache__</c> above all) and gives back
/// permissions. It needs neither the network nor the interpreter; all other damage is for whoever can fill the tree again.
/// </summary>
/// <param name="machine">The machine that holds the store.</param>
/// <param name="layout">The store.</param>
public sealed class SlotMending(IMachine machine, StoreLayout layout)
{
    private const UnixFileMode OwnerAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode SealedFolder = UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Mends a published environment that no workload uses, and looks again.</summary>
    /// <param name="report">What is wrong with it.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>
    /// Whether the tree is as it was published again; false, and nothing done, when something is missing or has other
    /// content. A failure with exit code 75 when the environment is in use or being built.
    /// </returns>
    public async Task<Result<bool>> MendAsync(VerificationReport report, CancellationToken cancellationToken)
    {
        var verifier = new SlotVerifier(layout);
        if (!verifier.Inventory(report.Slot).TryGet(out var inventory, out var failure))
        {
            return failure;
        }

        var recorded = inventory.Entries.ToDictionary(entry => entry.Path, StringComparer.Ordinal);
        if (!report.Differences.All(difference => CanMend(report.Slot, difference)))
        {
            return false;
        }

        ImmutableArray<Step> steps =
        [
            new Step.ExclusiveLease(layout.LeaseFile(report.Slot)),
            new Step.RequireExists(layout.Meta(report.Slot)),
            .. RemoveStrays(report, recorded),
            .. report.Differences
                .Where(difference => difference.Kind is TreeDifferenceKind.ModeChanged)
                .Select(difference => new Step.SetMode(Full(report.Slot, difference.Path), ModeOf(recorded, difference.Path))),
        ];
        var title = $"repair {report.Slot}";
        var program = new MachineProgram(title, [new Step.WithBuildLock(layout.BuildLock(report.Slot), title, TimeSpan.Zero, FailureRecord: null, steps)]);
        var executed = await machine.ExecuteAsync(program, SilentObserver.Instance, cancellationToken).ConfigureAwait(false);
        return executed.Then(_ => verifier.Verify(report.Slot, cancellationToken)).Map(again => again.IsIntact);
    }

    // The permissions of a file with other names are theirs too, and those may lie anywhere: such a file is made anew.
    private bool CanMend(SlotName slot, TreeDifference difference) => difference.Kind switch
    {
        TreeDifferenceKind.Stray => true,
        TreeDifferenceKind.ModeChanged => LocalPaths.StatusOf(Full(slot, difference.Path)) is { Kind: FileKind.Directory } or { Kind: FileKind.File, Links: 1 },
        _ => false,
    };

    // A published directory is read-only, so the ones that hold strays are opened and closed again. They are real
    // directories, as published: were a link in the place of one, that would be a difference that is not mended here.
    private IEnumerable<Step> RemoveStrays(VerificationReport report, Dictionary<string, InventoryEntry> recorded)
    {
        var strays = report.Differences.Where(difference => difference.Kind is TreeDifferenceKind.Stray).Select(difference => difference.Path).ToList();
        var all = strays.ToHashSet(StringComparer.Ordinal);
        var topmost = strays.Where(path => !all.Contains(ParentOf(path))).ToList();
        var parents = topmost.Select(ParentOf).Distinct(StringComparer.Ordinal).ToList();
        return
        [
            .. parents.Select(parent => new Step.SetMode(Full(report.Slot, parent), ModeOf(recorded, parent) | OwnerAll)),
            .. topmost.Select(path => new Step.RemoveTree(Full(report.Slot, path))),
            .. parents.Select(parent => new Step.SetMode(Full(report.Slot, parent), ModeOf(recorded, parent))),
        ];
    }

    private string Full(SlotName slot, string path) => path is SlotVerifier.RootPath ? layout.Root(slot) : $"{layout.Root(slot)}/{path}";

    private static string ParentOf(string path) => path.LastIndexOf('/') is var slash and >= 0 ? path[..slash] : SlotVerifier.RootPath;

    private static UnixFileMode ModeOf(Dictionary<string, InventoryEntry> recorded, string path) =>
        recorded.TryGetValue(path, out var entry) ? entry.Mode : SealedFolder;
}
