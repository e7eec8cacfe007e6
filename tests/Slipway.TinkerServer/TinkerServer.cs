using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Slipway.TinkerApi.Faults;
using Slipway.TinkerApi.Http;
using Slipway.TinkerApi.Workers;
using Slipway.Workers.Connections;

namespace Slipway.TinkerApi;

/// <summary>
/// A service on loopback that speaks Tinker's REST API (JSON) and trains for real, with a local worker. It takes exactly the bodies that the API
/// knows, and can be told to misbehave as networks and the service do. It shares no code with any client. All members may be used from any thread.
/// </summary>
public sealed class TinkerServer : IAsyncDisposable
{
    private const string Root = "/api/v1/", Archives = "/archives/";
    private readonly WebApplication _server;
    private readonly ServerState _state;
    private readonly Routes _routes;
    private readonly Log<ArrivedRequest> _requests = new();
    private readonly byte[] _key;

    private TinkerServer(WorkerConnection worker, TinkerServerOptions options)
    {
        _state = new ServerState(options, new TrainingWorker(worker, options));
        _routes = new Routes(_state);
        _key = SHA256.HashData(Encoding.UTF8.GetBytes(options.ApiKey));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        _server = builder.Build();
        _server.Run(AnswerAsync);
    }

    /// <summary>What goes into <c>TINKER_BASE_URL</c>: the paths of the API are below <c>api/v1</c> of it.</summary>
    public Uri BaseUrl { get; private set; } = null!;

    /// <summary>The faults that are to come.</summary>
    public FaultScript Faults { get; } = new();

    /// <summary>All requests that were answered or dropped so far.</summary>
    public IReadOnlyList<ArrivedRequest> Requests => _requests.Items;

    /// <summary>The requests that were accepted; repetitions are not among them.</summary>
    public IReadOnlyList<AcceptedRequest> Accepted => _state.Accepted.Items;

    /// <summary>The accepted requests with a future that were carried out, in that order.</summary>
    public IReadOnlyList<AppliedRequest> Applied => _state.Applied.Items;

    /// <summary>How often each session gave a sign of life.</summary>
    public IReadOnlyDictionary<string, int> Heartbeats
    {
        get
        {
            lock (_state.Gate)
            {
                return new Dictionary<string, int>(_state.Sessions, StringComparer.Ordinal);
            }
        }
    }

    /// <summary>Starts a server on a free port of 127.0.0.1.</summary>
    /// <param name="worker">The worker that trains; it stays the caller's, and must outlive the server.</param>
    /// <param name="options">What is offered.</param>
    public static async Task<TinkerServer> StartAsync(WorkerConnection worker, TinkerServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(worker);
        ArgumentNullException.ThrowIfNull(options);
        var server = new TinkerServer(worker, options);
        await server._server.StartAsync();
        var addresses = server._server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>();
        server.BaseUrl = new Uri(addresses!.Addresses.Single());
        return server;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // A poll that is held must not hold up the end of a test.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _server.StopAsync(now.Token);
        await _server.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "/";
        if (path.StartsWith(Archives, StringComparison.Ordinal))
        {
            var parts = path[Archives.Length..].Split('/', 2);
            await Sending.SendAsync(context, _routes.Checkpoints.Download(parts[0], parts[^1]), fault: null);
            return;
        }

        if (!path.StartsWith(Root, StringComparison.Ordinal))
        {
            await Sending.SendAsync(context, Reply.Error(404, "paths are below /api/v1"), fault: null);
            return;
        }

        path = path[Root.Length..];
        var fault = Faults.Take(path);
        var (request, refused) = await Incoming.ReadAsync(context, path);
        var reply = fault is { Accepts: false } ? null : refused ?? await DispatchAsync(request!, fault);
        var answer = Sending.Answer(reply, fault);

        // Noted first: whoever has the answer may ask at once what arrived, and in which order.
        _requests.Add(Describe(context.Request, path, request, fault, answer?.Status));
        await Sending.SendAsync(context, answer, fault);
    }

    private Task<Reply> DispatchAsync(Incoming request, Fault? fault) =>
        request.Path is "healthz" || IsAllowed(request.Headers[TinkerHeaders.ApiKey].ToString())
            ? _routes.AnswerAsync(request, fault)
            : Task.FromResult(Reply.Error(401, $"{TinkerHeaders.ApiKey} is missing, or no key that is known here"));

    private bool IsAllowed(string key) => CryptographicOperations.FixedTimeEquals(_key, SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static ArrivedRequest Describe(HttpRequest request, string path, Incoming? read, Fault? fault, int? status)
    {
        string? Header(string name) => request.Headers.TryGetValue(name, out var value) ? value.ToString() : null;
        var body = read is { Body.ValueKind: not System.Text.Json.JsonValueKind.Undefined } ? read.Body.GetRawText() : string.Empty;
        return new ArrivedRequest(request.Method, path, Header(TinkerHeaders.Idempotency), Header(TinkerHeaders.Iteration), Header(TinkerHeaders.RequestType), body, fault, status);
    }
}
