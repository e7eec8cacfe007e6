using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Machines.Files;
using Slipway.Store.Collection;
using Slipway.Store.Layout;

namespace Slipway.Store.Slots;

/// <summary>Reads the published environments of the local store.</summary>
/// <param name="layout">The store.</param>
public sealed class EnvironmentStore(StoreLayout layout)
{
    private const long MaxMetaBytes = 64 * 1024 * 1024;
    private const int MinPrefix = 4;

    /// <summary>The store's layout.</summary>
    public StoreLayout Layout => layout;

    /// <summary>
    /// All published environments, the most recently used first. A record that cannot be read is passed to
    /// <paramref name="unreadable"/> and does not hide the others.
    /// </summary>
    public ImmutableArray<StoredEnvironment> List(Action<SlotName, Failure>? unreadable = null)
    {
        var found = ImmutableArray.CreateBuilder<StoredEnvironment>();
        foreach (var slot in Slots())
        {
            if (!LocalFiles.Exists(layout.Meta(slot)))
            {
                continue;
            }

            if (Read(slot).TryGet(out var environment, out var failure))
            {
                found.Add(environment);
            }
            else if (failure.Code != StoreFailures.NoSuchEnvironment)
            {
                unreadable?.Invoke(slot, failure);
            }
        }

        return [.. found.OrderByDescending(environment => environment.LastUse).ThenBy(environment => environment.Slot.ToString(), StringComparer.Ordinal)];
    }

    /// <summary>The names of all slots, published or being built.</summary>
    public IEnumerable<SlotName> Slots()
    {
        if (!Directory.Exists(layout.Environments))
        {
            yield break;
        }

        foreach (var path in Directory.EnumerateDirectories(layout.Environments))
        {
            if (SlotName.Parse(Path.GetFileName(path)).TryGet(out var slot, out _))
            {
                yield return slot;
            }
        }
    }

    /// <summary>Reads one published environment.</summary>
    public Result<StoredEnvironment> Read(SlotName slot)
    {
        var bytes = LocalFiles.Read(layout.Meta(slot), MaxMetaBytes);
        if (!bytes.TryGet(out var content, out var failure))
        {
            return LocalFiles.Exists(layout.Meta(slot))
                ? new Failure(StoreFailures.UnreadableRecord, failure.Message)
                : new Failure(StoreFailures.NoSuchEnvironment, $"{slot} is not published in {layout.Home}.");
        }

        if (!SlotMeta.Read(content, layout.Meta(slot)).TryGet(out var meta, out failure))
        {
            return failure;
        }

        if (!string.Equals(meta.Slot, slot.ToString(), StringComparison.Ordinal))
        {
            return new Failure(StoreFailures.UnreadableRecord, $"{layout.Meta(slot)} is the record of {meta.Slot}.");
        }

        var lease = LocalPaths.StatusOf(layout.LeaseFile(slot));
        var lastUse = lease.Exists ? FileAge.At(lease.ModifiedUnixNanoseconds) : meta.CreatedAt;
        return TreeInventory.ReadHeader(layout.Inventory(slot)).TryGet(out var header, out _)
            ? new StoredEnvironment(slot, meta, header.Files, header.Bytes, lastUse)
            : new StoredEnvironment(slot, meta, 0, 0, lastUse);
    }

    /// <summary>Finds a published environment by its name or by the first digits of it (at least four).</summary>
    public Result<SlotName> Find(string name)
    {
        if (name.Length < MinPrefix)
        {
            return new Failure(StoreFailures.NoSuchEnvironment, $"'{name}' is too short for the name of an environment: give at least {MinPrefix} digits.");
        }

        var matches = Slots()
            .Where(slot => slot.ToString().StartsWith(name, StringComparison.Ordinal) && LocalFiles.Exists(layout.Meta(slot)))
            .OrderBy(slot => slot.ToString(), StringComparer.Ordinal)
            .ToList();
        return matches switch
        {
            [var only] => only,
            [] => new Failure(StoreFailures.NoSuchEnvironment, $"No environment in {layout.Home} is named '{name}'."),
            _ => new Failure(StoreFailures.AmbiguousName, $"'{name}' fits {matches.Count} environments: {string.Join(", ", matches.Take(5))}."),
        };
    }
}
