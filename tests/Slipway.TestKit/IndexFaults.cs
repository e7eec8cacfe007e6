namespace Slipway.TestKit;

/// <summary>The faults that are on, by path prefix; the newest one that matches counts.</summary>
internal sealed class IndexFaults
{
    private readonly Lock _gate = new();
    private readonly List<Rule> _rules = [];

    internal void Add(string pathPrefix, IndexFault fault, int? times)
    {
        lock (_gate)
        {
            _rules.Insert(0, new Rule(pathPrefix, fault) { Left = times });
        }
    }

    internal void Clear()
    {
        lock (_gate)
        {
            _rules.Clear();
        }
    }

    /// <summary>All gates that a request has to pass.</summary>
    internal IReadOnlyList<Task> GatesFor(string path)
    {
        lock (_gate)
        {
            return [.. _rules.Where(rule => rule.Matches(path)).Select(rule => rule.Fault).OfType<IndexFault.Wait>().Select(wait => wait.Gate)];
        }
    }

    /// <summary>The fault that answers a request in place of the index, if any; counts it as used.</summary>
    internal IndexFault? Take(string path)
    {
        lock (_gate)
        {
            var rule = _rules.Find(rule => rule.Fault is not IndexFault.Wait && rule.Matches(path));
            if (rule is { Left: not null })
            {
                rule.Left--;
            }

            return rule?.Fault;
        }
    }

    private sealed class Rule(string pathPrefix, IndexFault fault)
    {
        internal IndexFault Fault { get; } = fault;

        internal int? Left { get; set; }

        internal bool Matches(string path) => Left is not 0 && path.StartsWith(pathPrefix, StringComparison.Ordinal);
    }
}
