using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Environments.Locks;
using Slipway.Environments.Requests;
using Slipway.Environments.Sources;

namespace Slipway.Environments.Provisioners.Pip;

/// <summary>The plan that <c>pip_driver.py</c> reads.</summary>
/// <param name="Pip">Absolute path of pip's runner.</param>
/// <param name="PipArgs">Where packages come from.</param>
/// <param name="Wheels">The directory of made and downloaded wheels.</param>
/// <param name="Work">The scratch directory.</param>
/// <param name="Root">The tree to fill.</param>
/// <param name="Offline">Whether missing wheels are an error.</param>
/// <param name="Artifacts">What to install.</param>
/// <param name="Project">The project to install by its place; null for none.</param>
internal sealed record PipPlan(
    string Pip, ImmutableArray<string> PipArgs, string Wheels, string Work, string Root, bool Offline, ImmutableArray<PipArtifact> Artifacts, PipProject? Project)
{
    /// <summary>The file that keeps which packages were there before, none of which may be another one afterwards; null where there are none.</summary>
    public string? Standing { get; init; }

    /// <summary>The plan as JSON.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, PipPlanJson.Default.PipPlan);
}

/// <summary>The project of the plan: its name, its directory, and what its build reads.</summary>
internal sealed record PipProject(string Name, string Directory, ImmutableArray<string> Inputs)
{
    /// <summary>The plan's view of a project.</summary>
    public static PipProject? From(EditableProject? project) => project is null ? null : new PipProject(project.Name.Normalized, project.Directory, project.Inputs);
}

/// <summary>One file of the plan.</summary>
internal sealed record PipArtifact(string Name, string Version, string Filename, string Url, string Sha256)
{
    /// <summary>The plan's view of a locked file: a tree's is that of its packed copy.</summary>
    public static PipArtifact From(BuildHost host, LockedFile file) =>
        new(file.Name.Normalized, file.Version.ToString(), file.FileName, UrlOf(host, file), file.Hash.Hex);

    private static string UrlOf(BuildHost host, LockedFile file) =>
        file.Repository is { } repository ? RepositoryUrl.Of(repository)
        : file.Tree is null ? host.Brought.UrlToThere(file.Url)
        : LocalSources.UrlOf(LocalSources.PackedPath(host, file.Name.Normalized, file.Hash));
}

/// <summary>Source-generated serialisation of the plan.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PipPlan))]
internal sealed partial class PipPlanJson : JsonSerializerContext;
