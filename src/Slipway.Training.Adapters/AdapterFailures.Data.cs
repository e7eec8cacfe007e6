using Slipway.Core.Failures;

namespace Slipway.Training.Adapters;

public static partial class AdapterFailures
{
    /// <summary>There is no such dataset.</summary>
    public static readonly FailureCode UnknownDataset = new(
        "TRA0201", ExitCode.NotFound, "There is no such dataset, or it has no such configuration or split.", "Name one that the message lists, a file that is there, or owner/name of the hub.");

    /// <summary>A dataset has a form that is not read.</summary>
    public static readonly FailureCode UnreadableDataset = new(
        "TRA0202", ExitCode.BadData, "A dataset has a form that is not read here.", "Give JSON Lines (.jsonl), or a Python file with a function dataset(split) that reads it.");

    /// <summary>A dataset cannot be had at the revision that is asked for.</summary>
    public static readonly FailureCode OtherRevision = new(
        "TRA0203", ExitCode.Unavailable, "A dataset of the hub cannot be had whole at the revision that is asked for.", "Ask for the newest revision, or bring the files and name their path.");

    /// <summary>A user's own Python failed.</summary>
    public static readonly FailureCode UserCodeFailed = new(
        "TRA0204", ExitCode.BadData, "A Python file of the user's failed.", "Correct the line that is named; the traceback is below.");

    /// <summary>A user's own Python gave what it must not.</summary>
    public static readonly FailureCode UserCodeAnswer = new(
        "TRA0205", ExitCode.BadData, "A function of the user's gave something else than it must.", "Give what the message says, for the item that it names.");
}
