using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Slipway.Core.Failures;

namespace Slipway.Workers.Frames;

/// <summary>Writes frames: u32 header length, u64 payload length, both little-endian, the header as JSON, the payload.</summary>
public static class FrameWriter
{
    // Up to this size one piece is cheaper than several.
    private const int Small = 64 * 1024;
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The pieces of a frame, in order. Large tensors are not copied.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="limits">The limits.</param>
    /// <returns>The pieces; a failure when the frame is too large, or two tensors have one name.</returns>
    public static Result<ImmutableArray<ReadOnlyMemory<byte>>> Write(Frame frame, FrameLimits limits)
    {
        ArgumentNullException.ThrowIfNull(frame);
        ArgumentNullException.ThrowIfNull(limits);
        if (Twice(frame.Tensors) is { } name)
        {
            return new Failure(WorkerFailures.TensorInvalid, $"Two tensors are named {name}.");
        }

        var buffer = new ArrayBufferWriter<byte>(256);
        buffer.GetSpan(FrameLimits.PrefixBytes)[..FrameLimits.PrefixBytes].Clear();
        buffer.Advance(FrameLimits.PrefixBytes);
        var payload = WriteHeader(buffer, frame);
        var header = buffer.WrittenCount - FrameLimits.PrefixBytes;
        if (header > FrameLimits.MaxHeaderBytes || payload > limits.MaxPayloadBytes)
        {
            return new Failure(WorkerFailures.TooLarge, $"A frame with a header of {header} bytes and a payload of {payload} bytes is over the limits of {FrameLimits.MaxHeaderBytes} and {limits.MaxPayloadBytes}.");
        }

        return Pieces(buffer, frame.Tensors, header, payload);
    }

    private static string? Twice(ImmutableArray<Tensor> tensors)
    {
        for (var i = 1; i < tensors.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (string.Equals(tensors[i].Name, tensors[j].Name, StringComparison.Ordinal))
                {
                    return tensors[i].Name;
                }
            }
        }

        return null;
    }

    private static long WriteHeader(ArrayBufferWriter<byte> buffer, Frame frame)
    {
        using var json = new Utf8JsonWriter(buffer, Compact);
        json.WriteStartObject();
        json.WriteNumber("v"u8, Frame.Version);
        json.WriteNumber("id"u8, frame.Id);
        if (frame.Kind is FrameKind.Call or FrameKind.Event)
        {
            json.WriteString(frame.Kind is FrameKind.Call ? "op"u8 : "event"u8, frame.Name);
        }

        json.WritePropertyName(frame.Kind switch
        {
            FrameKind.Call => "args"u8,
            FrameKind.Event => "data"u8,
            FrameKind.Answer => "ok"u8,
            _ => "error"u8,
        });
        if (frame.Body.ValueKind is JsonValueKind.Object)
        {
            frame.Body.WriteTo(json);
        }
        else
        {
            json.WriteStartObject();
            json.WriteEndObject();
        }

        var size = frame.Tensors.IsEmpty ? 0 : WriteTensors(json, frame.Tensors);
        json.WriteEndObject();
        return size;
    }

    private static long WriteTensors(Utf8JsonWriter json, ImmutableArray<Tensor> tensors)
    {
        long offset = 0;
        json.WriteStartArray("tensors"u8);
        foreach (var tensor in tensors)
        {
            offset = Aligned(offset);
            json.WriteStartObject();
            json.WriteString("name"u8, tensor.Name);
            json.WriteString("dtype"u8, tensor.Type.Name());
            json.WriteStartArray("shape"u8);
            foreach (var dimension in tensor.Shape)
            {
                json.WriteNumberValue(dimension);
            }

            json.WriteEndArray();
            json.WriteNumber("offset"u8, offset);
            json.WriteEndObject();
            offset += tensor.Bytes.Length;
        }

        json.WriteEndArray();
        return offset;
    }

    private static long Aligned(long offset) => (offset + FrameLimits.Alignment - 1) / FrameLimits.Alignment * FrameLimits.Alignment;

    private static ImmutableArray<ReadOnlyMemory<byte>> Pieces(ArrayBufferWriter<byte> buffer, ImmutableArray<Tensor> tensors, int header, long payload)
    {
        var isSmall = payload <= Small;
        var head = new byte[FrameLimits.PrefixBytes + header + (isSmall ? (int)payload : 0)];
        buffer.WrittenSpan.CopyTo(head);
        BinaryPrimitives.WriteUInt32LittleEndian(head, (uint)header);
        BinaryPrimitives.WriteUInt64LittleEndian(head.AsSpan(sizeof(uint)), (ulong)payload);
        var pieces = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        pieces.Add(head);
        long offset = 0;
        foreach (var tensor in tensors)
        {
            var start = Aligned(offset);
            if (isSmall)
            {
                tensor.Bytes.Span.CopyTo(head.AsSpan(FrameLimits.PrefixBytes + header + (int)start));
            }
            else
            {
                pieces.Add(new byte[start - offset]);
                pieces.Add(tensor.Bytes);
            }

            offset = start + tensor.Bytes.Length;
        }

        return [.. pieces.Where(static piece => !piece.IsEmpty)];
    }
}
