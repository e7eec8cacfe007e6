using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Cli.Terminal;
using Slipway.Projects.UseCases;

namespace Slipway.Cli.Commands.Projects;

/// <summary>What <c>status --json</c> and <c>env list --json</c> print.</summary>
/// <param name="Schema">The schema.</param>
/// <param name="Project">The project's directory.</param>
/// <param name="Settings">The files of settings that were read.</param>
/// <param name="Meant">The environment that is meant where none is named; null when none of several is.</param>
/// <param name="Active">The one that <c>env use</c> chose; null for none.</param>
/// <param name="Environments">All of them.</param>
internal sealed record StatusDocument(
    string Schema, string Project, ImmutableArray<string> Settings, string? Meant, string? Active, ImmutableArray<StatusEntry> Environments)
{
    public static StatusDocument From(ProjectSession session, ImmutableArray<EnvironmentStatus> environments) => new(
        "slipway.status/1",
        session.Project.Layout.Directory,
        session.Project.Configuration.Files,
        session.Project.Meant?.ToString(),
        session.Links.Active?.ToString(),
        [.. environments.Select(StatusEntry.From)]);
}

/// <summary>One environment.</summary>
internal sealed record StatusEntry(
    string Name, string State, string Reason, string? Backend, string? BackendReason, string? Origin, string? Python, string? Lock, string? LockPath, string? Slot, FailureDocument? Failure)
{
    public static StatusEntry From(EnvironmentStatus status) => new(
        status.Name.ToString(),
        Words.Of(status.State),
        status.Reason,
        status.Declaration?.Backend.Kind,
        status.Declaration?.Backend.Sentence,
        status.Declaration?.Origin,
        status.Plan?.Python?.FullVersion,
        status.Declaration is { } declaration ? Words.Of(declaration.LockStanding) : null,
        status.Declaration?.LockPath,
        status.Slot,
        status.Failure is { } failure ? FailureDocument.From(failure) : null);
}

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(StatusDocument))]
internal sealed partial class StatusJson : JsonSerializerContext;
