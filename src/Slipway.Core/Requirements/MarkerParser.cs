using Slipway.Core.Text;
using Slipway.Core.Versions;

namespace Slipway.Core.Requirements;

/// <summary>
/// The marker grammar of PEP 508. A method that meets a problem returns null, leaves
/// <see cref="Problem"/> behind and the cursor at the character at fault.
/// </summary>
internal sealed class MarkerParser(TextCursor cursor, bool allowSets)
{
    private const int DeepestNesting = 64;

    private int _depth;

    /// <summary>What is wrong, as a sentence.</summary>
    public string Problem { get; private set; } = string.Empty;

    public MarkerNode? Parse()
    {
        if (ParseAny() is not { } root)
        {
            return null;
        }

        return cursor.AtEnd ? root : Fail("The marker goes on where 'and', 'or' or its end was expected.");
    }

    private MarkerNode? ParseAny() => ParseList("or", ParseAll, static (list, part) => list.AddRange(part is MarkerAnyOf any ? any.Parts : [part]), static list => new MarkerAnyOf([.. list]));

    private MarkerNode? ParseAll() => ParseList("and", ParseAtom, static (list, part) => list.AddRange(part is MarkerAllOf all ? all.Parts : [part]), static list => new MarkerAllOf([.. list]));

    private MarkerNode? ParseList(
        string separator,
        Func<MarkerNode?> parsePart,
        Action<List<MarkerNode>, MarkerNode> add,
        Func<List<MarkerNode>, MarkerNode> combine)
    {
        var parts = new List<MarkerNode>();
        do
        {
            if (parsePart() is not { } part)
            {
                return null;
            }

            add(parts, part);
            cursor.SkipBlanks();
        }
        while (cursor.TryTakeWord(separator));
        return parts is [var only] ? only : combine(parts);
    }

    private MarkerNode? ParseAtom()
    {
        cursor.SkipBlanks();
        if (cursor.Current != '(')
        {
            return ParseComparison();
        }

        if (++_depth > DeepestNesting)
        {
            return Fail($"The marker is nested deeper than {DeepestNesting} parentheses.");
        }

        cursor.Position++;
        var inner = ParseAny();
        if (inner is null)
        {
            return null;
        }

        _depth--;
        return cursor.TryTake(')') ? inner : Fail("A parenthesis of the marker is not closed.");
    }

    private MarkerNode? ParseComparison()
    {
        var start = cursor.Position;
        if (ParseOperand() is not { } left || ParseOperator() is not { } operation || ParseOperand() is not { } right)
        {
            return null;
        }

        if (WhatIsWrong(left, operation.Operator, right) is { } problem)
        {
            cursor.Position = start;
            return Fail(problem);
        }

        return new MarkerComparison(left, operation.Operator, operation.IsNegated, right);
    }

    private string? WhatIsWrong(MarkerOperand left, VersionOperator? @operator, MarkerOperand right)
    {
        if (left.Variable is null && right.Variable is null)
        {
            return "A marker compares a variable such as python_version with text; here is no variable.";
        }

        if (MarkerVariables.IsSet(left.Variable) || MarkerVariables.IsSet(right.Variable))
        {
            return !allowSets ? "The variables extras and dependency_groups belong to lock files only."
                : left.Variable is not null || @operator is not null ? "A set is asked with: \"name\" in extras, or \"name\" in dependency_groups."
                : null;
        }

        return @operator == VersionOperator.Compatible && right.Variable is null && VersionSpecifier.Create(VersionOperator.Compatible, right.Text.Trim()) is null
            ? "~= compares versions: its right side must be a version of at least two numbers."
            : null;
    }

    private (VersionOperator? Operator, bool IsNegated)? ParseOperator()
    {
        cursor.SkipBlanks();
        if (cursor.TryTakeWord("in"))
        {
            return (null, false);
        }

        if (cursor.TryTakeWord("not"))
        {
            cursor.SkipBlanks();
            if (cursor.TryTakeWord("in"))
            {
                return (null, true);
            }
        }
        else
        {
            var rest = cursor.Rest;
            if (VersionOperators.TryTake(ref rest) is { } @operator)
            {
                cursor.Position = cursor.End - rest.Length;
                return (@operator, false);
            }
        }

        Fail("The marker needs an operator here: ==, !=, <, <=, >, >=, ~=, ===, in, or not in.");
        return null;
    }

    private MarkerOperand? ParseOperand()
    {
        cursor.SkipBlanks();
        if (cursor.Current is '"' or '\'')
        {
            return ParseQuoted();
        }

        var start = cursor.Position;
        var name = cursor.TakeWhile(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.');
        if (MarkerVariables.Find(name) is { } variable)
        {
            return new MarkerOperand(variable, string.Empty);
        }

        cursor.Position = start;
        Fail(name.Length == 0
            ? "The marker needs a variable or a text in quotes here."
            : $"{Shown.Quote(name)} is not a variable of environment markers.");
        return null;
    }

    private MarkerOperand? ParseQuoted()
    {
        var quote = cursor.Current;
        var closing = cursor.Rest[1..].IndexOf(quote);
        if (closing < 0)
        {
            Fail("A text in the marker is not closed by the quote that it began with.");
            return null;
        }

        var text = cursor.Rest.Slice(1, closing);
        if (text.IndexOf('\\') is >= 0 and var backslash)
        {
            cursor.Position += 1 + backslash;
            Fail("A text in a marker must not hold a backslash.");
            return null;
        }

        cursor.Position += closing + 2;
        return new MarkerOperand(null, text.ToString());
    }

    private MarkerNode? Fail(string problem)
    {
        Problem = problem;
        return null;
    }
}
