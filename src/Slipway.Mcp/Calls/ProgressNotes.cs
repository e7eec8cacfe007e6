using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Slipway.Mcp.Calls;

/// <summary>Sends what a verb says as progress of a call: one note at a time, in order; of what is said meanwhile only the last is sent. Nobody is told who did not ask.</summary>
/// <param name="server">The session.</param>
/// <param name="token">The call's token; null where no progress is wanted.</param>
internal sealed class ProgressNotes(McpServer server, ProgressToken? token)
{
    private readonly Lock _gate = new();
    private string? _next;
    private Task _sending = Task.CompletedTask;
    private int _count;

    /// <summary>What is to be told; null where nobody listens.</summary>
    public Action<string>? Told => token is null ? null : Tell;

    /// <summary>Waits until all is sent: a note after its answer would be a fault of protocol.</summary>
    public Task DrainAsync()
    {
        lock (_gate)
        {
            return _sending;
        }
    }

    private void Tell(string text)
    {
        lock (_gate)
        {
            _next = text;
            if (_sending.IsCompleted)
            {
                _sending = Task.Run(SendAsync);
            }
        }
    }

    private async Task SendAsync()
    {
        while (Take() is { } text)
        {
            try
            {
                await server.NotifyProgressAsync(token!.Value, new ProgressNotificationValue { Progress = ++_count, Message = text }).ConfigureAwait(false);
            }
            catch (Exception gone) when (gone is IOException or InvalidOperationException or OperationCanceledException)
            {
                // The client went away; the call ends by its own token.
                return;
            }
        }
    }

    private string? Take()
    {
        lock (_gate)
        {
            var text = _next;
            _next = null;
            if (text is null)
            {
                _sending = Task.CompletedTask;
            }

            return text;
        }
    }
}
