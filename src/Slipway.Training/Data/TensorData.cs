using System.Collections.Immutable;

namespace Slipway.Training.Data;

/// <summary>Numbers with a shape, in row-major order: 64-bit whole numbers or 32-bit floating ones, which are all that travel.</summary>
public abstract class TensorData
{
    private protected TensorData(int count, ImmutableArray<int> shape)
    {
        if (shape.Any(static size => size < 0) || shape.Aggregate(1L, static (product, size) => product * size) != count)
        {
            throw new ArgumentException($"{count} numbers have not the shape [{string.Join(',', shape)}].", nameof(shape));
        }

        (Count, Shape) = (count, shape);
    }

    /// <summary>How many numbers there are.</summary>
    public int Count { get; }

    /// <summary>The dimensions; their product is <see cref="Count"/>.</summary>
    public ImmutableArray<int> Shape { get; }

    /// <summary>Whole numbers in a row.</summary>
    public static LongTensor Of(ImmutableArray<long> values) => new(values, [values.Length]);

    /// <summary>Floating numbers in a row.</summary>
    public static FloatTensor Of(ImmutableArray<float> values) => new(values, [values.Length]);
}

/// <summary>Whole numbers, <c>int64</c>.</summary>
public sealed class LongTensor : TensorData
{
    /// <summary>A tensor.</summary>
    /// <param name="values">The numbers.</param>
    /// <param name="shape">The dimensions.</param>
    /// <exception cref="ArgumentException">The shape has another number of elements.</exception>
    public LongTensor(ImmutableArray<long> values, ImmutableArray<int> shape)
        : base(values.Length, shape) => Values = values;

    /// <summary>The numbers.</summary>
    public ImmutableArray<long> Values { get; }
}

/// <summary>Floating numbers, <c>float32</c>.</summary>
public sealed class FloatTensor : TensorData
{
    /// <summary>A tensor.</summary>
    /// <param name="values">The numbers.</param>
    /// <param name="shape">The dimensions.</param>
    /// <exception cref="ArgumentException">The shape has another number of elements.</exception>
    public FloatTensor(ImmutableArray<float> values, ImmutableArray<int> shape)
        : base(values.Length, shape) => Values = values;

    /// <summary>The numbers.</summary>
    public ImmutableArray<float> Values { get; }
}
