using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Slipway.Core.Failures;

namespace Slipway.Workers.Frames;

/// <summary>
/// Puts frames together from bytes that come cut anywhere. What is no frame ends the reading with a failure: nothing after it can be trusted.
/// Not safe to use concurrently.
/// </summary>
/// <param name="limits">The limits.</param>
/// <param name="found">Receives each frame. Its tensors are parts of memory that is theirs alone.</param>
public sealed class FrameReader(FrameLimits limits, Action<Frame> found)
{
    private const int WorthRoom = 32 * 1024;
    private readonly byte[] _prefix = new byte[FrameLimits.PrefixBytes];
    private byte[] _header = [];
    private byte[] _payload = [];
    private int _prefixCount;
    private int _headerCount;
    private int _payloadCount;
    private int _payloadSize;

    /// <summary>Where the next bytes belong, while a payload is being read that is worth reading in place; else empty.</summary>
    internal Span<byte> Room => _prefixCount == _prefix.Length && _headerCount == _header.Length && _payloadSize - _payloadCount >= WorthRoom
        ? _payload.AsSpan(_payloadCount, _payloadSize - _payloadCount)
        : default;

    /// <summary>Why nothing more is read; null while all is well.</summary>
    public Failure? Failure { get; private set; }

    /// <summary>Whether a frame has begun and is not whole.</summary>
    public bool IsWithinFrame => _prefixCount > 0;

    /// <summary>Takes bytes.</summary>
    /// <returns>The failure, when what came is no frame.</returns>
    public Failure? Append(ReadOnlySpan<byte> bytes)
    {
        while (Failure is null && !bytes.IsEmpty)
        {
            if (_prefixCount < _prefix.Length)
            {
                Fill(ref bytes, _prefix, ref _prefixCount);
                if (_prefixCount == _prefix.Length)
                {
                    Begin();
                }
            }
            else if (_headerCount < _header.Length)
            {
                Fill(ref bytes, _header, ref _headerCount);
            }
            else
            {
                Fill(ref bytes, _payload.AsSpan(0, _payloadSize), ref _payloadCount);
            }

            if (Failure is null && _prefixCount == _prefix.Length && _headerCount == _header.Length && _payloadCount == _payloadSize)
            {
                End();
            }
        }

        return Failure;
    }

    private static void Fill(ref ReadOnlySpan<byte> bytes, Span<byte> target, ref int count)
    {
        var taken = Math.Min(bytes.Length, target.Length - count);
        target = target.Slice(count, taken);

        // What was read into the room that was offered is where it belongs.
        if (!Unsafe.AreSame(ref MemoryMarshal.GetReference(bytes), ref MemoryMarshal.GetReference(target)))
        {
            bytes[..taken].CopyTo(target);
        }

        bytes = bytes[taken..];
        count += taken;
    }

    private void Begin()
    {
        var header = BinaryPrimitives.ReadUInt32LittleEndian(_prefix);
        var payload = BinaryPrimitives.ReadUInt64LittleEndian(_prefix.AsSpan(sizeof(uint)));
        if (header > FrameLimits.MaxHeaderBytes || payload > (ulong)limits.MaxPayloadBytes)
        {
            Failure = new Failure(
                WorkerFailures.Garbage, $"A frame would have a header of {header} bytes and a payload of {payload} bytes, over the limits of {FrameLimits.MaxHeaderBytes} and {limits.MaxPayloadBytes}.");
            return;
        }

        _header = GC.AllocateUninitializedArray<byte>((int)header);
        _payloadSize = (int)payload;
        _payload = FrameMemory.Rent(_payloadSize);
    }

    private void End()
    {
        var (header, payload, size) = (_header, _payload, _payloadSize);
        (_header, _payload, _payloadSize, _prefixCount, _headerCount, _payloadCount) = ([], [], 0, 0, 0, 0);
        if (FrameHeader.Read(header, payload.AsMemory(0, size)).TryGet(out var frame, out var failure))
        {
            found(frame with { Payload = payload });
        }
        else
        {
            Failure = failure;
        }
    }
}
