using System.Globalization;
using System.Text.Json.Nodes;
using Slipway.SkyPilotApi.Http;
using Slipway.SkyPilotApi.Requests;

namespace Slipway.SkyPilotApi.Routes;

/// <summary>The server itself, and requests by their ids.</summary>
internal sealed class RequestRoutes(ServerState state, Checks checks)
{
    internal IEnumerable<Route> All =>
    [
        new("GET", "/api/health", request => Task.FromResult(Health(request))),
        new("GET", "/openapi.json", _ => Task.FromResult(Reply.Ok(state.Contract.Document.DeepClone()))),
        new("GET", "/api/get", GetAsync) { Query = "request_id!" },
        new("GET", "/api/status", request => Task.FromResult(List(request))) { Query = "request_ids all_status limit fields cluster_name@38" },
        new("GET", "/api/stream", request => Task.FromResult(Stream(request))) { Query = "request_id log_path tail follow format download compress" },
        Route.Operation("/api/cancel", "sky.api_cancel", state, CancelAsync),
    ];

    private Reply Health(Incoming request)
    {
        var auth = state.Options.Auth;
        var isKnown = auth.Authorization is null || string.Equals(request.Headers.Authorization, auth.Authorization, StringComparison.Ordinal);
        return Reply.Ok(new JsonObject
        {
            ["status"] = isKnown ? "healthy" : "needs_auth",
            ["api_version"] = state.Options.ApiVersion.ToString(CultureInfo.InvariantCulture),
            ["version"] = Sending.Release,
            ["version_on_disk"] = Sending.Release,
            ["commit"] = "of-the-tests",
            ["basic_auth_enabled"] = auth.Authorization?.StartsWith("Basic", StringComparison.Ordinal) ?? false,
            ["user"] = isKnown && auth.UserName.Length > 0 ? new JsonObject { ["id"] = "1a2b3c4d", ["name"] = auth.UserName } : null,
            ["service_account_token_enabled"] = auth.Authorization?.StartsWith("Bearer", StringComparison.Ordinal) ?? false,
            ["ingress_basic_auth_enabled"] = false,
            ["latest_version"] = null,
            ["external_proxy_auth_enabled"] = auth.Cookie is not null,
            ["telemetry_enabled"] = false,
        });
    }

    private async Task<Reply> GetAsync(Incoming incoming)
    {
        var (request, refused) = Find(incoming);
        if (request is null)
        {
            return refused!;
        }

        await request.Ended;
        var payload = request.ToPayload(isWhole: true);
        return request.Status is RequestStatus.Failed ? Reply.Detail(500, payload) : Reply.Ok(payload);
    }

    private Reply List(Incoming incoming)
    {
        var ids = incoming.Query["request_ids"].OfType<string>().ToList();
        var isAll = incoming["all_status"] is "true" or "True" or "1";
        var found = ids.Count > 0 ? state.Requests.All.Where(request => ids.Exists(id => request.Id.StartsWith(id, StringComparison.Ordinal))) : state.Requests.All.Where(request => isAll || !request.IsEnded);
        if (incoming["cluster_name"] is { } cluster && state.Options.ApiVersion >= 38)
        {
            found = found.Where(request => string.Equals(request.ClusterName, cluster, StringComparison.Ordinal));
        }

        var limit = int.TryParse(incoming["limit"], CultureInfo.InvariantCulture, out var most) ? most : int.MaxValue;
        return Reply.Ok(new JsonArray([.. found.Take(limit).Select(static request => request.ToPayload(isWhole: false))]));
    }

    private Reply Stream(Incoming incoming)
    {
        checks.RequireFormat(incoming);
        if (incoming["format"] is null or "auto" && incoming.Headers.UserAgent.ToString().Contains("Mozilla", StringComparison.OrdinalIgnoreCase))
        {
            return Reply.Page(200);
        }

        var (request, refused) = Find(incoming);
        if (request is null)
        {
            return refused!;
        }

        var tail = long.TryParse(incoming["tail"], CultureInfo.InvariantCulture, out var lines) ? lines : 0;
        var stream = new LogStream(request, incoming["format"] is "plain", incoming["follow"] is not ("false" or "False" or "0"), tail) { NamesRequest = true };
        return new Reply(200) { ContentType = "text/plain; charset=utf-8", Stream = stream };
    }

    private (ServerRequest? Request, Reply? Refused) Find(Incoming incoming)
    {
        var id = incoming["request_id"] ?? string.Empty;
        return (id.Length == 0 ? [] : state.Requests.Find(id)) switch
        {
            [] => (null, Reply.Detail(404, $"Request '{id}' not found")),
            [var one] => (one, null),
            _ => (null, Reply.Detail(400, $"Multiple requests found for request ID prefix '{id}'")),
        };
    }

    private async Task<JsonNode?> CancelAsync(ServerRequest request)
    {
        var ids = (request.Body["request_ids"] as JsonArray)?.Select(static id => id!.GetValue<string>()).ToList();
        var cancelled = new JsonArray();
        foreach (var one in state.Requests.All.Where(one => one != request && !one.IsEnded))
        {
            if (ids?.Exists(id => one.Id.StartsWith(id, StringComparison.Ordinal)) ?? string.Equals(one.UserId, request.UserId, StringComparison.Ordinal))
            {
                await one.Cancellation.CancelAsync();
                cancelled.Add(one.Id);
            }
        }

        return cancelled;
    }
}
