using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Machines.Files;
using Slipway.Machines.Processes;
using Slipway.Runs.Jobs;
using Slipway.Runs.Launching;

namespace Slipway.Runs.Distant;

/// <summary>A run on a host that was prepared once, with all that must still be true to repeat it: the files here, and what lies there.</summary>
/// <param name="Checks">The facts of files here.</param>
/// <param name="Origin">The project that was brought; null when none was.</param>
/// <param name="Snapshot">What identifies its files.</param>
/// <param name="Marker">The file there that says what was brought last; null for none.</param>
/// <param name="MarkerText">What it has to say.</param>
/// <param name="Present">Paths there that must be there.</param>
/// <param name="Dated">Files there with the second in which they were changed last.</param>
/// <param name="Environment">The environment there.</param>
/// <param name="Runs">The directory of all runs there.</param>
/// <param name="Command">What is executed, less what only the command line says.</param>
/// <param name="Warnings">What people are told each time.</param>
internal sealed record DistantRecord(
    ImmutableArray<LaunchCheck> Checks,
    RecordedOrigin? Origin,
    string? Snapshot,
    string? Marker,
    string? MarkerText,
    ImmutableArray<string> Present,
    ImmutableDictionary<string, long> Dated,
    JobEnvironment Environment,
    string Runs,
    RecordedCommand Command,
    ImmutableArray<string> Warnings)
{
    private const long MaxBytes = 1024 * 1024;

    /// <summary>Reads a record; null when there is none that is understood.</summary>
    public static DistantRecord? Read(string path)
    {
        try
        {
            return LocalFiles.Read(path, MaxBytes).TryGet(out var bytes, out _) ? JsonSerializer.Deserialize(bytes, DistantJson.Default.DistantRecord) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Keeps a record. Only a shortcut: where it cannot be written, the next run takes the full path.</summary>
    public void Write(string path) =>
        _ = LocalFiles.Write(path, JsonSerializer.SerializeToUtf8Bytes(this, DistantJson.Default.DistantRecord), UnixFileMode.UserRead | UnixFileMode.UserWrite);
}

/// <summary>The project of a run that was prepared.</summary>
/// <param name="Path">Its directory here, absolute.</param>
/// <param name="IsGitTree">Whether it is the top of a git tree.</param>
/// <param name="IsPicture">Whether its snapshot is a tree object of git; else it is the digest of a list of files.</param>
internal sealed record RecordedOrigin(string Path, bool IsGitTree, bool IsPicture);

/// <summary>The part of a command that every run of the same command line shares.</summary>
internal sealed record RecordedCommand(
    string Executable,
    ImmutableArray<string> Arguments,
    string Directory,
    ImmutableSortedDictionary<string, string> Set,
    ImmutableSortedDictionary<string, string> Prepend,
    ImmutableSortedSet<string> Unset)
{
    /// <summary>The part of a planned command that comes before the workload's own arguments.</summary>
    public static RecordedCommand From(ProcessCommand command, EnvironmentChanges shared, int ownArguments) =>
        new(command.Executable, command.Arguments[..^ownArguments], command.WorkingDirectory!, shared.Set, shared.Prepend, shared.Unset);

    /// <summary>The variables that are the same each time.</summary>
    public EnvironmentChanges ToChanges() => new(
        Set.WithComparers(StringComparer.Ordinal), Prepend.WithComparers(StringComparer.Ordinal), Unset.WithComparer(StringComparer.Ordinal));
}

/// <summary>Source-generated serialisation of records.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DistantRecord))]
internal sealed partial class DistantJson : JsonSerializerContext;
