using System.Diagnostics.CodeAnalysis;

namespace Slipway.Core.Toml;

/// <summary>A value that a document may leave out. The default is "left out".</summary>
/// <typeparam name="T">The type of the value.</typeparam>
public readonly record struct Maybe<T>
    where T : notnull
{
    private readonly T? _value;

    private Maybe(T value)
    {
        _value = value;
        HasValue = true;
    }

    /// <summary>Left out.</summary>
    public static Maybe<T> None => default;

    /// <summary>Whether there is a value.</summary>
    public bool HasValue { get; }

    /// <summary>A value that is there.</summary>
    public static Maybe<T> Of(T value) => new(value);

    /// <summary>True with the value when there is one.</summary>
    public bool TryGet([NotNullWhen(true)] out T? value)
    {
        value = _value;
        return HasValue;
    }

    /// <summary>The value, or <paramref name="fallback"/> when it was left out.</summary>
    public T Or(T fallback) => HasValue ? _value! : fallback;

    /// <summary>The value, or the default of its type (null for classes) when it was left out.</summary>
    public T? OrDefault() => _value;
}
