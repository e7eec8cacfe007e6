using System.Text;

namespace Slipway.TestKit;

/// <summary>The output of a running program: its text, its lines so far, and who waits for a line.</summary>
internal sealed class OutputLog
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly List<(Func<string, bool> Predicate, TaskCompletionSource<string?> Found)> _waiters = [];
    private int _openStreams = 2;

    /// <summary>Reads one stream to its end.</summary>
    internal async Task<string> DrainAsync(StreamReader reader, StringBuilder text)
    {
        var partial = new StringBuilder();
        var buffer = new char[4096];
        int count;
        while ((count = await reader.ReadAsync(buffer)) > 0)
        {
            lock (_gate)
            {
                text.Append(buffer, 0, count);
                Split(partial, buffer.AsSpan(0, count));
            }
        }

        lock (_gate)
        {
            Split(partial, partial.Length > 0 ? "\n" : string.Empty);
            if (--_openStreams == 0)
            {
                _waiters.ForEach(waiter => waiter.Found.TrySetResult(null));
            }

            return text.ToString();
        }
    }

    /// <summary>The first line that matches, past or to come; null when all output ended without one.</summary>
    internal Task<string?> FindLineAsync(Func<string, bool> predicate)
    {
        lock (_gate)
        {
            var past = _lines.Find(line => predicate(line));
            if (past is not null || _openStreams == 0)
            {
                return Task.FromResult(past);
            }

            var found = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((predicate, found));
            return found.Task;
        }
    }

    internal string Read(StringBuilder text)
    {
        lock (_gate)
        {
            return text.ToString();
        }
    }

    private void Split(StringBuilder partial, ReadOnlySpan<char> added)
    {
        foreach (var character in added)
        {
            if (character != '\n')
            {
                partial.Append(character);
                continue;
            }

            var line = partial.ToString().TrimEnd('\r');
            partial.Clear();
            _lines.Add(line);
            foreach (var waiter in _waiters.Where(waiter => waiter.Predicate(line)))
            {
                waiter.Found.TrySetResult(line);
            }
        }
    }
}
