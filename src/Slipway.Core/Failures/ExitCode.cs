namespace Slipway.Core.Failures;

/// <summary>
/// The exit codes of Slipway itself, in the spirit of sysexits(3). A workload's own exit code is passed
/// through unchanged and never appears here.
/// </summary>
public enum ExitCode
{
    /// <summary>Done.</summary>
    Done = 0,

    /// <summary>A check found errors, or a lock is stale (<c>check</c>, <c>lock --check</c>).</summary>
    ChecksFailed = 1,

    /// <summary>The command line is wrong.</summary>
    Usage = 64,

    /// <summary>A file, a requirement, a recipe or a graph is malformed or cannot be satisfied.</summary>
    BadData = 65,

    /// <summary>A named thing does not exist.</summary>
    NotFound = 66,

    /// <summary>A host, a tool or a service is unavailable.</summary>
    Unavailable = 69,

    /// <summary>A defect of Slipway.</summary>
    Defect = 70,

    /// <summary>The store cannot be written.</summary>
    StoreNotWritable = 73,

    /// <summary>Busy: a lock is held or a quota is used up. Trying again later is right.</summary>
    Busy = 75,

    /// <summary>Refused by policy.</summary>
    Refused = 77,

    /// <summary>The configuration or the machine's set-up is unusable.</summary>
    Configuration = 78,

    /// <summary>Waits for a person's answer.</summary>
    WaitsForPerson = 79,

    /// <summary>The workload was found but cannot be executed (as POSIX shells report it).</summary>
    NotExecutable = 126,

    /// <summary>The command was not found (as POSIX shells report it).</summary>
    CommandNotFound = 127,

    /// <summary>Cancelled by the user.</summary>
    Cancelled = 130,
}
