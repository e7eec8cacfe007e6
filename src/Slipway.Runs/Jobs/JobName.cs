using Slipway.Core.Failures;

namespace Slipway.Runs.Jobs;

/// <summary>
/// The name of a job: lower-case letters, digits, <c>.</c>, <c>_</c> and <c>-</c>, beginning with a letter or a digit, at most 63 characters.
/// Several runs may have one name; it then means the newest. A part of a name means nothing.
/// </summary>
public readonly record struct JobName
{
    private const int MaxLength = 63;

    private readonly string? _text;

    private JobName(string text) => _text = text;

    /// <summary>Validates a name.</summary>
    public static Result<JobName> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var wrong = text.Length == 0 ? "is empty"
            : text.Length > MaxLength ? $"is longer than {MaxLength} characters"
            : text[0] is '.' or '_' or '-' ? "does not begin with a letter or a digit"
            : !text.All(IsAllowed) ? "holds a character other than lower-case letters, digits, '.', '_' and '-'"
            : RunId.Parse(text) is not null ? "has the form of a run's id"
            : null;
        return wrong is null ? new JobName(text) : new Failure(JobFailures.NameInvalid, $"The job name '{text.ReplaceLineEndings(" ")}' {wrong}.");
    }

    /// <summary>A name after what is run: the last part of a path without <c>.py</c>, what cannot be in a name left out.</summary>
    public static JobName After(string target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var last = target.TrimEnd('/').Split('/')[^1].ToLowerInvariant();
        last = last.EndsWith(".py", StringComparison.Ordinal) ? last[..^3] : last;
        var kept = string.Concat(last.Select(static c => IsAllowed(c) ? c : '-')).Trim('.', '_', '-');
        return Parse(kept.Length > MaxLength ? kept[..MaxLength] : kept).TryGet(out var name, out _) ? name : new JobName("job");
    }

    /// <inheritdoc/>
    public override string ToString() => _text ?? string.Empty;

    private static bool IsAllowed(char c) => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '.' or '_' or '-';
}
