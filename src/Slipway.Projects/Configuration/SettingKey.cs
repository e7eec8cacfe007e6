namespace Slipway.Projects.Configuration;

/// <summary>What can be configured, in the order in which people see it.</summary>
public enum SettingKey
{
    /// <summary>The name of a project's only environment.</summary>
    Name,

    /// <summary>Which of a project's named environments is used.</summary>
    Env,

    /// <summary>The wish for an interpreter.</summary>
    Python,

    /// <summary>The provisioner.</summary>
    Backend,

    /// <summary>The indexes, in the order in which they are asked.</summary>
    IndexUrl,

    /// <summary>Directories or pages with files.</summary>
    FindLinks,

    /// <summary>The time from which on uploaded files do not exist.</summary>
    ExcludeNewer,

    /// <summary>Whether the base's packages are visible.</summary>
    SystemSitePackages,

    /// <summary>The files of requirements that count in place of the nearest declaration.</summary>
    Requirements,

    /// <summary>The conda environment file that counts in place of the nearest declaration.</summary>
    EnvFile,

    /// <summary>The conda channels that count in place of the file's own.</summary>
    Channels,

    /// <summary>The project's extras.</summary>
    Extras,

    /// <summary>The project's dependency groups.</summary>
    Groups,

    /// <summary>How the project itself is seen by its workloads.</summary>
    Project,

    /// <summary>What becomes of a lock that does not answer what is needed.</summary>
    LockPolicy,

    /// <summary>How a prompt names the environment.</summary>
    Prompt,

    /// <summary>Whether the network may not be used.</summary>
    Offline,
}
