using System.Diagnostics.CodeAnalysis;

namespace Slipway.Core.Failures;

/// <summary>A value or a coded failure. A class, though a small one: a program compiled ahead of time would have all of tasks, awaiters and queries once more for each struct that goes through them.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
public sealed class Result<T>
    where T : notnull
{
    private readonly T? _value;
    private readonly Failure? _failure;

    private Result(T? value, Failure? failure)
    {
        _value = value;
        _failure = failure;
    }

    /// <summary>Whether there is a value.</summary>
    public bool IsOk => _failure is null;

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">There is none: a defect of the caller.</exception>
    public T Value => _failure is null && _value is not null
        ? _value
        : throw new InvalidOperationException($"No value: {_failure}");

    /// <summary>The failure.</summary>
    /// <exception cref="InvalidOperationException">There is none: a defect of the caller.</exception>
    public Failure Failure => _failure ?? throw new InvalidOperationException("Not a failure.");

    /// <summary>A result from a value.</summary>
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>A result from a failure.</summary>
    public static implicit operator Result<T>(Failure failure) => new(default, failure);

    internal static Result<T> FromValue(T value) => new(value, null);

    /// <summary>Splits the result: true with the value, or false with the failure.</summary>
    public bool TryGet([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Failure? failure)
    {
        value = _value;
        failure = _failure;
        return _failure is null;
    }

    /// <summary>Applies <paramref name="map"/> to the value and keeps a failure.</summary>
    public Result<TOut> Map<TOut>(Func<T, TOut> map)
        where TOut : notnull => _failure is null ? map(Value) : _failure;

    /// <summary>Continues with <paramref name="next"/> on a value and keeps a failure.</summary>
    public Result<TOut> Then<TOut>(Func<T, Result<TOut>> next)
        where TOut : notnull => _failure is null ? next(Value) : _failure;

    /// <inheritdoc/>
    public override string ToString() => _failure is null ? $"Ok({_value})" : $"Failed({_failure})";
}
