namespace Slipway.Cloud.SkyPilot;

/// <summary>The state of a cluster (SkyPilot, API 55).</summary>
public enum SkyClusterState
{
    /// <summary>A word that is not known here.</summary>
    Unknown,

    /// <summary>Waiting to be made.</summary>
    Pending,

    /// <summary>Being made, or broken while it was.</summary>
    Init,

    /// <summary>Up.</summary>
    Up,

    /// <summary>Stopped; its disk still costs.</summary>
    Stopped,

    /// <summary>Ending by its autostop.</summary>
    Autostopping,
}

/// <summary>The state of a job, of a cluster or of the managed ones (SkyPilot, API 55).</summary>
public enum SkyJobState
{
    /// <summary>A word that is not known here.</summary>
    Unknown,

    /// <summary>Being entered.</summary>
    Init,

    /// <summary>Waiting.</summary>
    Pending,

    /// <summary>Taken by a controller.</summary>
    Submitted,

    /// <summary>Its cluster is being made.</summary>
    Starting,

    /// <summary>Its set-up runs.</summary>
    SettingUp,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It ends.</summary>
    WindingDown,

    /// <summary>Its cluster was lost and is made anew.</summary>
    Recovering,

    /// <summary>It is being cancelled.</summary>
    Cancelling,

    /// <summary>Done.</summary>
    Succeeded,

    /// <summary>Cancelled.</summary>
    Cancelled,

    /// <summary>Its program failed.</summary>
    Failed,

    /// <summary>Its set-up failed.</summary>
    FailedSetup,

    /// <summary>What starts it on the cluster failed.</summary>
    FailedDriver,

    /// <summary>It was refused before anything was rented.</summary>
    FailedPrechecks,

    /// <summary>Nothing could be rented for it.</summary>
    FailedNoResource,

    /// <summary>Its controller failed.</summary>
    FailedController,
}

/// <summary>States from the server's words.</summary>
public static class SkyStates
{
    /// <summary>Whether a job has ended, in any way.</summary>
    public static bool HasEnded(this SkyJobState state) => state >= SkyJobState.Succeeded;

    internal static SkyClusterState Cluster(string raw) => raw switch
    {
        "PENDING" => SkyClusterState.Pending,
        "INIT" => SkyClusterState.Init,
        "UP" => SkyClusterState.Up,
        "STOPPED" => SkyClusterState.Stopped,
        "AUTOSTOPPING" => SkyClusterState.Autostopping,
        _ => SkyClusterState.Unknown,
    };

    internal static SkyJobState Job(string raw) => raw switch
    {
        "INIT" => SkyJobState.Init,
        "PENDING" => SkyJobState.Pending,
        "SUBMITTED" => SkyJobState.Submitted,
        "STARTING" => SkyJobState.Starting,
        "SETTING_UP" => SkyJobState.SettingUp,
        "RUNNING" => SkyJobState.Running,
        "WINDING_DOWN" => SkyJobState.WindingDown,
        "RECOVERING" => SkyJobState.Recovering,
        "CANCELLING" => SkyJobState.Cancelling,
        "SUCCEEDED" => SkyJobState.Succeeded,
        "CANCELLED" => SkyJobState.Cancelled,
        "FAILED" => SkyJobState.Failed,
        "FAILED_SETUP" => SkyJobState.FailedSetup,
        "FAILED_DRIVER" => SkyJobState.FailedDriver,
        "FAILED_PRECHECKS" => SkyJobState.FailedPrechecks,
        "FAILED_NO_RESOURCE" => SkyJobState.FailedNoResource,
        "FAILED_CONTROLLER" => SkyJobState.FailedController,
        _ => SkyJobState.Unknown,
    };
}
