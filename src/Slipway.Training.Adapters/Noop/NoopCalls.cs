using System.Collections.Concurrent;
using System.Collections.Immutable;
using Slipway.Core.Failures;

namespace Slipway.Training.Adapters.Noop;

/// <summary>How often each operation was called. Safe for concurrent use.</summary>
public sealed class NoopCalls
{
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>The operations that were called, by name such as <c>training.step</c>.</summary>
    public ImmutableSortedDictionary<string, int> Counts => _counts.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>How often an operation was called.</summary>
    public int this[string operation] => _counts.GetValueOrDefault(operation);

    internal void Count(string operation) => _counts.AddOrUpdate(operation, 1, static (_, count) => count + 1);

    /// <summary>Counts a call, and gives what it comes to.</summary>
    internal Task<Result<T>> Answer<T>(string operation, T value)
        where T : notnull
    {
        Count(operation);
        return Task.FromResult<Result<T>>(value);
    }
}
