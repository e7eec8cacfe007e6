namespace Slipway.Cloud.SkyPilot;

/// <summary>How the client waits and sends.</summary>
public sealed record SkyOptions
{
    /// <summary>Sends the requests; null for sockets. It must not follow redirects: one is a login page.</summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>The clock of waits and deadlines.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How long one call may take until its answer is there; the wait for a request's result has the caller's token instead.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long one piece of an upload, or a download, may take.</summary>
    public TimeSpan TransferDeadline { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>The longest silence of a stream: the server sends a heartbeat every 30 s, but not in plain ones.</summary>
    public TimeSpan StreamSilence { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The first wait before a call is repeated; it doubles up to a minute.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a server that says 503 is asked again.</summary>
    public TimeSpan BusyFor { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The first and shortest wait between two looks at a request.</summary>
    public TimeSpan FirstPoll { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest wait between two looks at a request.</summary>
    public TimeSpan LongestPoll { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long nothing may be seen of an unclear launch until it is sent again.</summary>
    public TimeSpan LaunchSilence { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an unclear launch is looked for while the server gives no usable answer.</summary>
    public TimeSpan LaunchSearch { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The size of a piece of an upload, in bytes; 95,000,000 is what the server allows.</summary>
    public int ChunkBytes { get; init; } = 95_000_000;

    /// <summary>The most bytes that a download may unpack to.</summary>
    public long DownloadBytes { get; init; } = 5L * 1024 * 1024 * 1024;

    /// <summary>The name that clusters' records show as their user.</summary>
    public string UserName { get; init; } = "slipway";
}
