using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Slipway.Workers.Frames;

/// <summary>One tensor: its elements in C order, as raw bytes. Bytes that are no numbers travel as a row of <see cref="TensorType.U8"/>.</summary>
public sealed record Tensor
{
    /// <summary>A tensor.</summary>
    /// <param name="name">Its name, unique in its frame.</param>
    /// <param name="type">The type of its elements.</param>
    /// <param name="shape">Its dimensions; none for a single number.</param>
    /// <param name="bytes">Its elements; not to be changed while it travels.</param>
    /// <exception cref="ArgumentException">The number of bytes is not that of the shape, or a dimension is negative.</exception>
    public Tensor(string name, TensorType type, ImmutableArray<long> shape, ReadOnlyMemory<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (SizeOf(type, shape.AsSpan()) != bytes.Length)
        {
            throw new ArgumentException($"Tensor {name} has {bytes.Length} bytes, which are not those of {type.Name()}[{string.Join(',', shape)}].", nameof(bytes));
        }

        (Name, Type, Shape, Bytes) = (name, type, shape, bytes);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The type of its elements.</summary>
    public TensorType Type { get; }

    /// <summary>Its dimensions.</summary>
    public ImmutableArray<long> Shape { get; }

    /// <summary>Its elements.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Bytes as a row.</summary>
    public static Tensor OfBytes(string name, ReadOnlyMemory<byte> bytes) => new(name, TensorType.U8, [bytes.Length], bytes);

    /// <summary>Numbers as a row, copied.</summary>
    public static Tensor Of(string name, ReadOnlySpan<float> values) => new(name, TensorType.F32, [values.Length], MemoryMarshal.AsBytes(values).ToArray());

    /// <inheritdoc cref="Of(string, ReadOnlySpan{float})"/>
    public static Tensor Of(string name, ReadOnlySpan<long> values) => new(name, TensorType.I64, [values.Length], MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>The bytes that a tensor of this type and shape has; null when no array is that large, or a dimension is negative.</summary>
    internal static long? SizeOf(TensorType type, ReadOnlySpan<long> shape)
    {
        long size = type.Size();
        var isEmpty = false;
        foreach (var dimension in shape)
        {
            if (dimension < 0)
            {
                return null;
            }

            isEmpty |= dimension == 0;
            size = isEmpty ? 0 : Math.BigMul(size, dimension, out var low) == 0 && low >= 0 ? low : -1;
            if (size < 0)
            {
                // An empty dimension that follows would make all of it empty; nobody sends such a thing.
                return null;
            }
        }

        return size;
    }
}
