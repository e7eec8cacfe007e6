using System.Collections.Immutable;

namespace Slipway.Store.Collection;

/// <summary>What a collection did, or would do.</summary>
/// <param name="Entries">What was looked at, in the order of the collection: of environments the least recently used first.</param>
/// <param name="FreedBytes">The bytes that all removals together free.</param>
/// <param name="RemainingBytes">The bytes that the whole store holds afterwards, each file once; null when no size was asked for.</param>
public sealed record CollectionReport(ImmutableArray<CollectionEntry> Entries, long FreedBytes, long? RemainingBytes);
