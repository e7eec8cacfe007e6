using Slipway.Machines.Files;

namespace Slipway.Store.Collection;

/// <summary>
/// Adds up what removals free. A file that several trees share by hard links is freed with the last of its names, so
/// the answer depends on what went before.
/// </summary>
internal sealed class SpaceLedger
{
    // The number of names as it was first seen: each removal makes the file system's own number smaller.
    private readonly Dictionary<(ulong Device, ulong Inode), (ulong Links, ulong Gone)> _linked = [];

    /// <summary>All bytes that the removals up to now free.</summary>
    public long Freed { get; private set; }

    /// <summary>Books the removal of a tree, as it was measured before it went.</summary>
    /// <returns>The bytes that this one removal frees.</returns>
    public long Remove(TreeUsage usage)
    {
        var bytes = usage.OwnBytes;
        foreach (var file in usage.Linked)
        {
            var key = (file.Device, file.Inode);
            var (links, gone) = _linked.GetValueOrDefault(key, (file.Links, 0UL));
            gone += file.Names;
            _linked[key] = (links, gone);
            bytes += gone >= links ? file.Size : 0;
        }

        Freed += bytes;
        return bytes;
    }
}
