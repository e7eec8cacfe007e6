using Slipway.Core.Failures;

namespace Slipway.Runs.Jobs;

/// <summary>The coded failures of runs in the background.</summary>
public static class JobFailures
{
    /// <summary>A job's name cannot be one.</summary>
    public static readonly FailureCode NameInvalid = new(
        "RUN0401", ExitCode.Usage, "A job's name cannot be used.", "Use lower-case letters, digits, '.', '_' and '-', begin with a letter or a digit, and stay below 64 characters.");

    /// <summary>No run has that name or id.</summary>
    public static readonly FailureCode NotFound = new(
        "RUN0402", ExitCode.NotFound, "There is no such job.", "`slipway job list` shows the jobs; a name or an id is given whole.");

    /// <summary>A job could not be started.</summary>
    public static readonly FailureCode NotStarted = new(
        "RUN0403", ExitCode.Unavailable, "A job could not be started.", "Mend what is named, then start it again.");

    /// <summary>The environment was collected between its preparation and the start of the job.</summary>
    public static readonly FailureCode EnvironmentGone = new(
        "RUN0404", ExitCode.Busy, "The environment vanished before the job could take it.", "Start the job again.");

    /// <summary>A host's answer about its jobs makes no sense.</summary>
    public static readonly FailureCode AnswerUnreadable = new(
        "RUN0405", ExitCode.Unavailable, "A machine's answer about its jobs cannot be read.", "Look at the runs directory of the store there.");

    /// <summary>A job does not end although it was asked to.</summary>
    public static readonly FailureCode StillRunning = new(
        "RUN0406", ExitCode.Busy, "The job is still running.", "Wait for its end, or cancel it with `slipway job cancel`.");

    /// <summary>The output of an attached run is in no log.</summary>
    public static readonly FailureCode NoLogs = new(
        "RUN0407", ExitCode.NotFound, "The run has no logs.", "An attached run writes to its own terminal; `slipway run --detach` keeps logs.");

    /// <summary>A run's record could not be written.</summary>
    public static readonly FailureCode RecordNotWritten = new(
        "RUN0408", ExitCode.StoreNotWritable, "The record of a run could not be written.", "Make room on the disk, or look at who owns the store.");
}
