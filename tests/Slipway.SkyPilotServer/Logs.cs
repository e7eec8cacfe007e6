namespace Slipway.SkyPilotApi;

/// <summary>A request that arrived, answered or not. It holds no credentials: headers are not kept.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Path">Its path, without the query.</param>
/// <param name="Query">Its query, with the question mark; empty where there is none.</param>
/// <param name="Body">Its body where it is JSON, as it came; empty otherwise.</param>
/// <param name="RequestId">The id that the server gave it; null where it was not taken.</param>
/// <param name="Status">The status of its answer; null when the connection was broken instead.</param>
public sealed record ArrivedRequest(string Method, string Path, string Query, string Body, string? RequestId, int? Status);

/// <summary>Something in a request that the real server would refuse or silently drop, or that our own rules forbid.</summary>
/// <param name="Path">The path of the request.</param>
/// <param name="Problem">What is wrong, with the place.</param>
public sealed record Violation(string Path, string Problem);

/// <summary>A log that grows while it is read.</summary>
internal sealed class Log<T>
{
    private readonly Lock _gate = new();
    private readonly List<T> _items = [];

    internal IReadOnlyList<T> Items
    {
        get
        {
            lock (_gate)
            {
                return [.. _items];
            }
        }
    }

    internal void Add(T item)
    {
        lock (_gate)
        {
            _items.Add(item);
        }
    }
}
