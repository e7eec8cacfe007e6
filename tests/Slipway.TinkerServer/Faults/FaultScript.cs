namespace Slipway.TinkerApi.Faults;

/// <summary>The faults that are to come, by path; what was put in first happens first. May be used from any thread.</summary>
public sealed class FaultScript
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<Fault>> _next = new(StringComparer.Ordinal);
    private Func<string, Fault?>? _choose;

    /// <summary>How many faults have happened.</summary>
    public int Happened { get; private set; }

    /// <summary>The next requests of a path meet these faults, one each.</summary>
    /// <param name="path">The path behind <c>/api/v1/</c>.</param>
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

            foreach (var fault in faults)
            {
                if (fault is Fault.Expiry or Fault.Waiting or Fault.Failed && path is not "retrieve_future")
                {
                    throw new ArgumentException($"{fault} happens to polls, and not to {path}.", nameof(faults));
                }

                queue.Enqueue(fault);
            }
        }
    }

    /// <summary>Every request that has no fault of its own is asked for: for soaks with a random generator of the test's. Calls come one at a time; null ends it.</summary>
    /// <param name="choose">Gives a fault, or null, for a path.</param>
    public void Choose(Func<string, Fault?>? choose)
    {
        lock (_gate)
        {
            _choose = choose;
        }
    }

    internal Fault? Take(string path)
    {
        lock (_gate)
        {
            var fault = _next.TryGetValue(path, out var queue) && queue.TryDequeue(out var next) ? next : _choose?.Invoke(path);
            Happened += fault is null ? 0 : 1;
            return fault;
        }
    }
}
