using System.Collections.Immutable;
using Slipway.Core.Requirements;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Requests;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Support;

/// <summary>Makes requests.</summary>
internal static class Ask
{
    /// <summary>A request to an index.</summary>
    public static EnvironmentRequest Index(LocalIndex index, params IReadOnlyList<string> requirements) =>
        Url(index.SimpleUrl.AbsoluteUri, requirements);

    /// <summary>A request to an index by its URL.</summary>
    public static EnvironmentRequest Url(string index, params IReadOnlyList<string> requirements) =>
        new() { Requirements = Packages(requirements), Sources = PackageSources.Create([new PackageIndex(index)], []).Value };

    /// <summary>A request to a directory.</summary>
    public static EnvironmentRequest Folder(string folder, params IReadOnlyList<string> requirements) =>
        new() { Requirements = Packages(requirements), Sources = PackageSources.Create([], [folder]).Value };

    /// <summary>A request to several sources.</summary>
    public static EnvironmentRequest Of(IEnumerable<PackageIndex> indexes, IEnumerable<string> links, params IReadOnlyList<string> requirements) =>
        new() { Requirements = Packages(requirements), Sources = PackageSources.Create([.. indexes], [.. links]).Value };

    /// <summary>An index as a source.</summary>
    public static PackageIndex Source(this LocalIndex index, string? name = null, params IReadOnlyList<string> packages) =>
        new(index.SimpleUrl.AbsoluteUri) { Name = name, Packages = [.. packages] };

    /// <summary>The same request for a certain interpreter.</summary>
    public static EnvironmentRequest On(this EnvironmentRequest request, string python) =>
        request with { Python = InterpreterRequest.Parse(python, "/", "test").Value };

    /// <summary>Requirements without hashes.</summary>
    public static ImmutableArray<RequestedPackage> Packages(IEnumerable<string> requirements) =>
        [.. requirements.Select(text => new RequestedPackage(Requirement.Parse(text).Value, []))];
}
