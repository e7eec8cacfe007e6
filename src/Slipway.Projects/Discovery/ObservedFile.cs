namespace Slipway.Projects.Discovery;

/// <summary>What about a file took part in a request.</summary>
public enum Observation
{
    /// <summary>The whole content.</summary>
    Content,

    /// <summary>Only the PEP 723 block: the rest of a script may change freely.</summary>
    ScriptBlock,

    /// <summary>That nothing is there: a file that appears would change the request.</summary>
    Absence,

    /// <summary>That something is there, whatever it holds: it ended a search, which would go further without it.</summary>
    Presence,
}

/// <summary>
/// A file that a request depends on. A launch record lists them all, so that a warm start can prove that reading
/// them again would lead to the same request.
/// </summary>
/// <param name="Path">The absolute path.</param>
/// <param name="Kind">What about it counts.</param>
public sealed record ObservedFile(string Path, Observation Kind);
