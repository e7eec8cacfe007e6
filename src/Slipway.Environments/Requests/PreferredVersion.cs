using Slipway.Core.Requirements;
using Slipway.Core.Versions;

namespace Slipway.Environments.Requests;

/// <summary>A version that a resolution tries before newer ones.</summary>
/// <param name="Name">The package.</param>
/// <param name="Version">The version.</param>
public sealed record PreferredVersion(PackageName Name, PepVersion Version)
{
    /// <summary>The version as it is told to tools: <c>name==1.0</c>.</summary>
    public string ToLine() => $"{Name.Normalized}=={Version}";
}
