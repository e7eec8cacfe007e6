using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Slipway.SkyPilotApi.Clusters;
using Slipway.SkyPilotApi.Faults;
using Slipway.SkyPilotApi.Http;
using Slipway.SkyPilotApi.Routes;

namespace Slipway.SkyPilotApi;

/// <summary>A machine that is rented, and bills.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status">INIT, UP, STOPPED or AUTOSTOPPING.</param>
/// <param name="HourlyPrice">US dollars an hour, for all nodes.</param>
/// <param name="AutostopMinutes">After how many idle minutes it ends by itself; -1 is never.</param>
/// <param name="EndsDown">Whether it is given back then, and not only stopped.</param>
/// <param name="IsManaged">Whether it belongs to a managed job or steers them.</param>
public sealed record LiveCluster(string Name, string Status, decimal HourlyPrice, long AutostopMinutes, bool EndsDown, bool IsManaged);

/// <summary>
/// A strict stand-in for SkyPilot's API server, on loopback. It takes exactly the requests that the API knows, keeps a list of everything that is wrong with
/// them, and really runs the jobs that it is given, with bash. It shares no code with any client. All members may be used from any thread.
/// </summary>
public sealed class SkyPilotServer : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly ServerState _state;
    private readonly Checks _checks;
    private readonly Admission _admission;
    private readonly Sending _sending;
    private readonly List<Route> _routes;
    private readonly Log<ArrivedRequest> _requests = new();

    private SkyPilotServer(SkyPilotServerOptions options, int port)
    {
        _state = new ServerState(options);
        _checks = new Checks(_state);
        _admission = new Admission(options, _checks.Violated);
        _sending = new Sending(options);
        _routes =
        [
            .. new RequestRoutes(_state, _checks).All, .. new CatalogueRoutes(_state).All, .. new LaunchRoutes(_state).All, .. new ClusterRoutes(_state).All,
            .. new LogRoutes(_state).All, .. new ManagedRoutes(_state).All, .. new UploadRoutes(_state).All,
        ];
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        _server = builder.Build();
        _server.Run(AnswerAsync);
    }

    /// <summary>What goes into <c>SKYPILOT_API_SERVER_ENDPOINT</c>.</summary>
    public Uri BaseUrl { get; private set; } = null!;

    /// <summary>The faults that are to come.</summary>
    public FaultScript Faults { get; } = new();

    /// <summary>All requests that were answered or dropped so far.</summary>
    public IReadOnlyList<ArrivedRequest> Requests => _requests.Items;

    /// <summary>Everything that was wrong with a request; tests assert that there is nothing.</summary>
    public IReadOnlyList<Violation> Violations => _state.Violations.Items;

    /// <summary>The machines that are rented now, those of managed jobs among them.</summary>
    public IReadOnlyList<LiveCluster> LiveClusters =>
        [.. _state.Clusters.Live.Select(static one => new LiveCluster(one.Name, one.Status, one.HourlyPrice, one.Autostop.IdleMinutes, one.Autostop.Down, one.IsManaged))];

    /// <summary>What all machines have cost so far, in US dollars.</summary>
    public decimal Spend => _state.Clusters.All.Sum(one => one.Spend(_state.Options.Clock.GetUtcNow()));

    /// <summary>Starts a server on 127.0.0.1.</summary>
    /// <param name="options">What is offered, and where its files go.</param>
    /// <param name="port">The port; 0 is a free one.</param>
    public static async Task<SkyPilotServer> StartAsync(SkyPilotServerOptions options, int port = 0)
    {
        ArgumentNullException.ThrowIfNull(options);
        var server = new SkyPilotServer(options, port);
        await server._server.StartAsync();
        var addresses = server._server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>();
        server.BaseUrl = new Uri(addresses!.Addresses.Single());
        return server;
    }

    /// <summary>What the machines of a name have cost so far, in US dollars; 0 when there was none.</summary>
    public decimal SpendOf(string cluster) => _state.Clusters.All.Where(one => Is(one, cluster)).Sum(one => one.Spend(_state.Options.Clock.GetUtcNow()));

    /// <summary>The directory that jobs of a live cluster have as their home.</summary>
    public string HomeOf(string cluster) => _state.Clusters.Find(cluster)?.Home ?? throw new InvalidOperationException($"There is no cluster {cluster}.");

    /// <summary>The states of the jobs of a cluster, by their ids; also of one that is gone.</summary>
    public IReadOnlyDictionary<int, string> JobsOf(string cluster) =>
        _state.Clusters.All.Last(one => Is(one, cluster)).Jobs.ToDictionary(static job => job.Id, static job => job.Status);

    /// <summary>Restarts: all request ids are forgotten; clusters and jobs live on.</summary>
    public void Restart() => _state.Requests.Forget();

    /// <summary>Makes the autostop of a cluster happen now, as if its idle minutes were over; nothing where it has none, or where a job that it waits for is running.</summary>
    public async Task AdvanceIdleAsync(string cluster)
    {
        var one = _state.Clusters.Find(cluster);
        if (one is { Status: "UP", Autostop.IdleMinutes: > 0, IdleTimer: not null })
        {
            await _state.Clusters.AutostopAsync(one);
        }
    }

    /// <summary>The cloud takes a machine away: its jobs are killed and its directory is gone. A managed job is taken up again on another one.</summary>
    public async Task PreemptAsync(string cluster)
    {
        if (_state.Clusters.Find(cluster) is { } one)
        {
            await _state.Clusters.DownAsync(one);
        }
    }

    /// <summary>Completes when a job of a cluster has one of the states. For tests, which then need not poll.</summary>
    public Task UntilJobIsAsync(string cluster, int job, params string[] statuses) =>
        _state.Clusters.UntilAsync(() => _state.Clusters.All.LastOrDefault(one => Is(one, cluster))?.Jobs.Find(one => one.Id == job) is { } found && statuses.Contains(found.Status, StringComparer.Ordinal));

    /// <summary>Completes when a cluster of this name is there in one of the states; without states, when none is there.</summary>
    public Task UntilClusterIsAsync(string cluster, params string[] statuses) => _state.Clusters.UntilAsync(
        () => _state.Clusters.Find(cluster) is { } found ? statuses.Contains(found.Status, StringComparer.Ordinal) : statuses.Length == 0);

    /// <summary>Ends the server, its clusters and all that runs on them.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var job in _state.Managed.All)
        {
            await job.Stop.CancelAsync();
        }

        foreach (var cluster in _state.Clusters.Live)
        {
            await _state.Clusters.DownAsync(cluster);
        }

        // A request that is held must not hold up the end of a test.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _server.StopAsync(now.Token);
        await _server.DisposeAsync();
    }

    private static bool Is(Cluster cluster, string name) => string.Equals(cluster.Name, name, StringComparison.Ordinal);

    private async Task AnswerAsync(HttpContext context)
    {
        var fault = Faults.Take(context.Request.Path.Value ?? "/");
        var incoming = await Incoming.ReadAsync(context, fault);
        var reply = fault switch
        {
            { Accepts: false, Kind: FaultKind.Status } => Reply.Bare((int)fault.Number, "Internal Server Error"),
            { Accepts: false, Kind: FaultKind.HtmlLogin } => Reply.Page(200),
            { Accepts: false } => new Reply(500),
            _ => await DispatchAsync(incoming),
        };
        if (fault?.Kind is FaultKind.RestartForgetting)
        {
            _state.Requests.Forget();
        }

        var json = incoming.Json?.ToJsonString() ?? string.Empty;
        int? status = null;
        try
        {
            status = await _sending.SendAsync(context, reply, incoming.HasBothVersions, fault);
        }
        finally
        {
            _requests.Add(new ArrivedRequest(incoming.Method, incoming.Path, context.Request.QueryString.Value ?? string.Empty, json, reply.Request?.Id, status));
        }
    }

    private async Task<Reply> DispatchAsync(Incoming incoming)
    {
        if (_admission.Refuse(incoming) is { } refused)
        {
            return refused;
        }

        var there = _routes.FindAll(route => string.Equals(route.Path, incoming.Path, StringComparison.Ordinal) && route.Since <= _state.Options.ApiVersion);
        var found = there.Find(route => string.Equals(route.Method, incoming.Method, StringComparison.Ordinal));
        if (found is null)
        {
            _checks.Violated(incoming, $"{incoming.Method} {incoming.Path} is not served at API {_state.Options.ApiVersion}");
            return there.Count > 0 ? Reply.Detail(405, "Method Not Allowed") : Reply.Detail(404, "Not Found");
        }

        _admission.Identify(incoming);
        return _checks.Refuse(incoming, found) ?? await found.Answer(incoming);
    }
}
