using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Runs.Jobs;

namespace Slipway.Cli.Commands.Jobs;

/// <summary>One job, as every document shows it.</summary>
internal sealed record JobEntry(
    string RunId,
    string Name,
    string Kind,
    bool IsAttached,
    string Host,
    string State,
    string Description,
    bool IsReady,
    string? End,
    int? Code,
    int? LikelySignal,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    ImmutableArray<string> Argv,
    string? Cwd,
    string? EnvironmentKey,
    string? Slot,
    string? WorkspaceSnapshot,
    ImmutableArray<string> Secrets,
    int? Port,
    long? OutBytes,
    long? ErrBytes)
{
    public static JobEntry From(JobInfo job, string host) => new(
        job.Id.ToString(),
        job.Record.Name,
        job.Record.Kind,
        job.Record.IsAttached,
        host,
        job.StateName,
        job.Describe(),
        job.IsReady,
        job.Exit?.End,
        job.Exit?.Code,
        job.LikelySignal,
        job.Record.CreatedAt,
        job.Exit?.StartedAt,
        job.Exit?.EndedAt,
        job.Record.Spec.Argv,
        job.Record.Spec.Cwd,
        job.Record.Spec.EnvironmentKey,
        job.Record.Spec.Slot,
        job.Record.Spec.WorkspaceSnapshot,
        job.Record.Spec.Secrets,
        job.Record.Spec.Service?.Port,
        job.Record.IsAttached ? null : job.LogBytes?.Output,
        job.Record.IsAttached ? null : job.LogBytes?.Error);
}

/// <summary>What <c>job show --json</c> and its like print.</summary>
internal sealed record JobDocument(string Schema, JobEntry Job)
{
    public static JobDocument From(JobInfo job, string host) => new("slipway.job/1", JobEntry.From(job, host));
}

/// <summary>What <c>job list --json</c> prints.</summary>
internal sealed record JobListDocument(string Schema, ImmutableArray<JobEntry> Jobs, ImmutableArray<JobListSilence> Silent);

/// <summary>A host that did not answer.</summary>
internal sealed record JobListSilence(string Host, string Code, string Message);

/// <summary>What <c>job prune --json</c> prints.</summary>
internal sealed record JobPruneDocument(string Schema, string Host, ImmutableArray<string> Removed);

/// <summary>What <c>job logs --json</c> prints.</summary>
internal sealed record JobLogDocument(string Schema, string Job, string Host, string Stream, string Text);

/// <summary>What <c>serve --json</c> prints.</summary>
internal sealed record ServiceDocument(string Schema, string Url, JobEntry Job);

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(JobDocument))]
[JsonSerializable(typeof(JobListDocument))]
[JsonSerializable(typeof(JobPruneDocument))]
[JsonSerializable(typeof(JobLogDocument))]
[JsonSerializable(typeof(ServiceDocument))]
internal sealed partial class JobDocuments : JsonSerializerContext;
