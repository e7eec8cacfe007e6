using System.Text.Json;

namespace Slipway.Cloud.SkyPilot;

/// <summary>How far a request is (SkyPilot, API 55).</summary>
public enum SkyRequestStatus
{
    /// <summary>A word that is not known here.</summary>
    Unknown,

    /// <summary>Not begun.</summary>
    Pending,

    /// <summary>Begun, and waiting for something of its own.</summary>
    Waiting,

    /// <summary>At work.</summary>
    Running,

    /// <summary>Done.</summary>
    Succeeded,

    /// <summary>Failed; the error says why.</summary>
    Failed,

    /// <summary>Cancelled; without an error.</summary>
    Cancelled,
}

/// <summary>The name and the message of an exception of the server.</summary>
/// <param name="Type">The exception's name.</param>
/// <param name="Message">Its message, as it came.</param>
public sealed record SkyError(string Type, string Message);

/// <summary>What a server says of a request of its own; pickles are not read.</summary>
/// <param name="Id">Its id, which a restart of the server forgets.</param>
/// <param name="Name">What it does, such as <c>sky.launch</c>.</param>
/// <param name="Status">How far it is.</param>
/// <param name="RawStatus">The server's word for that.</param>
public sealed record SkyRequest(string Id, string Name, SkyRequestStatus Status, string RawStatus)
{
    /// <summary>The cluster that it is about; null where it is about none.</summary>
    public string? ClusterName { get; init; }

    /// <summary>The user hash that it was made under.</summary>
    public string? UserId { get; init; }

    /// <summary>What it does now, in the server's words.</summary>
    public string? Message { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it ended, UTC.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Why it failed; null where it did not.</summary>
    public SkyError? Error { get; init; }

    /// <summary>Whether the server would rather be asked again.</summary>
    public bool ShouldRetry { get; init; }

    /// <summary>Whether it has ended, in any way.</summary>
    public bool HasEnded => Status is SkyRequestStatus.Succeeded or SkyRequestStatus.Failed or SkyRequestStatus.Cancelled;

    internal static SkyRequest Read(JsonElement json)
    {
        var raw = json.Text("status") ?? string.Empty;
        var error = json.Inner("error");
        return new SkyRequest(json.Text("request_id") ?? string.Empty, json.Text("name") ?? string.Empty, Of(raw), raw)
        {
            ClusterName = json.Text("cluster_name"),
            UserId = json.Text("user_id"),
            Message = json.Text("status_msg"),
            CreatedAt = json.Instant("created_at"),
            FinishedAt = json.Instant("finished_at"),
            ShouldRetry = json.Flag("should_retry") ?? false,
            Error = error is { } found ? new SkyError(found.Text("type") ?? string.Empty, found.Text("message") ?? string.Empty) : null,
        };
    }

    private static SkyRequestStatus Of(string raw) => raw switch
    {
        "PENDING" => SkyRequestStatus.Pending,
        "WAITING" => SkyRequestStatus.Waiting,
        "RUNNING" => SkyRequestStatus.Running,
        "SUCCEEDED" => SkyRequestStatus.Succeeded,
        "FAILED" => SkyRequestStatus.Failed,
        "CANCELLED" => SkyRequestStatus.Cancelled,
        _ => SkyRequestStatus.Unknown,
    };
}
