namespace Slipway.Core.Failures;

/// <summary>
/// The stable identity of an expected failure. Every room declares its codes in one static class named
/// <c>&lt;Room&gt;Failures</c>; the command line collects them for the exit-code table and the documentation.
/// </summary>
/// <param name="Id">Three capital letters for the room and four digits, for example <c>ENV0102</c>. Never reused.</param>
/// <param name="Exit">The exit code that this failure ends a command with.</param>
/// <param name="Summary">One sentence, without variable parts: what went wrong in general.</param>
/// <param name="Remedy">One sentence: what a person can do about it.</param>
public sealed record FailureCode(string Id, ExitCode Exit, string Summary, string Remedy)
{
    /// <inheritdoc/>
    public override string ToString() => Id;
}
