using Slipway.Core.Failures;

namespace Slipway.Training.Adapters.Tinker;

/// <summary>The key of an account. Only the header of requests holds its text; printed it is masked.</summary>
public sealed class TinkerKey
{
    private TinkerKey(string value) => Value = value;

    internal string Value { get; }

    /// <summary>A key from its text: <c>tml-…</c>, or a JSON Web Token, <c>eyJ…</c>.</summary>
    /// <returns>The key; <see cref="TinkerFailures.MissingKey"/> or <see cref="TinkerFailures.BadKey"/>, neither of which repeats it.</returns>
    public static Result<TinkerKey> Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return new Failure(TinkerFailures.MissingKey, $"{TinkerOptions.KeyVariable} is not set.");
        }

        var known = text.StartsWith("tml-", StringComparison.Ordinal) || text.StartsWith("eyJ", StringComparison.Ordinal);
        return known && text.Length > 4 && text.All(static character => character is > ' ' and < (char)127)
            ? new TinkerKey(text)
            : new Failure(TinkerFailures.BadKey, $"{TinkerOptions.KeyVariable} begins neither with tml- nor with eyJ, or holds a space, a line break or something that is not ASCII.");
    }

    /// <inheritdoc/>
    public override string ToString() => "***";

    /// <summary>A text without the key in it.</summary>
    internal string Mask(string text) => text.Replace(Value, "***", StringComparison.Ordinal);
}
