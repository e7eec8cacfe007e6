namespace Slipway.SkyPilotApi.Faults;

/// <summary>What goes wrong.</summary>
internal enum FaultKind
{
    Drop,
    Status,
    HtmlLogin,
    Slow,
    CutStream,
    RetryStream,
    NoCapacity,
    ProvisionFails,
    ProvisionWaits,
    SetupHang,
    AutostopIgnored,
    RestartForgetting,
    DownLeavesCluster,
}

/// <summary>A way in which a <see cref="SkyPilotServer"/> misbehaves for requests of one path, as networks, proxies, clouds and the server itself do.</summary>
public sealed record Fault
{
    private Fault(FaultKind kind) => Kind = kind;

    /// <summary>The connection breaks before anything of the request counts.</summary>
    public static Fault DropBeforeAccept { get; } = new(FaultKind.Drop);

    /// <summary>The request is taken and will be done, and the connection breaks instead of an answer: its id is never heard of.</summary>
    public static Fault DropAfterAccept { get; } = new(FaultKind.Drop) { Accepts = true };

    /// <summary>A login page with status 200, as a proxy answers when a session has ended; nothing of the request counts.</summary>
    public static Fault HtmlLogin { get; } = new(FaultKind.HtmlLogin);

    /// <summary>An exception that nobody caught, as plain text; nothing of the request counts.</summary>
    public static Fault PlainText500 { get; } = new(FaultKind.Status) { Number = 500 };

    /// <summary>For <c>/launch</c>, <c>/start</c> and <c>/jobs/launch</c>: the cloud has no such machine left. No cluster stays.</summary>
    public static Fault NoCapacity { get; } = new(FaultKind.NoCapacity) { Accepts = true };

    /// <summary>For <c>/launch</c>: the machine is rented, then its preparation fails. The cluster stays INIT, and bills.</summary>
    public static Fault ProvisionFails { get; } = new(FaultKind.ProvisionFails) { Accepts = true };

    /// <summary>For <c>/launch</c> and <c>/exec</c>: the job never leaves SETTING_UP.</summary>
    public static Fault SetupHang { get; } = new(FaultKind.SetupHang) { Accepts = true };

    /// <summary>For <c>/launch</c>, <c>/start</c> and <c>/autostop</c>: the request succeeds, and the cluster has no autostop: it reads back as -1.</summary>
    public static Fault AutostopIgnored { get; } = new(FaultKind.AutostopIgnored) { Accepts = true };

    /// <summary>The request is taken, then the server restarts: all request ids are forgotten and the connection breaks. Clusters and jobs live on.</summary>
    public static Fault RestartForgetting { get; } = new(FaultKind.RestartForgetting) { Accepts = true };

    /// <summary>For <c>/down</c>: the request succeeds, and the cluster stays and bills.</summary>
    public static Fault DownLeavesCluster { get; } = new(FaultKind.DownLeavesCluster) { Accepts = true };

    /// <summary>Whether the request counts all the same.</summary>
    internal bool Accepts { get; private init; }

    internal FaultKind Kind { get; }

    internal long Number { get; private init; }

    internal int Times { get; init; } = 1;

    internal Task Gate { get; private init; } = Task.CompletedTask;

    /// <summary>Status 503, which asks for a later try; nothing of the requests counts.</summary>
    /// <param name="times">How many requests in a row meet it.</param>
    public static Fault Status503(int times) => new(FaultKind.Status) { Number = 503, Times = times };

    /// <summary>The request is done at once, and its answer comes when the gate opens.</summary>
    /// <param name="gate">The gate.</param>
    public static Fault Slow(Task gate) => new(FaultKind.Slow) { Gate = gate, Accepts = true };

    /// <summary>A streamed answer breaks off after so many bytes.</summary>
    /// <param name="bytes">How many bytes arrive.</param>
    public static Fault CutStreamAt(long bytes) => new(FaultKind.CutStream) { Number = bytes, Accepts = true };

    /// <summary>A streamed answer ends after so many bytes with the control line that asks to connect again.</summary>
    /// <param name="bytes">How many bytes come before it.</param>
    public static Fault RetryStreamAt(long bytes) => new(FaultKind.RetryStream) { Number = bytes, Accepts = true };

    /// <summary>For <c>/launch</c>: the cluster stays INIT until the gate opens.</summary>
    /// <param name="gate">The gate.</param>
    public static Fault ProvisionWaits(Task gate) => new(FaultKind.ProvisionWaits) { Gate = gate, Accepts = true };
}
