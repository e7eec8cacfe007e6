using System.Collections.Immutable;
using Slipway.Core.Requirements;
using Slipway.Core.Versions;

namespace Slipway.Environments.Locks;

/// <summary>A package whose version is settled, and the files that may serve for it; which one fits is the installer's to say.</summary>
/// <param name="Name">The package.</param>
/// <param name="Version">Its version.</param>
/// <param name="Files">Wheels and source distribution.</param>
/// <param name="IsDirect">Whether the one file was named by its address.</param>
internal sealed record PinnedPackage(PackageName Name, PepVersion Version, ImmutableArray<PinnedFile> Files, bool IsDirect)
{
    /// <summary>The package as a requirement of exactly that.</summary>
    public Requirement ToRequirement() => Requirement.Parse(IsDirect ? $"{Name} @ {Files[0].Url}" : $"{Name}=={Version}").Value;

    /// <summary>The package as one line of pip's requirements format.</summary>
    public string ToLine()
    {
        return string.Concat([ToRequirement().ToString(), .. Files.Select(file => $" --hash=sha256:{file.Sha256}").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
    }
}

/// <summary>One file of a settled package.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Url">Its address; for a file of this machine a <c>file:</c> URL.</param>
/// <param name="Sha256">The digest of its bytes in hexadecimal digits.</param>
internal sealed record PinnedFile(string Name, string Url, string Sha256);
