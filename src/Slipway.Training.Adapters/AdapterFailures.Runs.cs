using Slipway.Core.Failures;

namespace Slipway.Training.Adapters;

public static partial class AdapterFailures
{
    /// <summary>No interpreter has what training needs.</summary>
    public static readonly FailureCode NoInterpreter = new(
        "TRA0701", ExitCode.Unavailable, "No interpreter of the machine has what training needs.",
        "Install PyTorch for one of them (Debian and Ubuntu: apt install python3-torch), name one with --python, or have an environment built: --build-environment.");

    /// <summary>There is a run in a directory already.</summary>
    public static readonly FailureCode FolderTaken = new(
        "TRA0702", ExitCode.Refused, "The directory of a run holds a run already.", "Set behavior_if_log_dir_exists=resume to go on with it, =delete to begin anew, or another log_path.");

    /// <summary>A run is no run of a recipe.</summary>
    public static readonly FailureCode NotARecipeRun = new(
        "TRA0703", ExitCode.NotFound, "There is no such run of a recipe.", "`slipway recipe runs` lists them; a directory is named by its path.");

    /// <summary>A run goes on already.</summary>
    public static readonly FailureCode StillRunning = new(
        "TRA0704", ExitCode.Busy, "A run is not over.", "Wait for it, or cancel it with `slipway job cancel RUN`.");
}
