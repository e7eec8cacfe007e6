using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Slipway.Workflows.Types;

/// <summary>The types that nodes may have.</summary>
public sealed class NodeCatalogue
{
    private readonly FrozenDictionary<string, NodeType> _types;

    /// <summary>A catalogue of some types.</summary>
    /// <exception cref="ArgumentException">Two types have one id: a defect of who made them.</exception>
    public NodeCatalogue(IEnumerable<NodeType> types)
    {
        All = [.. types.OrderBy(static type => type.Id, StringComparer.Ordinal)];
        _types = All.ToFrozenDictionary(static type => type.Id, StringComparer.Ordinal);
    }

    /// <summary>All types, ordered by their ids.</summary>
    public ImmutableArray<NodeType> All { get; }

    /// <summary>A type by its id; null when there is none.</summary>
    public NodeType? Find(string id) => _types.GetValueOrDefault(id);

    /// <summary>This catalogue with more types: how a user's library adds its own.</summary>
    public NodeCatalogue With(params ReadOnlySpan<NodeType> types) => new([.. All, .. types]);
}
