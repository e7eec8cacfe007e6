using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Store.Layout;
using Slipway.Store.Slots;

namespace Slipway.Store.Verification;

/// <summary>The result of verifying one environment.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Differences">What is not as it was published; empty when all is well.</param>
public sealed record VerificationReport(SlotName Slot, ImmutableArray<TreeDifference> Differences)
{
    /// <summary>Whether the tree is exactly what was published.</summary>
    public bool IsIntact => Differences.IsEmpty;
}

/// <summary>Proves, by reading every byte, that published trees are what they were.</summary>
/// <param name="layout">The store.</param>
public sealed class SlotVerifier(StoreLayout layout)
{
    /// <summary>The path by which a difference names the root of the tree itself.</summary>
    public const string RootPath = ".";

    private const long MaxInventoryBytes = 512L * 1024 * 1024;
    private const UnixFileMode AnyWrite = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private static readonly TreeDifference RootOpen = new(TreeDifferenceKind.ModeChanged, RootPath);

    /// <summary>Compares a slot's tree with its inventory.</summary>
    /// <returns>The differences; a failure when the slot is not published, or its record or inventory is unreadable.</returns>
    public Result<VerificationReport> Verify(SlotName slot, CancellationToken cancellationToken)
    {
        var environments = new EnvironmentStore(layout);
        if (!environments.Read(slot).TryGet(out _, out var failure))
        {
            return failure;
        }

        var compared = Compare(slot, cancellationToken);

        // What was removed while it was read is not damaged.
        return compared is { IsOk: true, Value.IsIntact: true } || LocalFiles.Exists(layout.Meta(slot))
            ? compared
            : new Failure(StoreFailures.NoSuchEnvironment, $"{slot} was removed while it was verified.");
    }

    /// <summary>The list of what was published; a failure when it is missing or is not what was written.</summary>
    internal Result<TreeInventory> Inventory(SlotName slot)
    {
        if (!LocalFiles.Read(layout.Inventory(slot), MaxInventoryBytes).TryGet(out var bytes, out var failure))
        {
            return new Failure(StoreFailures.Damaged, $"The inventory of {slot} cannot be read: {failure.Message}");
        }

        return TreeInventory.Parse(bytes).TryGet(out var inventory, out failure)
            ? inventory
            : new Failure(StoreFailures.Damaged, $"The inventory of {slot} is damaged: {failure.Message}");
    }

    private Result<VerificationReport> Compare(SlotName slot, CancellationToken cancellationToken)
    {
        // Behind a link everything may look as published, and a repair would change what the link names.
        if (LocalPaths.StatusOf(layout.Slot(slot)).Kind is FileKind.Link)
        {
            return new Failure(StoreFailures.Damaged, $"{layout.Slot(slot)} is a symbolic link and not an environment.");
        }

        if (!Inventory(slot).TryGet(out var inventory, out var failure))
        {
            return failure;
        }

        // The inventory begins below the root, so the root itself is looked at here.
        var root = LocalPaths.StatusOf(layout.Root(slot));
        if (root.Kind is not FileKind.Directory)
        {
            return new Failure(StoreFailures.Damaged, $"The tree {layout.Root(slot)} is not there.");
        }

        return TreeInventory.Compare(layout.Root(slot), inventory, cancellationToken)
            .Map(differences => new VerificationReport(slot, (root.Mode & AnyWrite) == UnixFileMode.None ? differences : [RootOpen, .. differences]));
    }
}
