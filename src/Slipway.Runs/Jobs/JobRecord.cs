using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Slipway.Runs.Jobs;

/// <summary>What <c>run.json</c> holds: what was started, written once. No value of a variable is in it.</summary>
public sealed record JobRecord
{
    /// <summary>The schema.</summary>
    public string Schema { get; init; } = "slipway.run/1";

    /// <summary>The run's id.</summary>
    public required string RunId { get; init; }

    /// <summary><c>script</c>, <c>job</c>, <c>service</c>, <c>workflow</c> or <c>recipe</c>, or a kind of a later version.</summary>
    public required string Kind { get; init; }

    /// <summary>The name; several runs may have one.</summary>
    public required string Name { get; init; }

    /// <summary>When it was started, by the clock of who did.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who started it.</summary>
    public required JobCreator CreatedBy { get; init; }

    /// <summary>What was started.</summary>
    public required JobRecordSpec Spec { get; init; }

    /// <summary>Where its output goes: <c>caller</c> for a run that is attached to whoever started it, and is in no log then; null for its logs.</summary>
    public string? Output { get; init; }

    /// <summary>What a workflow was given; null for other kinds.</summary>
    public JobRecordWorkflow? Workflow { get; init; }

    /// <summary>The curves of its metrics that people look at; null for a run without.</summary>
    public ImmutableArray<JobCurve>? Curves { get; init; }

    /// <summary>Whether the run is attached to whoever started it.</summary>
    [JsonIgnore]
    public bool IsAttached => Output is OutputOfCaller;

    /// <summary>The output of a run that is attached.</summary>
    public const string OutputOfCaller = "caller";

    /// <summary>The record of a run.</summary>
    /// <param name="spec">What is started.</param>
    /// <param name="id">Its id.</param>
    /// <param name="host">The machine that runs it, as the user knows it.</param>
    /// <param name="now">The time.</param>
    /// <param name="version">The version of Slipway.</param>
    internal static JobRecord Of(JobSpec spec, RunId id, string host, DateTimeOffset now, string version) => new()
    {
        RunId = id.ToString(),
        Kind = (spec.Service is null ? spec.Kind : RunKind.Service).ToString().ToLowerInvariant(),
        Name = spec.Name.ToString(),
        CreatedAt = now,
        CreatedBy = new JobCreator(Environment.UserName, Environment.MachineName, version),
        Spec = JobRecordSpec.Of(spec, host),
    };
}

/// <summary>A curve of a run's metrics.</summary>
/// <param name="Key">The metric.</param>
/// <param name="Label">What people call it.</param>
/// <param name="Better"><c>lower</c> or <c>higher</c>.</param>
public sealed record JobCurve(string Key, string Label, string Better);

/// <summary>What a workflow was started from.</summary>
/// <param name="File">The absolute path of its file.</param>
/// <param name="Digest">The SHA-256 of the file's bytes.</param>
/// <param name="Given">Inputs that were given beside the file, by <c>node.port</c>; no secret is among them.</param>
/// <param name="Secrets">The secrets that were given: the variable, or <c>node.port=VARIABLE</c>.</param>
/// <param name="Targets">The nodes that were asked for; empty for all.</param>
/// <param name="Parent">The run in which it was started; null for none.</param>
public sealed record JobRecordWorkflow(
    string File, string Digest, JsonElement Given, ImmutableArray<string> Secrets, ImmutableArray<string> Targets, string? Parent);

/// <summary>Who started a run.</summary>
/// <param name="User">The user there.</param>
/// <param name="Host">The machine that asked.</param>
/// <param name="Version">The version of Slipway.</param>
public sealed record JobCreator(string User, string Host, string Version);

/// <summary>What was started.</summary>
public sealed record JobRecordSpec
{
    /// <summary>The program and its arguments.</summary>
    public required ImmutableArray<string> Argv { get; init; }

    /// <summary>The working directory; null for the machine's own choice.</summary>
    public string? Cwd { get; init; }

    /// <summary>The machine that runs it, as the user knows it.</summary>
    public required string Host { get; init; }

    /// <summary>The environment's key.</summary>
    public string? EnvironmentKey { get; init; }

    /// <summary>The digest of the environment's lock.</summary>
    public string? LockDigest { get; init; }

    /// <summary>The environment's slot.</summary>
    public string? Slot { get; init; }

    /// <summary>What the workspace's files were.</summary>
    public string? WorkspaceSnapshot { get; init; }

    /// <summary>Names of secret variables.</summary>
    public ImmutableArray<string> Secrets { get; init; } = [];

    /// <summary>Whether the command has a terminal.</summary>
    public bool Terminal { get; init; }

    /// <summary>The limits.</summary>
    public required JobLimits Limits { get; init; }

    /// <summary>Port and probe of a service.</summary>
    public JobRecordService? Service { get; init; }

    internal static JobRecordSpec Of(JobSpec spec, string host) => new()
    {
        Argv = spec.Shown ?? [spec.Command.ArgumentZero ?? spec.Command.Executable, .. spec.Command.Arguments],
        Cwd = spec.Command.WorkingDirectory,
        Host = host,
        EnvironmentKey = spec.Environment?.Key,
        LockDigest = spec.Environment?.LockDigest,
        Slot = spec.Environment?.Slot,
        WorkspaceSnapshot = spec.WorkspaceSnapshot,
        Secrets = spec.Secrets,
        Terminal = spec.HasTerminal,
        Limits = new JobLimits(spec.MaxDuration is null ? null : JobLimits.Seconds(spec.MaxDuration), spec.MaxLogBytes, JobLimits.Seconds(spec.Grace)),
        Service = spec.Service is { } service ? new JobRecordService(service.Port, service.Probe.ToString(), JobLimits.Seconds(service.ReadyTimeout)) : null,
    };
}

/// <summary>The limits of a run; null means none.</summary>
/// <param name="MaxSeconds">How long the command may take.</param>
/// <param name="MaxLogBytes">How long a log may become.</param>
/// <param name="GraceSeconds">Between TERM and KILL.</param>
public sealed record JobLimits(long? MaxSeconds, long? MaxLogBytes, long GraceSeconds)
{
    /// <summary>Whole seconds, none of them for no limit: zero would mean none.</summary>
    internal static long Seconds(TimeSpan? span) => span is { } given ? Math.Max(1, (long)Math.Ceiling(given.TotalSeconds)) : 0;
}

/// <summary>Port and probe of a service.</summary>
/// <param name="Port">The port.</param>
/// <param name="Probe">The probe, as it is given.</param>
/// <param name="ReadySeconds">How long it has to become ready.</param>
public sealed record JobRecordService(int Port, string Probe, long ReadySeconds);

/// <summary>What <c>exit.json</c> holds: how a run ended.</summary>
/// <param name="Schema">The schema.</param>
/// <param name="End"><c>exited</c>, <c>cancelled</c>, <c>timed_out</c>, <c>log_limit</c>, <c>not_ready</c> or <c>failed_to_start</c>; of a workflow also <c>finished</c>, <c>failed</c> or <c>waiting</c>.</param>
/// <param name="Code">The exit code as a shell tells it; null when nothing was started.</param>
/// <param name="Reason">Why it could not be started; null otherwise.</param>
/// <param name="StartedAt">When the command was started, by the clock there.</param>
/// <param name="EndedAt">When it had ended.</param>
public sealed record JobExit(string Schema, string End, int? Code, string? Reason, DateTimeOffset StartedAt, DateTimeOffset EndedAt)
{
    /// <summary>A workflow came to its end.</summary>
    public const string Finished = "finished";

    /// <summary>Nodes of a workflow failed.</summary>
    public const string Failed = "failed";

    /// <summary>A workflow waits for a person.</summary>
    public const string Waiting = "waiting";

    /// <summary>Somebody cancelled it.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>Whether the code is one that the run itself ended with.</summary>
    [JsonIgnore]
    public bool HasOwnCode => Code is not null && End is "exited" or Finished or Failed or Waiting;
}

/// <summary>Source-generated serialisation, one line a document.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = false)]
[JsonSerializable(typeof(JobRecord))]
[JsonSerializable(typeof(JobExit))]
internal sealed partial class JobJson : JsonSerializerContext
{
    /// <summary>A document; null when the text is none.</summary>
    public static T? Read<T>(string text, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(text, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
