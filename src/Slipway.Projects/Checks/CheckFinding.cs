using Slipway.Projects.Naming;

namespace Slipway.Projects.Checks;

/// <summary>How bad a finding is.</summary>
public enum CheckLevel
{
    /// <summary>As it should be.</summary>
    Pass,

    /// <summary>Worth knowing.</summary>
    Note,

    /// <summary>Works, and is likely to surprise somebody.</summary>
    Warning,

    /// <summary>Does not work, or is not what is declared.</summary>
    Error,
}

/// <summary>What <c>check --fix</c> can do about a finding.</summary>
public enum CheckFix
{
    /// <summary>Nothing: a person has to.</summary>
    None,

    /// <summary>Have the environment ready, and link it.</summary>
    Sync,

    /// <summary>Lock again.</summary>
    Lock,

    /// <summary>Take away a link that nothing declares. It destroys nothing that cannot be had again, but somebody may still use it.</summary>
    RemoveLink,

    /// <summary>Write Slipway's lines in <c>.envrc</c> anew.</summary>
    FollowInEnvrc,

    /// <summary>Close a file to other users.</summary>
    CloseFile,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Id">A stable name for programs: <c>dead-shebang</c>.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="Subject">What it is about: an environment or a file.</param>
/// <param name="Message">One sentence.</param>
public sealed record CheckFinding(string Id, CheckLevel Level, string Subject, string Message)
{
    /// <summary>What to do, in one line; null when nothing is to be done.</summary>
    public string? Remedy { get; init; }

    /// <summary>What <c>--fix</c> does about it.</summary>
    public CheckFix Fix { get; init; }

    /// <summary>The environment that a fix is about.</summary>
    public EnvironmentName? Environment { get; init; }

    /// <summary>The absolute path of the file that a fix is about.</summary>
    public string? Path { get; init; }

    /// <summary>Whether the fix takes something away, so that each is asked about and none happens where nobody can be asked.</summary>
    public bool IsDestructive => Fix is CheckFix.RemoveLink;
}
