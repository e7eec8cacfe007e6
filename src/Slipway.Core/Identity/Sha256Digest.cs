using System.Security.Cryptography;
using System.Text;
using Slipway.Core.Failures;

namespace Slipway.Core.Identity;

/// <summary>A SHA-256 value (FIPS 180-4), written as 64 lower-case hexadecimal digits.</summary>
public readonly record struct Sha256Digest
{
    private readonly string? _hex;

    private Sha256Digest(string hex) => _hex = hex;

    /// <summary>The 64 hexadecimal digits.</summary>
    public string Hex => _hex ?? throw new InvalidOperationException("An uninitialised digest has no value.");

    /// <summary>The digest of some bytes.</summary>
    public static Sha256Digest Of(ReadOnlySpan<byte> bytes) => new(Convert.ToHexStringLower(SHA256.HashData(bytes)));

    /// <summary>The digest of a text's UTF-8 bytes.</summary>
    public static Sha256Digest Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    /// <summary>Reads 64 hexadecimal digits, in either case.</summary>
    public static Result<Sha256Digest> Parse(string text)
    {
        if (text.Length != 64 || !text.All(char.IsAsciiHexDigit))
        {
            return new Failure(IdentityFailures.MalformedDigest, $"'{Shown(text)}' is not a SHA-256 digest.");
        }

        return new Sha256Digest(text.ToLowerInvariant());
    }

    /// <inheritdoc/>
    public override string ToString() => Hex;

    private static string Shown(string text) => text.Length <= 80 ? text : text[..77] + "...";
}
