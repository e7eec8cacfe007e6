namespace Slipway.Machines.Processes;

/// <summary>Keeps the last bytes of a stream. Grows as needed up to its limit, then overwrites the oldest. Not safe to use concurrently.</summary>
/// <param name="limit">How many bytes are kept.</param>
public sealed class TailBuffer(int limit)
{
    private byte[] _ring = [];
    private long _written;

    /// <summary>Whether bytes were dropped.</summary>
    public bool Truncated => _written > limit;

    /// <summary>Takes bytes.</summary>
    public void Append(ReadOnlySpan<byte> chunk)
    {
        var skipped = Math.Max(0, chunk.Length - limit);
        _written += skipped;
        chunk = chunk[skipped..];
        Grow(chunk.Length);
        while (!chunk.IsEmpty)
        {
            var at = (int)(_written % _ring.Length);
            var part = Math.Min(chunk.Length, _ring.Length - at);
            chunk[..part].CopyTo(_ring.AsSpan(at));
            _written += part;
            chunk = chunk[part..];
        }
    }

    /// <summary>The bytes that are kept, the oldest first.</summary>
    public byte[] ToArray()
    {
        if (_written <= _ring.Length || _ring.Length == 0)
        {
            return _ring[..(int)Math.Min(_written, _ring.Length)];
        }

        var start = (int)(_written % _ring.Length);
        return [.. _ring.AsSpan(start), .. _ring.AsSpan(0, start)];
    }

    /// <summary>Until the limit is reached nothing has wrapped, so growing is a plain copy.</summary>
    private void Grow(int incoming)
    {
        var needed = _written + incoming;
        if (needed > _ring.Length && _ring.Length < limit)
        {
            Array.Resize(ref _ring, (int)Math.Min(limit, Math.Max(needed, Math.Max(4096L, _ring.Length * 2L))));
        }
    }
}
