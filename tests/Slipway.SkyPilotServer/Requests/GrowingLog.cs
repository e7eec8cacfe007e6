using System.Text;

namespace Slipway.SkyPilotApi.Requests;

/// <summary>A log that is read while it is written, from any number of places. May be used from any thread.</summary>
internal sealed class GrowingLog
{
    private readonly Lock _gate = new();
    private readonly List<byte> _bytes = [];
    private TaskCompletionSource _grown = New();
    private bool _isComplete;

    internal void Append(string text) => Append(Encoding.UTF8.GetBytes(text));

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            _bytes.AddRange(bytes);
            Wake();
        }
    }

    /// <summary>Nothing will be added any more.</summary>
    internal void Complete()
    {
        lock (_gate)
        {
            _isComplete = true;
            Wake();
        }
    }

    /// <summary>What lies behind an offset, whether that is all there will be, and what to wait for otherwise.</summary>
    internal (byte[] Bytes, bool IsComplete, Task Grown) Read(int offset)
    {
        lock (_gate)
        {
            return ([.. _bytes[offset..]], _isComplete, _grown.Task);
        }
    }

    internal string Text => Encoding.UTF8.GetString(Read(0).Bytes);

    /// <summary>The offset where the last lines begin; 0 where all are wanted.</summary>
    internal int OffsetOfTail(long lines)
    {
        if (lines <= 0)
        {
            return 0;
        }

        var bytes = Read(0).Bytes;
        var end = bytes.Length > 0 && bytes[^1] == '\n' ? bytes.Length - 1 : bytes.Length;
        for (var i = end - 1; i >= 0; i--)
        {
            if (bytes[i] == '\n' && --lines == 0)
            {
                return i + 1;
            }
        }

        return 0;
    }

    private void Wake()
    {
        var grown = _grown;
        _grown = New();
        grown.SetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
