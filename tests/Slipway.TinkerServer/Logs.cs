namespace Slipway.TinkerApi;

/// <summary>A request that arrived, answered or not. It never holds an API key.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Path">Its path behind <c>/api/v1/</c>.</param>
/// <param name="IdempotencyKey">Its idempotency key.</param>
/// <param name="Iteration">What <c>X-Tinker-Request-Iteration</c> says.</param>
/// <param name="RequestType">What <c>X-Tinker-Request-Type</c> says.</param>
/// <param name="Body">Its body, as it came; empty where it was not read.</param>
/// <param name="Fault">The fault that it met.</param>
/// <param name="Status">The status of its answer; null when it got none.</param>
public sealed record ArrivedRequest(string Method, string Path, string? IdempotencyKey, string? Iteration, string? RequestType, string Body, Faults.Fault? Fault, int? Status);

/// <summary>A request that was accepted: once, however often it came.</summary>
/// <param name="Path">Its path behind <c>/api/v1/</c>.</param>
/// <param name="Owner">The model, the session or the sampling session.</param>
/// <param name="SeqId">Its number at its owner; null where it has none.</param>
/// <param name="IdempotencyKey">The key with which it came first.</param>
/// <param name="RequestId">The id of its future; null where it was answered at once.</param>
public sealed record AcceptedRequest(string Path, string Owner, long? SeqId, string? IdempotencyKey, string? RequestId);

/// <summary>An accepted request that was carried out, in this order.</summary>
/// <param name="Path">Its path behind <c>/api/v1/</c>.</param>
/// <param name="Owner">The model or the sampling session.</param>
/// <param name="SeqId">Its number; null where it has none.</param>
/// <param name="Error">Why it failed; null when it went well.</param>
public sealed record AppliedRequest(string Path, string Owner, long? SeqId, string? Error);

/// <summary>The logs, which grow while they are read.</summary>
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
