namespace Slipway.Core.Failures;

/// <summary>
/// An expected failure as a value: what happened, why, and what to do. Messages are for people, complete
/// sentences without a stack trace, and never hold a secret.
/// </summary>
/// <param name="Code">The stable code.</param>
/// <param name="Message">One sentence that names the file, field, package or host concerned.</param>
public sealed record Failure(FailureCode Code, string Message)
{
    /// <summary>What to do next, when more specific than the code's own remedy.</summary>
    public string? Hint { get; init; }

    /// <summary>Where in an input the failure was found.</summary>
    public FailureLocation? Location { get; init; }

    /// <summary>The package that nothing satisfies, normalised; null where the failure is about something else.</summary>
    public string? Package { get; init; }

    /// <summary>A tool's own words, already shortened and redacted; may span several lines.</summary>
    public string? Detail { get; init; }

    /// <summary>The remedy to show: the specific hint, else the code's.</summary>
    public string Remedy => Hint ?? Code.Remedy;

    /// <inheritdoc/>
    public override string ToString() => Location is null ? $"{Code}: {Message}" : $"{Code}: {Location}: {Message}";
}
