using System.Collections.Immutable;
using Slipway.Core.Failures;

namespace Slipway.Core.Toml;

/// <summary>An array, or an array of tables.</summary>
public sealed class TomlArray : TomlValue
{
    private readonly List<TomlValue> _items = [];

    /// <summary>An array of values.</summary>
    /// <param name="items">The values, in order.</param>
    /// <param name="isTableArray">Whether it is written with <c>[[headers]]</c>; all values must then be tables.</param>
    /// <exception cref="ArgumentException">An array of tables holds something else.</exception>
    public TomlArray(IEnumerable<TomlValue> items, bool isTableArray = false)
        : this(isTableArray, location: null)
    {
        ArgumentNullException.ThrowIfNull(items);
        foreach (var item in items)
        {
            if (isTableArray && item is not TomlTable)
            {
                throw new ArgumentException("An array of tables holds tables only.", nameof(items));
            }

            Add(item);
        }
    }

    internal TomlArray(bool isTableArray, FailureLocation? location)
        : base(location) => IsTableArray = isTableArray;

    /// <summary>The values, in order.</summary>
    public IReadOnlyList<TomlValue> Items => _items;

    /// <summary>Whether the array is one of tables, written with <c>[[headers]]</c>.</summary>
    public bool IsTableArray { get; }

    internal override string Kind => "an array";

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TomlArray other && _items.SequenceEqual(other._items);

    /// <inheritdoc/>
    public override int GetHashCode() => _items.Count;

    /// <inheritdoc/>
    public override string ToString() => $"[{_items.Count} values]";

    internal void Add(TomlValue item)
    {
        item.PutInto(this, string.Empty);
        _items.Add(item);
    }

    internal int IndexOf(TomlValue item) => _items.FindIndex(candidate => ReferenceEquals(candidate, item));

    /// <summary>The items as tables; null when one is something else.</summary>
    internal ImmutableArray<TomlTable>? AsTables() =>
        _items.TrueForAll(static item => item is TomlTable) ? [.. _items.Cast<TomlTable>()] : null;
}
