using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using Slipway.Workers.Frames;
using Slipway.Workflows.Graphs;

namespace Slipway.Workflows.Nodes.Inference;

/// <summary>Tensors as JSON: type and shape, and the numbers of those that a person would read.</summary>
internal static class TensorText
{
    private const int MostNumbers = 4096;

    /// <summary>An object of the tensors by their names; <c>values</c> is a row of numbers in C order, where there are few and they have a form that JSON knows.</summary>
    public static JsonElement Describe(ImmutableArray<Tensor> tensors) => JsonMembers.Make(writer =>
    {
        writer.WriteStartObject();
        foreach (var tensor in tensors)
        {
            writer.WriteStartObject(tensor.Name);
            writer.WriteString("dtype", tensor.Type.Name());
            writer.WriteStartArray("shape");
            foreach (var dimension in tensor.Shape)
            {
                writer.WriteNumberValue(dimension);
            }

            writer.WriteEndArray();
            if (Numbers(tensor) is { } numbers)
            {
                writer.WriteStartArray("values");
                foreach (var number in numbers)
                {
                    Write(writer, number);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    });

    private static double[]? Numbers(Tensor tensor)
    {
        var bytes = tensor.Bytes.Span;
        double[]? numbers = tensor.Type switch
        {
            TensorType.F32 => [.. MemoryMarshal.Cast<byte, float>(bytes).ToArray().Select(static value => (double)value)],
            TensorType.F64 => MemoryMarshal.Cast<byte, double>(bytes).ToArray(),
            TensorType.I32 => [.. MemoryMarshal.Cast<byte, int>(bytes).ToArray().Select(static value => (double)value)],
            TensorType.I64 => [.. MemoryMarshal.Cast<byte, long>(bytes).ToArray().Select(static value => (double)value)],
            TensorType.U8 or TensorType.Bool => [.. bytes.ToArray().Select(static value => (double)value)],
            _ => null,
        };
        return numbers?.Length <= MostNumbers ? numbers : null;
    }

    // JSON has no word for what is no number.
    private static void Write(Utf8JsonWriter writer, double number)
    {
        if (double.IsFinite(number))
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}
