using System.Collections.Frozen;

namespace Slipway.Workers.Frames;

/// <summary>The types of tensors that travel; little-endian, as every platform that is supported has them.</summary>
public enum TensorType
{
    /// <summary>IEEE 754 half precision, <c>f16</c>.</summary>
    F16,

    /// <summary>The upper half of <see cref="F32"/>, <c>bf16</c>.</summary>
    BF16,

    /// <summary>IEEE 754 single precision, <c>f32</c>.</summary>
    F32,

    /// <summary>IEEE 754 double precision, <c>f64</c>.</summary>
    F64,

    /// <summary>Signed, 8 bits, <c>i8</c>.</summary>
    I8,

    /// <summary>Unsigned, 8 bits, <c>u8</c>: also files and other bytes.</summary>
    U8,

    /// <summary>Signed, 16 bits, <c>i16</c>.</summary>
    I16,

    /// <summary>Signed, 32 bits, <c>i32</c>.</summary>
    I32,

    /// <summary>Signed, 64 bits, <c>i64</c>.</summary>
    I64,

    /// <summary>One byte, 0 or 1, <c>bool</c>.</summary>
    Bool,
}

/// <summary>How the types are named in headers, and how large they are.</summary>
public static class TensorTypes
{
    private static readonly FrozenDictionary<string, TensorType> ByName = Enum.GetValues<TensorType>().ToFrozenDictionary(Name, StringComparer.Ordinal);

    /// <summary>The name in a header.</summary>
    public static string Name(this TensorType type) => type switch
    {
        TensorType.F16 => "f16",
        TensorType.BF16 => "bf16",
        TensorType.F32 => "f32",
        TensorType.F64 => "f64",
        TensorType.I8 => "i8",
        TensorType.U8 => "u8",
        TensorType.I16 => "i16",
        TensorType.I32 => "i32",
        TensorType.I64 => "i64",
        TensorType.Bool => "bool",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, message: null),
    };

    /// <summary>The size of one element in bytes.</summary>
    public static int Size(this TensorType type) => type switch
    {
        TensorType.F64 or TensorType.I64 => 8,
        TensorType.F32 or TensorType.I32 => 4,
        TensorType.F16 or TensorType.BF16 or TensorType.I16 => 2,
        _ => 1,
    };

    /// <summary>The type of a name; false when there is none.</summary>
    public static bool TryParse(string name, out TensorType type) => ByName.TryGetValue(name, out type);
}
