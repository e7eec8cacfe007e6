using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Projects.UseCases;

namespace Slipway.Cli.Commands.Projects;

/// <summary>What <c>init --json</c> prints.</summary>
/// <param name="Schema">The schema.</param>
/// <param name="Project">The project's directory.</param>
/// <param name="Environment">The environment that it is about.</param>
/// <param name="Backend">What builds it.</param>
/// <param name="BackendReason">Why, for people.</param>
/// <param name="Replay">Whether every file was right already.</param>
/// <param name="Files">The files that were looked after.</param>
/// <param name="Synced">The environment when it is ready; null with <c>--no-sync</c>.</param>
/// <param name="Next">Commands that a person may want next.</param>
internal sealed record InitDocument(
    string Schema,
    string Project,
    string Environment,
    string Backend,
    string BackendReason,
    bool Replay,
    ImmutableArray<InitFileEntry> Files,
    SyncDocument.Entry? Synced,
    ImmutableArray<string> Next)
{
    public static InitDocument From(InitReport report, SyncedEnvironment? synced, ImmutableArray<string> next) => new(
        "slipway.init/1",
        report.Project.Layout.Directory,
        report.Environment.ToString(),
        report.Backend.Kind,
        report.Backend.Sentence,
        report.IsReplay,
        [.. report.Files.Select(static file => new InitFileEntry(file.Name, Words.Of(file.Outcome)))],
        synced is null ? null : SyncDocument.Entry.From(synced),
        next);
}

/// <summary>One file.</summary>
/// <param name="Name">Relative to the project.</param>
/// <param name="Outcome">created, changed, unchanged, kept.</param>
internal sealed record InitFileEntry(string Name, string Outcome);

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(InitDocument))]
internal sealed partial class InitJson : JsonSerializerContext;
