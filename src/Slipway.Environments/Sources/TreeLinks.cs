namespace Slipway.Environments.Sources;

/// <summary>
/// Where the symbolic links of a source tree lead. A copy of the tree holds the links themselves, so one that leads out of it would
/// have what lies there built without being read.
/// </summary>
internal static class TreeLinks
{
    // As many as the kernel follows.
    private const int MaxLinks = 40;

    /// <summary>Whether a link leads out of its tree. An absolute one always does: from the copy it would lead back to where the tree lies.</summary>
    /// <param name="root">The absolute path of the tree.</param>
    /// <param name="name">The link's path within it.</param>
    /// <param name="target">What the link holds.</param>
    public static bool IsEscape(string root, string name, string target)
    {
        if (Path.IsPathRooted(target))
        {
            return true;
        }

        // Step by step, as the kernel goes: `a/..` is not where `a` lies when `a` is a link itself.
        var at = new List<string>(name.Split('/')[..^1]);
        var ahead = new Stack<string>(Enumerable.Reverse(target.Split('/')));
        for (var links = 0; ahead.TryPop(out var part);)
        {
            if (part is ".." && at.Count == 0)
            {
                return true;
            }

            if (part is "..")
            {
                at.RemoveAt(at.Count - 1);
            }
            else if (part is not ("" or ".") && new FileInfo(Path.Combine([root, .. at, part])).LinkTarget is { } next)
            {
                if (Path.IsPathRooted(next))
                {
                    return true;
                }

                // Round in a circle, it leads nowhere.
                if (++links > MaxLinks)
                {
                    return false;
                }

                foreach (var step in Enumerable.Reverse(next.Split('/')))
                {
                    ahead.Push(step);
                }
            }
            else if (part is not ("" or "."))
            {
                at.Add(part);
            }
        }

        return false;
    }
}
