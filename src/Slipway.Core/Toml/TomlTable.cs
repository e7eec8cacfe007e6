using System.Diagnostics.CodeAnalysis;
using Slipway.Core.Failures;

namespace Slipway.Core.Toml;

/// <summary>A table: keys in the order of the document, each with a value.</summary>
public sealed partial class TomlTable : TomlValue
{
    private readonly List<string> _keys = [];
    private readonly Dictionary<string, (TomlValue Value, FailureLocation? At)> _entries = new(StringComparer.Ordinal);

    internal TomlTable(TomlTableForm form, FailureLocation? location)
        : base(location) => Form = form;

    /// <summary>A new table without keys.</summary>
    public static TomlTable Empty => new(TomlTableForm.Header, location: null);

    /// <summary>The keys, in their order.</summary>
    public IReadOnlyList<string> Keys => _keys;

    /// <summary>Whether the table is written in braces.</summary>
    public bool IsInline => Form == TomlTableForm.Inline;

    internal override string Kind => "a table";

    /// <summary>How the document defined the table, which decides what may still be added to it.</summary>
    internal TomlTableForm Form { get; set; }

    /// <summary>The value of a key.</summary>
    public bool TryGet(string key, [NotNullWhen(true)] out TomlValue? value)
    {
        var found = _entries.TryGetValue(key, out var entry);
        value = found ? entry.Value : null;
        return found;
    }

    /// <summary>Where a key stands; the table's own location when there is no such key.</summary>
    public FailureLocation KeyLocation(string key) => _entries.TryGetValue(key, out var entry) ? entry.At ?? Location : Location;

    /// <inheritdoc/>
    public override bool Equals(object? obj) =>
        obj is TomlTable other && _keys.Count == other._keys.Count
        && _keys.TrueForAll(key => other.TryGet(key, out var value) && _entries[key].Value.Equals(value));

    /// <inheritdoc/>
    public override int GetHashCode() => _keys.Count;

    /// <inheritdoc/>
    public override string ToString() => $"{{{string.Join(", ", _keys)}}}";

    internal void Add(string key, TomlValue value, FailureLocation? at)
    {
        value.PutInto(this, key);
        _entries.Add(key, (value, at));
        _keys.Add(key);
    }
}

/// <summary>How a document defined a table.</summary>
internal enum TomlTableForm
{
    /// <summary>By its own header, or as the root.</summary>
    Header,

    /// <summary>Only by the header of a table within it; its own header may still come.</summary>
    ImpliedByHeader,

    /// <summary>By a dotted key; no header may define it again.</summary>
    DottedKey,

    /// <summary>In braces; nothing may be added to it.</summary>
    Inline,
}
