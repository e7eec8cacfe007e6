using Slipway.SkyPilotApi.Catalogue;

namespace Slipway.SkyPilotApi;

/// <summary>What a <see cref="SkyPilotServer"/> offers, and how strict it is.</summary>
public sealed record SkyPilotServerOptions
{
    /// <summary>The directory for clusters, uploads and logs; made when it is absent. It stays the caller's.</summary>
    public required string Folder { get; init; }

    /// <summary>The API version that it speaks, at least 24. What came later is absent or refused.</summary>
    public int ApiVersion { get; init; } = 55;

    /// <summary>How callers show who they are.</summary>
    public SkyPilotAuth Auth { get; init; } = SkyPilotAuth.None;

    /// <summary>The machines that can be rented, in every cloud.</summary>
    public IReadOnlyList<Offer> Offers { get; init; } = SkyPilotOffers.Nebius;

    /// <summary>The clouds that are set up, by their names in lower case.</summary>
    public IReadOnlyList<string> EnabledClouds { get; init; } = ["nebius"];

    /// <summary>Clouds whose own library is missing on the server: a launch stops with ModuleNotFoundError after the plan.</summary>
    public IReadOnlyList<string> CloudsWithoutLibrary { get; init; } = [];

    /// <summary>The clock of request ages, prices and autostop.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Our own rules that are checked on top of the server's.</summary>
    public OwnRules Rules { get; init; } = OwnRules.All;

    /// <summary>After how long a silence a heartbeat is sent on streams that have control lines.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The most bytes that are written to a stream at once: small numbers split lines and characters.</summary>
    public int StreamChunk { get; init; } = 4096;

    /// <summary>How long a job that is cancelled has between TERM and KILL.</summary>
    public TimeSpan KillAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an automatic stop takes, by <see cref="Clock"/>: so long the cluster is AUTOSTOPPING.</summary>
    public TimeSpan AutostopTakes { get; init; }

    /// <summary>Whether managed jobs are steered by the server itself; otherwise the first one rents a machine for it.</summary>
    public bool SteersManagedJobs { get; init; } = true;

    /// <summary>Variables that every job has besides its own: a <c>PATH</c> with stand-ins, for example.</summary>
    public IReadOnlyDictionary<string, string> JobEnvironment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The names of the SSH node pools that <c>/ssh_node_pools</c> lists.</summary>
    public IReadOnlyList<string> SshNodePools { get; init; } = [];

    /// <summary>The recorded OpenAPI description that bodies are held against; null searches it beside the repository, and a table of our own does where there is none, or where this is empty.</summary>
    public string? OpenApiFile { get; init; }
}

/// <summary>Our own rules for what is sent: where the API's defaults are dangerous, nothing is left to them.</summary>
[Flags]
public enum OwnRules
{
    /// <summary>None: recordings of other clients can be sent.</summary>
    None = 0,

    /// <summary><c>/api/cancel</c> names its requests: null cancels everything of the user.</summary>
    CancelNamesRequests = 1,

    /// <summary><c>/status</c> says <c>include_credentials: false</c> and <c>include_handle: false</c>; the default sends private keys.</summary>
    NoCredentials = 2,

    /// <summary><c>purge</c> is never true: it forgets machines that still bill.</summary>
    NoPurge = 4,

    /// <summary>A task has no <c>setup</c>: no timeout holds for it.</summary>
    NoSetup = 8,

    /// <summary>A launched task has an autostop of at least 0 minutes that ends the machine (<c>down: true</c>).</summary>
    AutostopDown = 16,

    /// <summary>The task's <c>run</c> goes through <c>timeout</c>.</summary>
    Timeout = 32,

    /// <summary>Every body names its user (<c>env_vars</c> with SKYPILOT_USER_ID and SKYPILOT_USER).</summary>
    NamesUser = 64,

    /// <summary><c>/api/stream</c> says its format: the default answers browsers with a page.</summary>
    StreamFormat = 128,

    /// <summary>All of them.</summary>
    All = CancelNamesRequests | NoCredentials | NoPurge | NoSetup | AutostopDown | Timeout | NamesUser | StreamFormat,
}

/// <summary>How callers show who they are.</summary>
public sealed record SkyPilotAuth
{
    private SkyPilotAuth()
    {
    }

    /// <summary>Everybody on loopback may do everything; a service-account token is refused, as by a server without them.</summary>
    public static SkyPilotAuth None { get; } = new();

    internal string? Authorization { get; private init; }

    internal string? Cookie { get; private init; }

    internal string UserName { get; private init; } = string.Empty;

    /// <summary>Name and password.</summary>
    /// <param name="user">The name.</param>
    /// <param name="password">The password.</param>
    public static SkyPilotAuth Basic(string user, string password) =>
        new() { UserName = user, Authorization = "Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{user}:{password}")) };

    /// <summary>A service-account token.</summary>
    /// <param name="token">The token; real ones begin with <c>sky_</c>.</param>
    public static SkyPilotAuth Bearer(string token) => new() { UserName = "sa-tests", Authorization = "Bearer " + token };

    /// <summary>A proxy that sends everybody without its cookie to a login page.</summary>
    /// <param name="cookie">The value of the cookie <c>_oauth2_proxy</c> that is let through.</param>
    public static SkyPilotAuth LoginPage(string cookie) => new() { UserName = "ada@example.org", Cookie = "_oauth2_proxy=" + cookie };
}
