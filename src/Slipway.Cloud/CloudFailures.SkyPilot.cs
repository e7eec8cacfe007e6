using Slipway.Core.Failures;

namespace Slipway.Cloud;

// 01: the SkyPilot server.
public static partial class CloudFailures
{
    /// <summary>A SkyPilot API server does not answer.</summary>
    public static readonly FailureCode Unreachable = new(
        "CLD0101", ExitCode.Unavailable, "The SkyPilot API server does not answer.", "Start one, or name another with `slipway cloud connect`; `slipway cloud check` says what it answers.");

    /// <summary>The address of a server is no address.</summary>
    public static readonly FailureCode EndpointInvalid = new(
        "CLD0102", ExitCode.Usage, "The address of the SkyPilot API server is not usable.", "Give http://host:port or https://host; a token is named by its environment variable.");

    /// <summary>Credentials would cross a network in the clear.</summary>
    public static readonly FailureCode CredentialsInClear = new(
        "CLD0103", ExitCode.Refused, "Credentials for the SkyPilot API server would be sent unencrypted.", "Use https, or a tunnel to a loopback address, or allow plain http for this server in the configuration.");

    /// <summary>The server wants a login.</summary>
    public static readonly FailureCode AuthRequired = new(
        "CLD0104", ExitCode.Configuration, "The SkyPilot API server wants credentials, or other ones.", "Set a service account token in the environment variable that the configuration names, or give user and password in the address.");

    /// <summary>The server's API is too old, or it thinks that ours is.</summary>
    public static readonly FailureCode ServerVersion = new(
        "CLD0105", ExitCode.Configuration, "The version of the SkyPilot API server does not fit.", "Upgrade the server: API 24 is the oldest that is spoken, 55 is what was tried.");

    /// <summary>A request id is not known any more.</summary>
    public static readonly FailureCode RequestForgotten = new(
        "CLD0106", ExitCode.NotFound, "The SkyPilot API server no longer knows this request.", "Requests are kept for a day and lost when the server restarts: look for the cluster by its name.");

    /// <summary>A request was cancelled.</summary>
    public static readonly FailureCode RequestCancelled = new(
        "CLD0107", ExitCode.Cancelled, "The request was cancelled on the SkyPilot API server.", "Make it again if it was not meant to be cancelled.");

    /// <summary>No offer fits what is asked for.</summary>
    public static readonly FailureCode Infeasible = new(
        "CLD0108", ExitCode.BadData, "No offer of the enabled clouds fits the resources that are asked for.", "Ask `slipway cloud offers` for what there is; loosen region, count, spot or the price cap.");

    /// <summary>There is such an offer, but none is free.</summary>
    public static readonly FailureCode NoCapacity = new(
        "CLD0109", ExitCode.Busy, "The cloud has none of these machines free now.", "Try again later, or allow other regions or cards.");

    /// <summary>A cloud is not set up on the server.</summary>
    public static readonly FailureCode CloudNotEnabled = new(
        "CLD0110", ExitCode.Configuration, "The cloud is not set up on the SkyPilot API server.", "Set it up on the server's machine; `sky check` there says what is missing.");

    /// <summary>The cloud refuses the server's credentials.</summary>
    public static readonly FailureCode CloudCredentials = new(
        "CLD0111", ExitCode.Configuration, "The cloud does not accept the credentials that the SkyPilot API server has.", "Renew them on the server's machine; `sky check` there tries them.");

    /// <summary>There is no such cluster.</summary>
    public static readonly FailureCode ClusterMissing = new(
        "CLD0112", ExitCode.NotFound, "There is no such cluster.", "`slipway cloud reconcile` lists what is there.");

    /// <summary>A cluster is there, but not up.</summary>
    public static readonly FailureCode ClusterNotUp = new(
        "CLD0113", ExitCode.Unavailable, "The cluster is not up.", "Wait until it is, or start it.");

    /// <summary>A cluster belongs to another identity of the cloud.</summary>
    public static readonly FailureCode IdentityMismatch = new(
        "CLD0114", ExitCode.Refused, "The cluster belongs to another cloud identity than the server's present one.", "Activate the identity that made it, on the server's machine.");

    /// <summary>The server's policy refuses.</summary>
    public static readonly FailureCode ServerPolicy = new(
        "CLD0115", ExitCode.Refused, "The policy of the SkyPilot API server refuses the request.", "Ask whoever runs the server.");

    /// <summary>The cloud or the server cannot do that.</summary>
    public static readonly FailureCode NotSupported = new(
        "CLD0116", ExitCode.BadData, "The cloud or the server does not support what is asked for.", "Leave that out, or choose another cloud.");

    /// <summary>The user may not do that.</summary>
    public static readonly FailureCode NotPermitted = new(
        "CLD0117", ExitCode.Refused, "The SkyPilot API server does not let this user do that.", "Ask whoever runs the server.");

    /// <summary>The cloud's quota is used up.</summary>
    public static readonly FailureCode Quota = new(
        "CLD0118", ExitCode.Busy, "The quota of the cloud account does not allow these machines.", "Raise the quota with the cloud, or take a card or region that it covers.");

    /// <summary>The server refuses what we sent.</summary>
    public static readonly FailureCode RequestRejected = new(
        "CLD0119", ExitCode.BadData, "The SkyPilot API server refuses the task or a field of the request.", "Correct what it names.");

    /// <summary>A cloud failed while the server used it.</summary>
    public static readonly FailureCode CloudFault = new(
        "CLD0120", ExitCode.Unavailable, "The cloud failed while the SkyPilot API server used it.", "The detail has its words; try again if they sound passing.");

    /// <summary>The server failed in a way that has no name, or its answer cannot be read.</summary>
    public static readonly FailureCode ServerDefect = new(
        "CLD0121", ExitCode.Unavailable, "The SkyPilot API server failed or gave an answer that cannot be read.", "The server's own log says more.");

    /// <summary>Nobody can say whether a launch was accepted.</summary>
    public static readonly FailureCode LaunchUnclear = new(
        "CLD0122", ExitCode.Unavailable, "It is not clear whether the SkyPilot API server accepted the launch.", "It is not repeated blindly: `slipway cloud reconcile` looks for the cluster once the server answers.");

    /// <summary>A task holds what a task cannot hold.</summary>
    public static readonly FailureCode TaskInvalid = new(
        "CLD0123", ExitCode.BadData, "The task for SkyPilot is not valid.", "Correct the field that is named.");

    /// <summary>The folder that would be uploaded holds secrets.</summary>
    public static readonly FailureCode WorkdirSecrets = new(
        "CLD0124", ExitCode.Refused, "The folder that would be uploaded holds files with secrets.", "Name them in .skyignore, and hand tokens over as secrets by name.");

    /// <summary>The folder cannot be packed.</summary>
    public static readonly FailureCode WorkdirUnusable = new(
        "CLD0125", ExitCode.BadData, "The folder cannot be packed for upload.", "Correct what is named, or leave it out in .skyignore.");

    /// <summary>An upload does not come to its end.</summary>
    public static readonly FailureCode UploadFailed = new(
        "CLD0126", ExitCode.Unavailable, "The upload to the SkyPilot API server does not complete.", "Try again: pieces that are there are not sent twice.");

    /// <summary>An archive from the server is not safe to unpack.</summary>
    public static readonly FailureCode DownloadUnsafe = new(
        "CLD0127", ExitCode.BadData, "The archive that the SkyPilot API server sent is not safe to unpack.", "Nothing of it is kept; look at the files on the server.");
}
