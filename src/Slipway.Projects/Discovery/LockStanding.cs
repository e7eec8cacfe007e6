namespace Slipway.Projects.Discovery;

/// <summary>What becomes of a lock that does not answer what is needed.</summary>
public enum LockPolicy
{
    /// <summary>It is left out, with a warning; there need not be one.</summary>
    Warn,

    /// <summary>It is refused, and so is its absence.</summary>
    Strict,

    /// <summary>No lock is looked at.</summary>
    Ignore,
}

/// <summary>How the lock of a workload stands to what is needed now.</summary>
public enum LockStanding
{
    /// <summary>Nothing is declared that a lock could answer.</summary>
    NotNeeded,

    /// <summary>There is none.</summary>
    Missing,

    /// <summary>It answers something else, and was left out.</summary>
    LeftOut,

    /// <summary>It is what the environment is made from.</summary>
    Used,

    /// <summary>No lock was looked at.</summary>
    Ignored,

    /// <summary>It answers what is needed, for another platform or Python. Only a check of the lock says so: reading alone does not look at the host.</summary>
    Foreign,
}
