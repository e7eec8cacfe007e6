using Slipway.Core.Failures;

namespace Slipway.Runs.Hosts;

/// <summary>
/// The name of a host that was added: letters, digits, <c>.</c>, <c>_</c> and <c>-</c>, beginning with a letter or digit, at most 63
/// characters. <c>local</c> is this machine and can be no other one's name.
/// </summary>
public readonly record struct HostName
{
    private const int MaxLength = 63;

    private readonly string? _text;

    private HostName(string text) => _text = text;

    /// <summary>The name of this machine.</summary>
    public static string Local => "local";

    /// <summary>Validates a name.</summary>
    public static Result<HostName> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var wrong = text.Length == 0 ? "is empty"
            : text.Length > MaxLength ? $"is longer than {MaxLength} characters"
            : !char.IsAsciiLetterOrDigit(text[0]) ? "does not begin with a letter or a digit"
            : text.Any(static c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-')) ? "holds a character other than letters, digits, '.', '_' and '-'"
            : string.Equals(text, Local, StringComparison.OrdinalIgnoreCase) ? "means this machine"
            : null;
        return wrong is null ? new HostName(text) : new Failure(RunFailures.HostNameInvalid, $"The host name '{text.ReplaceLineEndings(" ")}' {wrong}.");
    }

    /// <inheritdoc/>
    public override string ToString() => _text ?? string.Empty;
}
