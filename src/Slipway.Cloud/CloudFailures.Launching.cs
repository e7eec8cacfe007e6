using Slipway.Core.Failures;

namespace Slipway.Cloud;

/// <content>05: launches and what becomes of them.</content>
public static partial class CloudFailures
{
    /// <summary>There is no such run among the rented ones (RUN_NOT_FOUND).</summary>
    public static readonly FailureCode RunNotFound = new(
        "CLD0501", ExitCode.NotFound, "There is no such rented run.", "List the runs with `slipway cloud list --all`.");

    /// <summary>What was asked for cannot be rented so (INVALID_ARGUMENT).</summary>
    public static readonly FailureCode RequestInvalid = new(
        "CLD0502", ExitCode.Usage, "A request for a rented run is not one that can be met.", "Change what is named, and ask again.");

    /// <summary>A secret that the work needs has no value here (INVALID_ARGUMENT).</summary>
    public static readonly FailureCode SecretMissing = new(
        "CLD0503", ExitCode.Usage, "A secret that the work needs has no value.", "Set the environment variable that is named, and launch again.");

    /// <summary>The record of a run cannot be read (INTERNAL).</summary>
    public static readonly FailureCode RecordDamaged = new(
        "CLD0504", ExitCode.BadData, "The record of a rented run is damaged.", "Look at the machines with `slipway cloud list`, and take down by name what is not wanted.");

    /// <summary>Another process is at work on the run.</summary>
    public static readonly FailureCode RunBusy = new(
        "CLD0505", ExitCode.Busy, "Another process is at work on this run.", "Ask again when it is done.");
}
