using Slipway.Cloud.Money;
using Slipway.Cloud.SkyPilot;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Runs.Hosts;

namespace Slipway.Cloud.Launching;

/// <summary>What the desk works with.</summary>
/// <param name="Home">The absolute path of <c>SLIPWAY_HOME</c>.</param>
/// <param name="Money">Where money is kept.</param>
/// <param name="Policy">The policy's file.</param>
/// <param name="Works">Makes planned work again.</param>
public sealed record CloudDeskSettings(string Home, MoneyFolder Money, PolicyFile Policy, IWorkSource Works)
{
    /// <summary>Which SkyPilot server.</summary>
    public SkyEndpointChoice Server { get; init; } = new(null, null);

    /// <summary>How that is spoken to; its clock is the desk's.</summary>
    public SkyOptions Sky { get; init; } = new();

    /// <summary>Reads environment variables: secrets, and where the server is.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>The store of this machine, for the backend <c>local</c>.</summary>
    public required Func<CancellationToken, Task<Result<BuildHost>>> Here { get; init; }

    /// <summary>The hosts that the user added, for the backend <c>ssh</c>.</summary>
    public Func<Result<HostDirectory>> Hosts { get; init; } = HostDirectory.OfUser;

    /// <summary>The version of Slipway, for records.</summary>
    public string Version { get; init; } = "0";

    /// <summary>Told of each step of a launch, once it is on the disk.</summary>
    public Action<LaunchStep> Step { get; init; } = static _ => { };

    /// <summary>Is told what is mended on the way, when it is.</summary>
    public Action<Repair> Told { get; init; } = static _ => { };

    /// <summary>The clock.</summary>
    public TimeProvider Time => Sky.Time;
}

/// <summary>The steps of a launch. Whatever ends this program between two of them, the next verb mends.</summary>
public enum LaunchStep
{
    /// <summary>The plan is used up and its money reserved.</summary>
    Reserved,

    /// <summary>The run has its record.</summary>
    Recorded,

    /// <summary>Its package is made.</summary>
    Packaged,

    /// <summary>The package is where the backend finds it.</summary>
    Uploaded,

    /// <summary>It is noted that it is about to be handed in.</summary>
    Posting,

    /// <summary>The backend has it, and that is noted.</summary>
    Posted,
}
