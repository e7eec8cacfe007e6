using Slipway.Machines.Files;
using Slipway.Store.Layout;

namespace Slipway.Store.Collection;

/// <summary>How much the store holds and how much of a collection is still to do.</summary>
internal sealed class StoreSpace
{
    private readonly long? _before;
    private readonly long _limit;

    private StoreSpace(long? before, long limit) => (_before, _limit) = (before, limit);

    /// <summary>What the removals free.</summary>
    public SpaceLedger Ledger { get; } = new();

    /// <summary>The bytes that the store holds after the removals up to now; null when no size was asked for.</summary>
    public long? Remaining => _before - Ledger.Freed;

    /// <summary>Whether the store holds more than the policy allows.</summary>
    public bool IsOver => Remaining > _limit;

    /// <summary>Measures the store, but only where the policy asks for a size: it means looking at every file.</summary>
    public static StoreSpace Measure(StoreLayout layout, CollectionPolicy policy, CancellationToken cancellationToken) =>
        policy.MaxBytes is { } limit
            ? new StoreSpace(TreeUsage.Measure(layout.Home, cancellationToken).Bytes, limit)
            : new StoreSpace(before: null, limit: 0);
}
