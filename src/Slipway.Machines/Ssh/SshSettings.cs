using Slipway.Machines.Ssh.Addresses;

namespace Slipway.Machines.Ssh;

/// <summary>Which host keys are believed.</summary>
public enum HostKeyPolicy
{
    /// <summary>Only a key that is known; for addresses that were never added.</summary>
    Known,

    /// <summary>The first key of a host that was added, from then on only that one.</summary>
    AcceptNew,
}

/// <summary>How a host is reached.</summary>
/// <param name="Name">The host's name for people.</param>
/// <param name="Address">Where it answers.</param>
public sealed record SshSettings(string Name, SshAddress Address)
{
    /// <summary>Which host keys are believed.</summary>
    public HostKeyPolicy HostKeys { get; init; }

    /// <summary>Slipway's own file of known hosts, absolute; null to use only the user's.</summary>
    public string? KnownHosts { get; init; }

    /// <summary>A configuration in place of the user's, absolute; null for the user's.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>The private directory of connections that are kept open, absolute; null to open one for each call.</summary>
    public string? ControlDirectory { get; init; }

    /// <summary>How long a connection may take to be made.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a connection is kept open without use.</summary>
    public TimeSpan Persist { get; init; } = TimeSpan.FromMinutes(5);
}
