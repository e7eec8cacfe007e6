using Slipway.Core.Failures;

namespace Slipway.Runs.Workspaces;

/// <summary>The coded failures of bringing a project's files to a host.</summary>
public static class WorkspaceFailures
{
    /// <summary>Somebody else brings files to the same workspace.</summary>
    public static readonly FailureCode Busy = new(
        "RUN0311", ExitCode.Busy, "Somebody else is bringing files to the same workspace.", "Wait for the process that is named, then try again.");

    /// <summary>The workspace cannot be written.</summary>
    public static readonly FailureCode NotWritable = new(
        "RUN0312", ExitCode.StoreNotWritable, "The workspace on a host cannot be written.", "Look at the space, the mount and the permissions of the store there, then try again.");

    /// <summary>git could not take a picture of the project.</summary>
    public static readonly FailureCode PictureFailed = new(
        "RUN0313", ExitCode.BadData, "git could not take a picture of the project.", "Mend what git names, or bring the files without git: mode files.");

    /// <summary>The mode does not suit the project or the host.</summary>
    public static readonly FailureCode ModeUnsuited = new(
        "RUN0314", ExitCode.BadData, "The mode does not suit the project or the host.", "Use mode worktree or files, or make a commit and install git on the host.");

    /// <summary>The directory is no project that could be brought anywhere.</summary>
    public static readonly FailureCode OriginUnusable = new(
        "RUN0315", ExitCode.BadData, "A directory cannot be brought to a host.", "Go to a project's directory: the whole home directory and the root are never copied.");
}
