namespace Slipway.Machines.Processes;

/// <summary>
/// What a process reads, given bit by bit: it sees the end only after <see cref="Complete"/>. So a long-lived process can be
/// spoken to, and one that takes the end of its input for the end of its life is ended by whatever ends us. Safe to use concurrently.
/// </summary>
public sealed class InputFeed
{
    private static readonly Task<bool> Done = Task.FromResult(true);
    private readonly Lock _lock = new();
    private readonly LinkedList<(ReadOnlyMemory<byte> Data, TaskCompletionSource<bool> Taken)> _chunks = new();
    private Action? _wake;
    private DirectWrite? _direct;
    private bool _completed;
    private bool _closed;

    /// <summary>Writes as much as the system takes at once; the count, or something negative.</summary>
    internal delegate int DirectWrite(ReadOnlySpan<byte> data);

    /// <summary>Hands bytes on.</summary>
    /// <param name="data">The bytes; not to be changed before the task ends.</param>
    /// <returns>True when the system has all of them; false when the process reads no more.</returns>
    /// <exception cref="InvalidOperationException">After <see cref="Complete"/>.</exception>
    public Task<bool> WriteAsync(ReadOnlyMemory<byte> data)
    {
        lock (_lock)
        {
            if (_completed)
            {
                throw new InvalidOperationException("The input has been completed.");
            }
        }

        return OfferAsync(data);
    }

    /// <summary>Hands bytes on, unless the input has been completed meanwhile by somebody else: then false, too.</summary>
    internal Task<bool> OfferAsync(ReadOnlyMemory<byte> data)
    {
        TaskCompletionSource<bool> taken;
        Action? wake;
        lock (_lock)
        {
            if (_closed || _completed || data.IsEmpty)
            {
                return Task.FromResult(!_closed && !_completed);
            }

            // Nothing waits before it: what the pipe has room for needs no other thread.
            if (_chunks.Count == 0 && _direct is not null && _direct(data.Span) is > 0 and var count)
            {
                data = data[count..];
                if (data.IsEmpty)
                {
                    return Done;
                }
            }

            taken = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            _chunks.AddLast((data, taken));
            wake = _wake;
        }

        wake?.Invoke();
        return taken.Task;
    }

    /// <summary>The process sees the end after what was written; once is enough.</summary>
    public void Complete()
    {
        Action? wake;
        lock (_lock)
        {
            _completed = true;
            wake = _wake;
        }

        wake?.Invoke();
    }

    /// <summary>Who is to be told that there is something to do, and how to do it at once; null where that cannot be. Neither is called after <see cref="Close"/>.</summary>
    internal void Attach(Action wake, DirectWrite? direct)
    {
        lock (_lock)
        {
            _wake = wake;
            _direct = direct;
        }
    }

    /// <summary>Puts bytes before all that was written; only before the process starts.</summary>
    internal void Prepend(ReadOnlyMemory<byte> data)
    {
        lock (_lock)
        {
            _chunks.AddFirst((data, new TaskCompletionSource<bool>()));
        }
    }

    /// <summary>Whether the end was given.</summary>
    internal bool IsCompleted
    {
        get
        {
            lock (_lock)
            {
                return _completed;
            }
        }
    }

    /// <summary>Whether everything was taken and the end is due.</summary>
    internal bool IsOver
    {
        get
        {
            lock (_lock)
            {
                return _completed && _chunks.Count == 0;
            }
        }
    }

    /// <summary>The first bytes that were not taken yet; empty when there are none now.</summary>
    internal ReadOnlyMemory<byte> Next
    {
        get
        {
            lock (_lock)
            {
                return _chunks.First is { } chunk ? chunk.Value.Data : default;
            }
        }
    }

    /// <summary>The system took some of <see cref="Next"/>.</summary>
    internal void Take(int count)
    {
        TaskCompletionSource<bool>? taken = null;
        lock (_lock)
        {
            var first = _chunks.First!;
            var (data, source) = first.Value;
            if (count < data.Length)
            {
                first.Value = (data[count..], source);
            }
            else
            {
                _chunks.RemoveFirst();
                taken = source;
            }
        }

        taken?.SetResult(true);
    }

    /// <summary>The process reads no more.</summary>
    internal void Close()
    {
        (ReadOnlyMemory<byte> Data, TaskCompletionSource<bool> Taken)[] left;
        lock (_lock)
        {
            _closed = true;
            left = [.. _chunks];
            _chunks.Clear();
        }

        foreach (var chunk in left)
        {
            chunk.Taken.SetResult(false);
        }
    }
}
