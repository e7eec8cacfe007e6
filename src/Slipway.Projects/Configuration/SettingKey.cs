namespace Slipway.Projects.Configuration;

/// <summary>What can be configured, in the order in which people see it.</summary>
public enum SettingKey
{
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

    /// <summary>The project's extras.</summary>
    Extras,

    /// <summary>The project's dependency groups.</summary>
    Groups,

    /// <summary>Whether the network may not be used.</summary>
    Offline,
}
