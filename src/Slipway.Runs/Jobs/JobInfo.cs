using System.Collections.Immutable;

namespace Slipway.Runs.Jobs;

/// <summary>How a job stands. Derived from facts each time, never stored.</summary>
public enum JobState
{
    /// <summary>Its supervisor is there.</summary>
    Running,

    /// <summary>It ended with code 0.</summary>
    Succeeded,

    /// <summary>It ended with another code, or went beyond a limit other than time.</summary>
    Failed,

    /// <summary>It ended because a person has to answer first.</summary>
    Waiting,

    /// <summary>It was cancelled.</summary>
    Cancelled,

    /// <summary>It took longer than it may.</summary>
    TimedOut,

    /// <summary>Its command never ran.</summary>
    FailedToStart,

    /// <summary>Its supervisor is gone without a word: killed, or the machine went down.</summary>
    Lost,
}

/// <summary>What there is of a run's supervisor.</summary>
public enum SupervisorState
{
    /// <summary>It never said a word.</summary>
    None,

    /// <summary>It is gone.</summary>
    Dead,

    /// <summary>It was there before the machine was started again.</summary>
    Rebooted,

    /// <summary>It is there.</summary>
    Alive,
}

/// <summary>What is known about a run.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Record">What was started.</param>
/// <param name="Supervisor">What there is of its supervisor.</param>
/// <param name="Exit">How it ended; null when that is not known.</param>
public sealed record JobInfo(RunId Id, JobRecord Record, SupervisorState Supervisor, JobExit? Exit)
{
    private const int SignalBase = 128;
    private const int LastSignal = 64;

    /// <summary>Whether a service was seen to be ready.</summary>
    public bool IsReady { get; init; }

    /// <summary>Lengths of the two logs, where they were asked for.</summary>
    public (long Output, long Error)? LogBytes { get; init; }

    /// <summary>Processes of a lost run that still live, where they were asked for.</summary>
    public ImmutableArray<int> LeftBehind { get; init; } = [];

    /// <summary>How it stands.</summary>
    public JobState State => Exit switch
    {
        { End: "cancelled" } => JobState.Cancelled,
        { End: "timed_out" } => JobState.TimedOut,
        { End: "failed_to_start" } => JobState.FailedToStart,
        { End: JobExit.Waiting } => JobState.Waiting,
        { End: "exited" or JobExit.Finished, Code: 0 } => JobState.Succeeded,
        not null => JobState.Failed,
        null => Supervisor switch
        {
            SupervisorState.Alive => JobState.Running,
            SupervisorState.None => JobState.FailedToStart,
            _ => JobState.Lost,
        },
    };

    /// <summary>Whether it has come to an end, known or not.</summary>
    public bool IsOver => State is not JobState.Running;

    /// <summary>The signal that probably ended it; a shell cannot tell <c>exit 137</c> from a kill.</summary>
    public int? LikelySignal => Exit is { End: "exited", Code: > SignalBase and <= SignalBase + LastSignal } exit ? exit.Code - SignalBase : null;

    /// <summary>The state as documents name it.</summary>
    public string StateName => State switch
    {
        JobState.TimedOut => "timed_out",
        JobState.FailedToStart => "failed_to_start",
        var state => state.ToString().ToLowerInvariant(),
    };

    /// <summary>The kind in words.</summary>
    public string DescribeKind() => Record.IsAttached ? $"{Record.Kind}, attached" : Record.Kind;

    /// <summary>The state in words.</summary>
    public string Describe() => State switch
    {
        JobState.Running => Record.Spec.Service is null ? "running" : IsReady ? "running, ready" : "running, not ready yet",
        JobState.Failed => Exit!.End switch
        {
            "log_limit" => "failed: a log became longer than it may",
            "not_ready" => "failed: it was not ready in time",
            JobExit.Failed => $"failed: exit code {Exit.Code}",
            _ => LikelySignal is { } signal ? $"failed: exit code {Exit.Code}, probably signal {signal}" : $"failed: exit code {Exit.Code}",
        },
        JobState.Waiting => "waits for a person",
        JobState.TimedOut => "timed out",
        JobState.FailedToStart => $"failed to start: {WhyNotStarted}",
        JobState.Lost => Supervisor is SupervisorState.Rebooted ? "lost: the machine was started again"
            : Record.IsAttached ? "lost: what it was attached to was killed" : "lost: its supervisor was killed",
        var state => state.ToString().ToLowerInvariant(),
    };

    private string WhyNotStarted => Exit?.Reason switch
    {
        "nodir" => $"there is no directory {Record.Spec.Cwd}",
        "notfound" => $"there is no command {Record.Spec.Argv[0]}",
        "noexec" => $"{Record.Spec.Argv[0]} cannot be executed",
        "before" => "what it waited for could not be had",
        _ => "its supervisor did not start",
    };
}
