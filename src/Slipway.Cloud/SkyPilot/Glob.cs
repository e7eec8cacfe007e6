namespace Slipway.Cloud.SkyPilot;

/// <summary>Patterns of one part of a path, as fnmatch(3) has them: <c>*</c>, <c>?</c>, <c>[a-z]</c>, <c>[!a]</c> and a backslash before what is meant literally.</summary>
internal static class Glob
{
    /// <summary>Whether a name fits a pattern.</summary>
    public static bool Fits(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        // The last star is where to go back to: earlier ones need not be tried again.
        var (at, from, star, mark) = (0, 0, -1, 0);
        while (from < name.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                (star, mark) = (at++, from);
            }
            else if (at < pattern.Length && One(pattern[at..], name[from], out var used))
            {
                at += used;
                from++;
            }
            else if (star >= 0)
            {
                (at, from) = (star + 1, ++mark);
            }
            else
            {
                return false;
            }
        }

        return pattern[at..].IndexOfAnyExcept('*') < 0;
    }

    private static bool One(ReadOnlySpan<char> pattern, char character, out int used)
    {
        used = 1;
        switch (pattern[0])
        {
            case '?':
                return true;
            case '\\' when pattern.Length > 1:
                used = 2;
                return pattern[1] == character;
            case '[' when pattern.Length > 2 && pattern[2..].IndexOf(']') is >= 0 and var end:
                used = end + 3;
                return Among(pattern[1..(end + 2)], character);
            default:
                return pattern[0] == character;
        }
    }

    private static bool Among(ReadOnlySpan<char> set, char character)
    {
        var not = set[0] is '!' or '^';
        set = not ? set[1..] : set;
        for (var at = 0; at < set.Length; at++)
        {
            var last = at + 2 < set.Length && set[at + 1] == '-' ? at + 2 : at;
            if (character >= set[at] && character <= set[last])
            {
                return !not;
            }

            at = last;
        }

        return not;
    }
}
