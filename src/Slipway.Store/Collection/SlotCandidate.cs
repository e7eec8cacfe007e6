using Slipway.Core.Identity;
using Slipway.Machines.Files;
using Slipway.Store.Layout;
using Slipway.Store.Slots;

namespace Slipway.Store.Collection;

/// <summary>A slot as the collector saw it, before it took any lock.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Entry">How it is reported.</param>
/// <param name="LastUse">What its age counts from.</param>
/// <param name="IsPublished">Whether a record was there, readable or not.</param>
/// <param name="LeaseModified">The lease's modification time in nanoseconds of Unix time; null without a lease file.</param>
internal sealed record SlotCandidate(SlotName Slot, CollectionEntry Entry, DateTimeOffset LastUse, bool IsPublished, long? LeaseModified)
{
    /// <summary>Whether the project that it is private to is gone, so that nobody can use it any more.</summary>
    public bool IsOrphan { get; private init; }

    /// <summary>Looks at a slot.</summary>
    public static SlotCandidate Look(StoreLayout layout, SlotName slot)
    {
        // The lease first: what is read later can only be newer, and the removal compares with this value.
        var lease = LocalPaths.StatusOf(layout.LeaseFile(slot));
        long? touched = lease.Exists ? lease.ModifiedUnixNanoseconds : null;
        var path = layout.Slot(slot);
        if (!LocalFiles.Exists(layout.Meta(slot)))
        {
            var leftover = new CollectionEntry(path, slot.ToString(), "half-built", LocalPaths.TreeSize(path), null);
            return new SlotCandidate(slot, leftover, FileAge.ModifiedAt(path), IsPublished: false, touched);
        }

        if (new EnvironmentStore(layout).Read(slot).TryGet(out var environment, out _))
        {
            var entry = new CollectionEntry(path, slot.ToString(), environment.Meta.Title, environment.Bytes, null);
            return new SlotCandidate(slot, entry, environment.LastUse, IsPublished: true, touched) { IsOrphan = environment.Meta.Project is { } project && !Directory.Exists(project) };
        }

        // Another version may have written the record: to this one it is an environment all the same.
        var unreadable = new CollectionEntry(path, slot.ToString(), $"its meta.json cannot be read ({StoreFailures.UnreadableRecord})", LocalPaths.TreeSize(path), null);
        var lastUse = touched is { } time ? FileAge.At(time) : FileAge.ModifiedAt(layout.Meta(slot));
        return new SlotCandidate(slot, unreadable, lastUse, IsPublished: true, touched);
    }
}
