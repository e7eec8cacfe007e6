using System.Security.Cryptography;
using System.Text;

namespace Slipway.TestKit;

/// <summary>A file as an index holds it.</summary>
internal sealed record IndexedFile(IPackageFile Package, LocalIndexFile Options, byte[] Content)
{
    internal string Project { get; } = CoreMetadata.Normalize(Package.Name);

    internal string Path => $"/files/{Project}/{Package.FileName}";

    /// <summary>The path as an address, with a local version's plus sign escaped.</summary>
    internal string Link => $"/files/{Project}/{Uri.EscapeDataString(Package.FileName)}";

    internal string Sha256 { get; init; } = Hex(Content);

    internal byte[]? Metadata { get; } =
        Options.CoreMetadata && Package.Metadata is { } metadata ? Encoding.UTF8.GetBytes(metadata) : null;

    internal string? MetadataSha256 => Metadata is null ? null : Hex(Metadata);

    internal string? RequiresPython => Options.RequiresPython ? Package.PythonRequirement : null;

    private static string Hex(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
