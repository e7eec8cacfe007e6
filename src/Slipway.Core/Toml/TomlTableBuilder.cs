namespace Slipway.Core.Toml;

/// <summary>Builds a table to be written. Keys keep the order in which they were added.</summary>
/// <param name="isInline">Whether the table is written in braces.</param>
public sealed class TomlTableBuilder(bool isInline = false)
{
    private TomlTable _table = NewTable(isInline);

    /// <summary>Adds a value.</summary>
    /// <exception cref="ArgumentException">The key was added before.</exception>
    public TomlTableBuilder Add(string key, TomlValue value)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        _table.Add(key, value, at: null);
        return this;
    }

    /// <summary>Adds a string, unless it is null.</summary>
    public TomlTableBuilder Add(string key, string? value) => value is null ? this : Add(key, new TomlString(value));

    /// <summary>Adds an integer, unless it is null.</summary>
    public TomlTableBuilder Add(string key, long? value) => value is null ? this : Add(key, new TomlInteger(value.Value));

    /// <summary>Adds a boolean.</summary>
    public TomlTableBuilder Add(string key, bool value) => Add(key, new TomlBoolean(value));

    /// <summary>Adds an instant in UTC, unless it is null.</summary>
    public TomlTableBuilder Add(string key, DateTimeOffset? value) => value is not { UtcDateTime: var utc } ? this
        : Add(key, new TomlDateTime(DateOnly.FromDateTime(utc), TimeOnly.FromDateTime(utc), TimeSpan.Zero));

    /// <summary>Adds an array of strings.</summary>
    public TomlTableBuilder AddStrings(string key, IEnumerable<string> values) =>
        Add(key, new TomlArray(values.Select(static value => new TomlString(value))));

    /// <summary>The table. The builder begins anew.</summary>
    public TomlTable Build()
    {
        var table = _table;
        _table = NewTable(isInline);
        return table;
    }

    private static TomlTable NewTable(bool isInline) => new(isInline ? TomlTableForm.Inline : TomlTableForm.Header, location: null);
}
