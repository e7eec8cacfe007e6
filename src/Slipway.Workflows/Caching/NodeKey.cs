using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Slipway.Core.Identity;
using Slipway.Core.Text;
using Slipway.Workflows.Engine;

namespace Slipway.Workflows.Caching;

/// <summary>
/// The key under which outputs are kept: SHA-256 of the canonical JSON (RFC 8785) of the type, its version, the inputs with files by content, and what else
/// the type says decides. Where a node stands in its graph and what it is called are not in it.
/// </summary>
public static class NodeKey
{
    private const int Schema = 1;

    /// <summary>The key.</summary>
    /// <param name="type">The type's id.</param>
    /// <param name="version">The type's version.</param>
    /// <param name="inputs">The inputs; none is a secret.</param>
    /// <param name="fingerprint">What else decides.</param>
    public static Sha256Digest Of(string type, int version, ImmutableSortedDictionary<string, PortValue> inputs, string fingerprint)
    {
        var bytes = new ArrayBufferWriter<byte>();
        Put(bytes, "{\"fingerprint\":");
        CanonicalJson.WriteString(fingerprint, bytes);
        Put(bytes, ",\"inputs\":{");
        var isFirst = true;
        foreach (var (name, value) in inputs)
        {
            Put(bytes, isFirst ? string.Empty : ",");
            isFirst = false;
            CanonicalJson.WriteString(name, bytes);
            Put(bytes, ":");
            CanonicalJson.Write(value.Json, bytes);
        }

        Put(bytes, string.Create(CultureInfo.InvariantCulture, $"}},\"schema\":{Schema},\"type\":"));
        CanonicalJson.WriteString(type, bytes);
        Put(bytes, string.Create(CultureInfo.InvariantCulture, $",\"version\":{version}}}"));
        return Sha256Digest.Of(bytes.WrittenSpan);
    }

    private static void Put(ArrayBufferWriter<byte> bytes, string text)
    {
        if (text.Length > 0)
        {
            Encoding.UTF8.GetBytes(text, bytes);
        }
    }
}
