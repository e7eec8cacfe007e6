namespace Slipway.Core.Text;

/// <summary>Finds the known name that a mistyped one most likely stands for.</summary>
public static class NearestName
{
    /// <summary>The nearest name; null when none is near enough to be meant.</summary>
    /// <param name="typed">What was typed.</param>
    /// <param name="known">The names that would have been right; of equally near ones the first is taken.</param>
    public static string? Of(string typed, IEnumerable<string> known)
    {
        var bare = typed.TrimStart('-');
        string? nearest = null;
        var least = int.MaxValue;
        foreach (var name in known)
        {
            var candidate = name.TrimStart('-');
            var distance = candidate.StartsWith(bare, StringComparison.OrdinalIgnoreCase) && bare.Length > 1 ? 1 : Distance(bare, candidate);
            if (distance < least && distance <= Math.Max(1, Math.Min(bare.Length, candidate.Length) / 3))
            {
                (nearest, least) = (name, distance);
            }
        }

        return nearest;
    }

    // Insertions, deletions, replacements, and neighbours that were swapped.
    private static int Distance(string from, string to)
    {
        var before = new int[to.Length + 1];
        var last = Enumerable.Range(0, to.Length + 1).ToArray();
        var current = new int[to.Length + 1];
        for (var i = 1; i <= from.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var same = char.ToLowerInvariant(from[i - 1]) == char.ToLowerInvariant(to[j - 1]) ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1], last[j]) + 1, last[j - 1] + same);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                {
                    current[j] = Math.Min(current[j], before[j - 2] + 1);
                }
            }

            (before, last, current) = (last, current, before);
        }

        return last[to.Length];
    }
}
