namespace Slipway.SkyPilotApi.Faults;

/// <summary>The faults that are to come, by path; what was put in first happens first. May be used from any thread.</summary>
public sealed class FaultScript
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<Fault>> _next = new(StringComparer.Ordinal);

    /// <summary>How many requests have met a fault.</summary>
    public int Happened { get; private set; }

    /// <summary>The next requests of a path meet these faults, one each.</summary>
    /// <param name="path">The path, such as <c>/launch</c> or <c>/api/get</c>, without its query.</param>
    /// <param name="faults">The faults.</param>
    public void Next(string path, params Fault[] faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        lock (_gate)
        {
            if (!_next.TryGetValue(path, out var queue))
            {
                _next[path] = queue = new Queue<Fault>();
            }

            foreach (var fault in faults.SelectMany(static fault => Enumerable.Repeat(fault, fault.Times)))
            {
                queue.Enqueue(fault);
            }
        }
    }

    internal Fault? Take(string path)
    {
        lock (_gate)
        {
            var fault = _next.TryGetValue(path, out var queue) && queue.TryDequeue(out var next) ? next : null;
            Happened += fault is null ? 0 : 1;
            return fault;
        }
    }
}
