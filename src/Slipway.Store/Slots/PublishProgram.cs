using System.Collections.Immutable;
using Slipway.Core.Identity;
using Slipway.Machines.Programs;
using Slipway.Store.Layout;

namespace Slipway.Store.Slots;

/// <summary>What a build does with a tree that is already published in its slot.</summary>
public enum PublishMode
{
    /// <summary>Takes it: whoever builds first serves all.</summary>
    Reuse,

    /// <summary>Replaces it, if no workload uses it.</summary>
    Replace,
}

/// <summary>
/// The protocol that publishes a tree, as one program: lock, look again, fill in place, take the inventory, seal,
/// sync, move <c>meta.json</c> in. A crash at any point leaves a slot without <c>meta.json</c>, which the next
/// build clears away.
/// </summary>
public static class PublishProgram
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode Directory = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const UnixFileMode ReadableFile =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Makes the program.</summary>
    /// <param name="layout">The store on the machine that will execute it.</param>
    /// <param name="slot">The slot.</param>
    /// <param name="meta">The record to publish.</param>
    /// <param name="fill">Steps that fill <see cref="StoreLayout.Root"/>; they may use <see cref="StoreLayout.Work"/>.</param>
    /// <param name="mode">What to do when something is published already.</param>
    /// <param name="lockWait">How long to wait for another builder.</param>
    /// <param name="trashName">A new name below <see cref="StoreLayout.Trash"/>, used when replacing.</param>
    /// <param name="activation">
    /// The file in which <paramref name="fill"/> leaves the activation block as JSON, where only the filled tree can tell it; null when the
    /// record has it already.
    /// </param>
    public static MachineProgram Create(
        StoreLayout layout,
        SlotName slot,
        SlotMeta meta,
        ImmutableArray<Step> fill,
        PublishMode mode,
        TimeSpan lockWait,
        string trashName,
        string? activation = null)
    {
        var title = $"build {meta.Title} ({slot})";
        ImmutableArray<Step> before = mode is PublishMode.Reuse
            ? [new Step.StopIfExists(layout.Meta(slot)), new Step.RemoveTree(layout.Slot(slot))]
            : [new Step.ExclusiveLease(layout.LeaseFile(slot)), .. Discard(layout, slot, trashName)];
        ImmutableArray<Step> body =
        [
            .. before,
            new Step.MakeDirectory(layout.Slot(slot), Directory),
            new Step.MakeDirectory(layout.Root(slot), Directory),
            new Step.MakeDirectory(layout.Work(slot), OwnerOnly),
            .. fill,
            .. Commit(layout, slot, meta, activation),
        ];
        return new MachineProgram(
            title,
            [
                .. Directories(layout),
                new Step.WithBuildLock(layout.BuildLock(slot), title, lockWait, layout.FailureRecord(slot), body),
                new Step.RemoveTree($"{layout.Trash}/{trashName}"),
            ]);
    }

    /// <summary>
    /// Moves a slot to the trash by one rename, so that a crash leaves it published whole or not at all.
    /// </summary>
    internal static ImmutableArray<Step> Discard(StoreLayout layout, SlotName slot, string trashName) =>
    [
        new Step.MakeDirectory(layout.Trash, OwnerOnly),

        // The rename needs something to move, also when a collector was faster.
        new Step.MakeDirectory(layout.Slot(slot), Directory),

        // A rename leaves the time as it is, and a collection must see when this came to the trash.
        new Step.Touch(layout.Slot(slot)),
        new Step.Move(layout.Slot(slot), $"{layout.Trash}/{trashName}"),
    ];

    private static ImmutableArray<Step> Commit(StoreLayout layout, SlotName slot, SlotMeta meta, string? activation)
    {
        var draft = $"{layout.Slot(slot)}/{StoreLayout.MetaName}.new";
        return
        [
            activation is null ? new Step.WriteFile(draft, meta.ToBytes(), ReadableFile) : new Step.JoinFiles(draft, meta.ToParts(activation), ReadableFile),
            new Step.RemoveTree(layout.Work(slot)),
            new Step.SealTree(layout.Root(slot)),
            new Step.TakeInventory(layout.Root(slot), layout.Inventory(slot)),

            // The collector spares what was used within the hour, so the time between here and the
            // launch's lease is covered by this touch, under the build lock.
            new Step.Touch(layout.LeaseFile(slot)),
            new Step.SyncFileSystem(layout.Slot(slot)),
            new Step.Move(draft, layout.Meta(slot)),
        ];
    }

    private static ImmutableArray<Step> Directories(StoreLayout layout) =>
    [
        .. new[] { layout.Environments, layout.BuildLocks, layout.Leases, layout.States, layout.Trash }
            .Select(Step (path) => new Step.MakeDirectory(path, OwnerOnly)),
    ];
}
