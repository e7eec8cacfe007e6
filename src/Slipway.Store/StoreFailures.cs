using Slipway.Core.Failures;

namespace Slipway.Store;

/// <summary>The coded failures of the store.</summary>
public static class StoreFailures
{
    /// <summary>The store's place is unusable as a path.</summary>
    public static readonly FailureCode UnusableHome = new(
        "STO0101",
        ExitCode.Configuration,
        "The store's directory cannot be used.",
        "Set SLIPWAY_HOME to an absolute path without ':' or line breaks.");

    /// <summary>The store belongs to another user.</summary>
    public static readonly FailureCode ForeignStore = new(
        "STO0102",
        ExitCode.Refused,
        "The store belongs to another user.",
        "Set SLIPWAY_HOME to a directory of your own.");

    /// <summary>Another user can write the store.</summary>
    public static readonly FailureCode StoreOpenToOthers = new(
        "STO0103",
        ExitCode.Refused,
        "Another user can write the store.",
        "Run `chmod 700` on the store, after making sure that nothing in it was changed.");

    /// <summary>The store cannot be written.</summary>
    public static readonly FailureCode NotWritable = new(
        "STO0104",
        ExitCode.StoreNotWritable,
        "The store cannot be written.",
        "Make room or set SLIPWAY_HOME to a directory that you can write.");

    /// <summary>A directory of the store is a link to somewhere else.</summary>
    public static readonly FailureCode LinkInStore = new(
        "STO0105",
        ExitCode.Refused,
        "A directory of the store is a symbolic link.",
        "Put a real directory in its place: the store is one tree on one file system. Move all of it with SLIPWAY_HOME instead.");

    /// <summary>No environment has the given name.</summary>
    public static readonly FailureCode NoSuchEnvironment = new(
        "STO0201", ExitCode.NotFound, "No environment in the store has this name.", "`slipway store list` prints the names.");

    /// <summary>A shortened name fits several environments.</summary>
    public static readonly FailureCode AmbiguousName = new(
        "STO0202", ExitCode.Usage, "The shortened name fits several environments.", "Give more digits.");

    /// <summary>A published environment's record cannot be read.</summary>
    public static readonly FailureCode UnreadableRecord = new(
        "STO0203",
        ExitCode.BadData,
        "An environment's meta.json cannot be read.",
        "Run `slipway store verify --repair --yes`: it removes the environment, and what needs it builds it again.");

    /// <summary>A workload uses the environment.</summary>
    public static readonly FailureCode InUse = new(
        "STO0301", ExitCode.Busy, "The environment is in use.", "Wait for the workloads that use it to end, then try again.");

    /// <summary>A project links the environment.</summary>
    public static readonly FailureCode Linked = new(
        "STO0302", ExitCode.Refused, "A project links to the environment.", "Remove the link, or the environment from the project.");

    /// <summary>Files of an environment are not as they were published.</summary>
    public static readonly FailureCode Damaged = new(
        "STO0401",
        ExitCode.ChecksFailed,
        "Files of the environment are not as they were published.",
        "Run `slipway store verify --repair`.");
}
