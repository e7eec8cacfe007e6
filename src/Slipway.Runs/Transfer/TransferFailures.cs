using Slipway.Core.Failures;

namespace Slipway.Runs.Transfer;

/// <summary>The coded failures of copying to and from hosts.</summary>
public static class TransferFailures
{
    /// <summary>There is nothing to copy.</summary>
    public static readonly FailureCode SourceMissing = new(
        "RUN0301", ExitCode.NotFound, "What should be copied does not exist.", "Check the path. On a host, paths are relative to the home directory there.");

    /// <summary>A path cannot be the source or the target of a copy.</summary>
    public static readonly FailureCode PathUnusable = new(
        "RUN0302", ExitCode.BadData, "A path cannot be used for copying.", "Name a file or a directory; a target that ends in / is a directory to copy into.");

    /// <summary>A host lacks a program that copying needs.</summary>
    public static readonly FailureCode ToolMissing = new(
        "RUN0303", ExitCode.Unavailable, "A host lacks a program that copying needs.", "Install tar and sha256sum there, from the packages tar and coreutils, or busybox.");

    /// <summary>Some files were not copied.</summary>
    public static readonly FailureCode Incomplete = new(
        "RUN0304", ExitCode.Unavailable, "Some files were not copied.", "Look at each file that is named, then copy again; what was copied is whole.");

    /// <summary>What arrived is not what was sent.</summary>
    public static readonly FailureCode Damaged = new(
        "RUN0305", ExitCode.Unavailable, "What arrived is not what was sent.", "Copy again when the source is at rest. Nothing was replaced.");

    /// <summary>The target cannot be written.</summary>
    public static readonly FailureCode NotWritable = new(
        "RUN0306", ExitCode.StoreNotWritable, "The target of a copy cannot be written.", "Look at the space, the mount and the permissions there. Nothing was replaced.");

    /// <summary>A host sent an archive that no honest one sends.</summary>
    public static readonly FailureCode Hostile = new(
        "RUN0307", ExitCode.Refused, "A host sent an archive that cannot be trusted.", "Nothing was copied. Find out what answers there in the place of tar.");
}
