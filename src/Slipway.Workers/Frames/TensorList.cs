using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Workers.Frames;

/// <summary>Reads the field <c>tensors</c> of a header.</summary>
internal static class TensorList
{
    /// <summary>Reads the list on which the reader stands; gives what is wrong with it.</summary>
    public static string? Read(ref Utf8JsonReader reader, ReadOnlyMemory<byte> payload, out ImmutableArray<Tensor> tensors)
    {
        tensors = [];
        if (reader.TokenType is not JsonTokenType.StartArray)
        {
            return "has tensors that are no list";
        }

        var list = ImmutableArray.CreateBuilder<Tensor>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            if (One(ref reader, payload, out var tensor) is { } what)
            {
                return what;
            }

            if (!names.Add(tensor!.Name))
            {
                return $"names two tensors {tensor.Name}";
            }

            list.Add(tensor);
        }

        tensors = list.ToImmutable();
        return null;
    }

    private static string? One(ref Utf8JsonReader reader, ReadOnlyMemory<byte> payload, out Tensor? tensor)
    {
        const string Odd = "has a tensor without name, dtype, shape and offset";
        tensor = null;
        if (reader.TokenType is not JsonTokenType.StartObject)
        {
            return Odd;
        }

        string? name = null, type = null;
        ImmutableArray<long>? shape = null;
        long? offset = null;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var field = reader.GetString();
            reader.Read();
            switch (field)
            {
                case "name":
                    name = Text(ref reader);
                    break;
                case "dtype":
                    type = Text(ref reader);
                    break;
                case "shape":
                    shape = Shape(ref reader);
                    break;
                case "offset":
                    offset = Number(ref reader);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (name is null || type is null || shape is not { } dimensions || offset is not { } start || !TensorTypes.TryParse(type, out var kind))
        {
            return Odd;
        }

        if (Tensor.SizeOf(kind, dimensions.AsSpan()) is not { } size || start < 0 || size > payload.Length || start > payload.Length - size)
        {
            return $"has a tensor {name} that reaches out of the payload";
        }

        tensor = new Tensor(name, kind, dimensions, payload.Slice((int)start, (int)size));
        return null;
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.String)
        {
            return reader.GetString();
        }

        reader.Skip();
        return null;
    }

    private static long? Number(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.Number && reader.TryGetInt64(out var value))
        {
            return value;
        }

        reader.Skip();
        return null;
    }

    private static ImmutableArray<long>? Shape(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not JsonTokenType.StartArray)
        {
            reader.Skip();
            return null;
        }

        var dimensions = ImmutableArray.CreateBuilder<long>();
        var isWrong = false;
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            var dimension = Number(ref reader);
            isWrong |= dimension is null;
            dimensions.Add(dimension ?? 0);
        }

        return isWrong || dimensions.Count > FrameLimits.MaxDimensions ? null : dimensions.ToImmutable();
    }
}
