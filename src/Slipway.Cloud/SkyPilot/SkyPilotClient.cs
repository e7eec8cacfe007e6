using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Failures;

namespace Slipway.Cloud.SkyPilot;

/// <summary>
/// A client of SkyPilot's API server over REST (spoken from API 24, tried at 55). Calls wait for the value of their request under the caller's token; each message has a deadline of its own.
/// </summary>
public sealed partial class SkyPilotClient : IDisposable
{
    private readonly SkyHttp _http;
    private readonly SkyRequests _requests;
    private readonly SkyOptions _options;

    private SkyPilotClient(SkyEndpoint endpoint, SkyHttp http, SkyOptions options, string userHash, SkyHealth health)
    {
        Endpoint = endpoint;
        Health = health;
        Capabilities = new SkyCapabilities(health.Api);
        UserHash = userHash;
        _http = http;
        _options = options;
        _requests = new SkyRequests(http, options, userHash);
    }

    /// <summary>The server.</summary>
    public SkyEndpoint Endpoint { get; }

    /// <summary>What it said when we connected.</summary>
    public SkyHealth Health { get; }

    /// <summary>What it can do.</summary>
    public SkyCapabilities Capabilities { get; }

    /// <summary>The identity that our clusters are kept under on a server without logins.</summary>
    public string UserHash { get; }

    /// <summary>Asks a server who it is, and refuses one that is too old or wants a login.</summary>
    /// <param name="endpoint">The server.</param>
    /// <param name="userHashPath">The absolute path of the file that keeps our identity; made once.</param>
    /// <param name="options">How to wait and send.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<Result<SkyPilotClient>> ConnectAsync(SkyEndpoint endpoint, string userHashPath, SkyOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(options);
        if (!(await SkyUser.HashAsync(userHashPath, cancellationToken).ConfigureAwait(false)).TryGet(out var hash, out var failure))
        {
            return failure;
        }

        var http = new SkyHttp(endpoint, options);
        var health = await SkyHealth.AskAsync(http, endpoint, options, cancellationToken).ConfigureAwait(false);
        if (health.IsOk)
        {
            return new SkyPilotClient(endpoint, http, options, hash, health.Value);
        }

        http.Dispose();
        return health.Failure;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>Which clouds the server can use, and for what.</summary>
    /// <param name="clouds">The clouds to try; null for all.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <returns>Capabilities such as <c>compute</c> by the name of the cloud.</returns>
    public Task<Result<IReadOnlyDictionary<string, IReadOnlyList<string>>>> CheckAsync(IReadOnlyList<string>? clouds, CancellationToken cancellationToken) => _requests.CallAsync(
        "/check", new JsonObject { ["clouds"] = Texts(clouds), ["verbose"] = false, ["workspace"] = null }, static value => Result.Ok<IReadOnlyDictionary<string, IReadOnlyList<string>>>(EnabledClouds(value)), cancellationToken);

    /// <summary>The clouds that the server can use, by its own last check.</summary>
    public async Task<Result<IReadOnlyList<string>>> EnabledCloudsAsync(CancellationToken cancellationToken)
    {
        const string Path = "/enabled_clouds";
        var submitted = await _requests.SubmitAsync(Path, () => new HttpRequestMessage(HttpMethod.Get, _http.At(Path + "?expand=false")), cancellationToken).ConfigureAwait(false);
        return submitted.TryGet(out var ticket, out var failure)
            ? (await _requests.GetAsync(ticket.Id, Path, cancellationToken).ConfigureAwait(false)).Then(static value => List(value.Json, Path, static item => item.ToString()))
            : failure;
    }

    /// <summary>The rows of the server's catalogues that have cards, with prices.</summary>
    /// <param name="query">Which rows.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public Task<Result<IReadOnlyList<SkyAccelerator>>> ListAcceleratorsAsync(SkyAcceleratorQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var fields = new JsonObject
        {
            ["gpus_only"] = true,
            ["name_filter"] = query.Accelerator,
            ["region_filter"] = query.Region,
            ["quantity_filter"] = query.Count,
            ["clouds"] = Texts(query.Clouds),
            ["all_regions"] = query.AllRegions,
            ["require_price"] = query.RequirePrice,
            ["case_sensitive"] = false,
        };
        return _requests.CallAsync("/list_accelerators", fields, static value => Accelerators(value), cancellationToken);
    }

    /// <summary>Lets the server read a task; it does not look whether an offer for it exists.</summary>
    /// <param name="yaml">The task.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Result<Unit>> ValidateAsync(string yaml, CancellationToken cancellationToken)
    {
        const string Path = "/validate";
        var sent = await _requests.RepeatAsync(Path, () => _requests.Post(Path, new JsonObject { ["dag"] = yaml, ["request_options"] = null }), _options.Deadline, cancellationToken).ConfigureAwait(false);
        return sent.Then(static reply => reply.IsOk ? Unit.Value : (Result<Unit>)SkyErrors.FromReply(reply, Path));
    }

    /// <summary>Lets the server choose the cheapest offer for a task; it says so only in the request's log.</summary>
    /// <param name="yaml">The task.</param>
    /// <param name="clusterName">The name that the cluster would have.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <returns>The optimiser's table, for people.</returns>
    public async Task<Result<IReadOnlyList<string>>> OptimizeAsync(string yaml, string clusterName, CancellationToken cancellationToken)
    {
        const string Path = "/optimize";
        var fields = new JsonObject
        {
            ["dag"] = yaml,
            ["request_options"] = new JsonObject { ["cluster_name"] = clusterName, ["idle_minutes_to_autostop"] = null, ["down"] = false, ["dryrun"] = true },
            ["minimize"] = 0,
        };
        if (!(await _requests.SubmitAsync(Path, () => _requests.Post(Path, fields), cancellationToken).ConfigureAwait(false)).TryGet(out var ticket, out var failure)
            || !(await _requests.GetAsync(ticket.Id, Path, cancellationToken).ConfigureAwait(false)).TryGet(out _, out failure))
        {
            return failure;
        }

        var lines = new SkyLineList();
        return (await RequestLogAsync(ticket.Id, follow: false, lines, cancellationToken).ConfigureAwait(false)).Map(_ => (IReadOnlyList<string>)lines.Lines);
    }

    /// <summary>What the server thinks that clusters have cost.</summary>
    /// <param name="days">How far it looks back.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public Task<Result<IReadOnlyList<SkyCost>>> CostReportAsync(int days, CancellationToken cancellationToken) => _requests.CallAsync(
        "/cost_report", new JsonObject { ["days"] = days }, static value => List(value, "/cost_report", SkyCost.Read), cancellationToken);

    internal static JsonArray? Texts(IReadOnlyList<string>? texts) => texts is null ? null : new JsonArray([.. texts.Select(static text => (JsonNode?)JsonValue.Create(text))]);

    internal static JsonArray Numbers(IEnumerable<long> numbers) => new([.. numbers.Select(static number => (JsonNode?)JsonValue.Create(number))]);

    private static Result<IReadOnlyList<T>> List<T>(JsonElement? value, string about, Func<JsonElement, T> read) => value switch
    {
        null => Result.Ok<IReadOnlyList<T>>([]),
        { ValueKind: JsonValueKind.Array } list => Result.Ok<IReadOnlyList<T>>([.. list.EnumerateArray().Select(read)]),
        _ => new Failure(CloudFailures.ServerDefect, $"The value of {about} is no list."),
    };

    private static SortedDictionary<string, IReadOnlyList<string>> EnabledClouds(JsonElement? value)
    {
        var clouds = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase);
        if (value is not { ValueKind: JsonValueKind.Object } workspaces)
        {
            return clouds;
        }

        foreach (var workspace in workspaces.EnumerateObject().Where(static item => item.Value.ValueKind == JsonValueKind.Object))
        {
            foreach (var cloud in workspace.Value.EnumerateObject().Where(static item => item.Value.ValueKind == JsonValueKind.Array))
            {
                clouds[cloud.Name] = [.. cloud.Value.EnumerateArray().Select(static item => item.ToString())];
            }
        }

        return clouds;
    }

    private static Result<IReadOnlyList<SkyAccelerator>> Accelerators(JsonElement? value)
    {
        if (value is not { ValueKind: JsonValueKind.Object } cards)
        {
            return new Failure(CloudFailures.ServerDefect, "The value of /list_accelerators is no table.");
        }

        var rows = cards.EnumerateObject().Where(static card => card.Value.ValueKind == JsonValueKind.Array).SelectMany(static card => card.Value.EnumerateArray()).Select(SkyAccelerator.Read);
        return Result.Ok<IReadOnlyList<SkyAccelerator>>([.. rows.OfType<SkyAccelerator>()]);
    }
}

/// <summary>Which rows of the catalogues are wanted.</summary>
public sealed record SkyAcceleratorQuery
{
    /// <summary>The card's name, or a part of it; null for all.</summary>
    public string? Accelerator { get; init; }

    /// <summary>How many cards a machine has; null for any number.</summary>
    public int? Count { get; init; }

    /// <summary>The region; null for all.</summary>
    public string? Region { get; init; }

    /// <summary>The clouds; null for all.</summary>
    public IReadOnlyList<string>? Clouds { get; init; }

    /// <summary>Whether each region has its row, rather than the cheapest alone.</summary>
    public bool AllRegions { get; init; } = true;

    /// <summary>Whether rows without a price are left out.</summary>
    public bool RequirePrice { get; init; } = true;
}
