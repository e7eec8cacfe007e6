using Slipway.Machines.Ssh.Addresses;

namespace Slipway.Runs.Hosts;

/// <summary>A host that was added.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where it answers.</param>
public sealed record HostEntry(HostName Name, SshAddress Address)
{
    /// <summary>Where its store is, absolute; null for the one that the variables there name. A session of SSH often lacks what a shell's start files set.</summary>
    public string? Store { get; init; }

    /// <summary>An SSH configuration in place of the user's, absolute; null for the user's.</summary>
    public string? SshConfig { get; init; }
}
