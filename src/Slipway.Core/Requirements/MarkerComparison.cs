using Slipway.Core.Versions;

namespace Slipway.Core.Requirements;

/// <summary>A comparison of two operands.</summary>
/// <param name="Left">The left side.</param>
/// <param name="Operator">A version operator; null for <c>in</c> and <c>not in</c>.</param>
/// <param name="IsNegated">Whether it is <c>not in</c>.</param>
/// <param name="Right">The right side.</param>
internal sealed record MarkerComparison(MarkerOperand Left, VersionOperator? Operator, bool IsNegated, MarkerOperand Right) : MarkerNode
{
    public override bool Holds(MarkerContext context)
    {
        if (MarkerVariables.IsSet(Right.Variable))
        {
            var members = Right.Variable == MarkerVariable.Extras ? context.Extras : context.DependencyGroups;
            return members.Contains(NameSyntax.Normalize(Left.Value(context))) != IsNegated;
        }

        var isExtra = Left.Variable == MarkerVariable.Extra || Right.Variable == MarkerVariable.Extra;
        var left = isExtra ? NameSyntax.Normalize(Left.Value(context)) : Left.Value(context);
        var right = isExtra ? NameSyntax.Normalize(Right.Value(context)) : Right.Value(context);
        if (Operator is not { } @operator)
        {
            return right.Contains(left, StringComparison.Ordinal) != IsNegated;
        }

        return !isExtra && CompareVersions(left, @operator, right) is { } holds ? holds : CompareTexts(left, @operator, right);
    }

    public override string Render() =>
        $"{Left.Render()} {(Operator is { } @operator ? VersionOperators.Text(@operator) : IsNegated ? "not in" : "in")} {Right.Render()}";

    /// <summary>Null when the two sides are not a version and a version specifier.</summary>
    private static bool? CompareVersions(string left, VersionOperator @operator, string right) =>
        VersionSpecifier.Create(@operator, right.Trim()) is { } specifier && PepVersion.Parse(left).TryGet(out var version, out _)
            ? specifier.Matches(version)
            : null;

    private static bool CompareTexts(string left, VersionOperator @operator, string right) => @operator switch
    {
        VersionOperator.Equal => string.Equals(left, right, StringComparison.Ordinal),
        VersionOperator.NotEqual => !string.Equals(left, right, StringComparison.Ordinal),
        VersionOperator.AtMost => string.CompareOrdinal(left, right) <= 0,
        VersionOperator.AtLeast => string.CompareOrdinal(left, right) >= 0,
        VersionOperator.Less => string.CompareOrdinal(left, right) < 0,
        VersionOperator.Greater => string.CompareOrdinal(left, right) > 0,
        VersionOperator.Arbitrary => string.Equals(left, right, StringComparison.OrdinalIgnoreCase),
        // "Compatible with" has no meaning for text, so it never holds.
        _ => false,
    };
}
