namespace Slipway.Core.Failures;

/// <summary>Where in an input a failure was found.</summary>
/// <param name="Source">The file's path as the user knows it, or a description such as <c>--with</c>.</param>
/// <param name="Line">1-based line; 0 when the input has no lines.</param>
/// <param name="Column">1-based column in UTF-16 units; 0 when unknown.</param>
/// <param name="LineText">The text of that line, for a caret under <paramref name="Column"/>; null when not to be shown.</param>
public sealed record FailureLocation(string Source, int Line = 0, int Column = 0, string? LineText = null)
{
    /// <summary>Renders <c>file:line:column</c>, leaving out what is unknown.</summary>
    public override string ToString() => (Line, Column) switch
    {
        (0, 0) => Source,
        (0, _) => $"{Source}:{Column}",
        (_, 0) => $"{Source}:{Line}",
        _ => $"{Source}:{Line}:{Column}",
    };
}
