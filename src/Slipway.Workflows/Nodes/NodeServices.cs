using Slipway.Environments;
using Slipway.Machines.HandOff;
using Slipway.Runs.Hosts;

namespace Slipway.Workflows.Nodes;

/// <summary>What the types of nodes that come with Slipway are made with.</summary>
public sealed class NodeServices
{
    /// <summary>This machine and its store.</summary>
    public required BuildHost Host { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>What Slipway was started with.</summary>
    public required StartupEnvironment Startup { get; init; }

    /// <summary>The directory that Slipway was started in.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>The hosts that the user added.</summary>
    public required HostDirectory Hosts { get; init; }
}
