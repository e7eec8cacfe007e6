using Slipway.Core.Failures;

namespace Slipway.Core.Identity;

/// <summary>
/// The directory name of an environment on one host: 40 digits of the environment key, a dash, and 8 digits
/// that identify the base interpreter on that host. Short enough for a script's first line.
/// </summary>
public readonly record struct SlotName
{
    private const int KeyDigits = 40;
    private const int HostDigits = 8;
    private readonly string? _text;

    private SlotName(string text) => _text = text;

    /// <summary>The slot of <paramref name="key"/> on the host where the base interpreter is <paramref name="baseInterpreter"/>.</summary>
    /// <param name="key">The environment key.</param>
    /// <param name="baseInterpreter">What is host-local in it: real path, full version text and libc version.</param>
    public static SlotName Of(Sha256Digest key, CanonicalFields baseInterpreter) =>
        new($"{key.Hex[..KeyDigits]}-{baseInterpreter.Digest().Hex[..HostDigits]}");

    /// <summary>Reads a slot's name.</summary>
    public static Result<SlotName> Parse(string text)
    {
        var isSlot = text.Length == KeyDigits + 1 + HostDigits
            && text[KeyDigits] == '-'
            && text.Where((_, index) => index != KeyDigits).All(char.IsAsciiHexDigitLower);
        return isSlot ? new SlotName(text) : new Failure(IdentityFailures.MalformedSlot, $"'{text}' is not the name of a slot.");
    }

    /// <inheritdoc/>
    public override string ToString() => _text ?? throw new InvalidOperationException("An uninitialised slot has no name.");
}
