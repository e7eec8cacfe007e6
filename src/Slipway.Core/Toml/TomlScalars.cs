using Slipway.Core.Failures;

namespace Slipway.Core.Toml;

/// <summary>A string.</summary>
/// <param name="value">The text.</param>
/// <param name="location">Where it begins.</param>
public sealed class TomlString(string value, FailureLocation? location = null) : TomlValue(location)
{
    /// <summary>The text.</summary>
    public string Value { get; } = value;

    /// <summary>
    /// Where the first character of the text stands, when each character of the text is one character of the
    /// document; else where the string begins.
    /// </summary>
    public FailureLocation TextLocation => IsVerbatim ? Location with { Column = Location.Column + 1 } : Location;

    internal override string Kind => "a string";

    /// <summary>Whether the string stands in the document on one line and without escapes.</summary>
    internal bool IsVerbatim { get; init; }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TomlString other && string.Equals(Value, other.Value, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>An integer of 64 bits.</summary>
/// <param name="value">The number.</param>
/// <param name="location">Where it begins.</param>
public sealed class TomlInteger(long value, FailureLocation? location = null) : TomlValue(location)
{
    /// <summary>The number.</summary>
    public long Value { get; } = value;

    internal override string Kind => "an integer";

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TomlInteger other && Value == other.Value;

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}

/// <summary>A floating-point number, which may be infinite or not a number.</summary>
/// <param name="value">The number.</param>
/// <param name="location">Where it begins.</param>
public sealed class TomlFloat(double value, FailureLocation? location = null) : TomlValue(location)
{
    /// <summary>The number.</summary>
    public double Value { get; } = value;

    internal override string Kind => "a float";

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TomlFloat other && Value.Equals(other.Value);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => TomlText.Float(Value);
}

/// <summary>True or false.</summary>
/// <param name="value">The value.</param>
/// <param name="location">Where it begins.</param>
public sealed class TomlBoolean(bool value, FailureLocation? location = null) : TomlValue(location)
{
    /// <summary>The value.</summary>
    public bool Value { get; } = value;

    internal override string Kind => "a boolean";

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TomlBoolean other && Value == other.Value;

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => Value ? "true" : "false";
}
