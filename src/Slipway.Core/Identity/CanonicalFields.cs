using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace Slipway.Core.Identity;

/// <summary>One named input of an identity, in readable form, so that a difference can be shown and not only detected.</summary>
/// <param name="Name">The field's name, unique within its list.</param>
/// <param name="Value">Its canonical text.</param>
public readonly record struct CanonicalField(string Name, string Value);

/// <summary>
/// A list of named fields in a fixed order, and its digest. Every field is length-prefixed inside the hashed
/// bytes, so no two different lists share them by concatenation, and the domain with its schema number
/// comes first, so a change of meaning changes every digest.
/// </summary>
/// <remarks>
/// Hashed bytes: for the domain, then for each field's name and value in turn, the UTF-8 length as a 32-bit
/// little-endian integer and the UTF-8 bytes.
/// </remarks>
/// <param name="Domain">What the digest identifies, with its schema number: <c>slipway.environment-key/1</c>.</param>
/// <param name="Fields">The fields, in the order that the domain defines.</param>
public sealed record CanonicalFields(string Domain, ImmutableArray<CanonicalField> Fields)
{
    /// <summary>The digest of domain and fields.</summary>
    public Sha256Digest Digest()
    {
        using var bytes = new MemoryStream();
        Append(bytes, Domain);
        foreach (var (name, value) in Fields)
        {
            Append(bytes, name);
            Append(bytes, value);
        }

        return Sha256Digest.Of(bytes.ToArray());
    }

    /// <summary>
    /// The first field, in this list's order, that <paramref name="before"/> has with another value or lacks;
    /// then the first that only <paramref name="before"/> has. Null when both are equal.
    /// </summary>
    public static FieldDifference? FirstDifference(IReadOnlyList<CanonicalField> before, IReadOnlyList<CanonicalField> after)
    {
        var earlier = before.ToDictionary(field => field.Name, field => field.Value, StringComparer.Ordinal);
        foreach (var (name, value) in after)
        {
            if (!earlier.Remove(name, out var old))
            {
                return new FieldDifference(name, null, value);
            }

            if (!string.Equals(old, value, StringComparison.Ordinal))
            {
                return new FieldDifference(name, old, value);
            }
        }

        foreach (var (name, value) in before)
        {
            if (earlier.ContainsKey(name))
            {
                return new FieldDifference(name, value, null);
            }
        }

        return null;
    }

    private static void Append(MemoryStream target, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        target.Write(length);
        target.Write(bytes);
    }
}

/// <summary>The first field in which two lists differ.</summary>
/// <param name="Field">The field's name.</param>
/// <param name="Before">The earlier value; null when it was absent.</param>
/// <param name="After">The later value; null when it is absent now.</param>
public sealed record FieldDifference(string Field, string? Before, string? After)
{
    /// <summary>The difference as a clause: <c>python was 3.11.7 and is 3.12.1</c>.</summary>
    public override string ToString() => (Before, After) switch
    {
        // An empty text is how a request says that nothing was asked for.
        (null or "", null or "") => $"{Field} is as it was",
        (null or "", _) => $"{Field} is new: {After}",
        (_, null or "") => $"{Field} is gone (was {Before})",
        _ => $"{Field} was {Before} and is {After}",
    };
}
