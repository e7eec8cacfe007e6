using System.Collections.Immutable;

namespace Slipway.Core.Versions;

/// <summary>The spelling of the version operators.</summary>
internal static class VersionOperators
{
    // Longer spellings come first, because each is tried in turn.
    private static readonly ImmutableArray<(string Text, VersionOperator Operator)> Spellings =
    [
        ("===", VersionOperator.Arbitrary), ("~=", VersionOperator.Compatible), ("==", VersionOperator.Equal),
        ("!=", VersionOperator.NotEqual), ("<=", VersionOperator.AtMost), (">=", VersionOperator.AtLeast),
        ("<", VersionOperator.Less), (">", VersionOperator.Greater),
    ];

    /// <summary>Takes the operator off the front of <paramref name="text"/>; null, and nothing taken, when there is none.</summary>
    public static VersionOperator? TryTake(ref ReadOnlySpan<char> text)
    {
        foreach (var (spelling, @operator) in Spellings)
        {
            if (text.StartsWith(spelling, StringComparison.Ordinal))
            {
                text = text[spelling.Length..];
                return @operator;
            }
        }

        return null;
    }

    public static string Text(VersionOperator @operator) =>
        Spellings.First(spelling => spelling.Operator == @operator).Text;
}
