using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Failures;

namespace Slipway.Cloud.SkyPilot;

/// <summary>A request that the server took.</summary>
internal sealed record SkyTicket(string Id);

/// <summary>The server's requests: a call gives an id, and the id the value. Values and errors are JSON inside a text of JSON.</summary>
internal sealed class SkyRequests(SkyHttp http, SkyOptions options, string userHash)
{
    private const int Tries = 4;

    public SkyHttp Http => http;

    public string UserHash => userHash;

    /// <summary>The whole body of a call: what all of them carry, and its own fields.</summary>
    public string Body(string verb, JsonObject fields)
    {
        var body = new JsonObject
        {
            ["env_vars"] = new JsonObject { ["SKYPILOT_USER_ID"] = userHash, ["SKYPILOT_USER"] = options.UserName },
            ["entrypoint"] = string.Empty,
            ["entrypoint_command"] = "slipway " + verb,
            ["using_remote_api_server"] = true,
            ["override_skypilot_config"] = new JsonObject(),
            ["override_skypilot_config_path"] = null,
            ["file_mounts_blob_id"] = null,
        };
        foreach (var (name, value) in fields)
        {
            body[name] = value?.DeepClone();
        }

        return body.ToJsonString();
    }

    public HttpRequestMessage Post(string path, JsonObject fields) => new(HttpMethod.Post, http.At(path))
    {
        Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Body(path.Split('?')[0].TrimStart('/').Replace('/', ' '), fields))) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
    };

    /// <summary>Makes a call that changes nothing when it is made twice, waits for its request, and reads the value.</summary>
    /// <param name="path">The call.</param>
    /// <param name="fields">Its own fields.</param>
    /// <param name="read">Reads the value; null is JSON's null.</param>
    /// <param name="cancellationToken">Ends waiting, also for the request's end.</param>
    public async Task<Result<T>> CallAsync<T>(string path, JsonObject fields, Func<JsonElement?, Result<T>> read, CancellationToken cancellationToken)
        where T : notnull
    {
        var submitted = await SubmitAsync(path, () => Post(path, fields), cancellationToken).ConfigureAwait(false);
        return submitted.TryGet(out var ticket, out var failure) ? (await GetAsync(ticket.Id, path, cancellationToken).ConfigureAwait(false)).Then(value => read(value.Json)) : failure;
    }

    /// <summary>Makes a call that may be repeated and gives the id of its request.</summary>
    public async Task<Result<SkyTicket>> SubmitAsync(string path, Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        var sent = await RepeatAsync(path, make, options.Deadline, cancellationToken).ConfigureAwait(false);
        return sent.Then(reply => reply switch
        {
            { IsOk: true, RequestId: { } id } => new SkyTicket(id),
            { IsOk: true } => new Failure(CloudFailures.ServerDefect, $"{path} was answered without the id of a request."),
            _ => (Result<SkyTicket>)SkyErrors.FromReply(reply, path),
        });
    }

    /// <summary>Waits for the end of a request; the server holds the call until then.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="about">What it does, for messages.</param>
    /// <param name="cancellationToken">Ends waiting; the request goes on.</param>
    public async Task<Result<SkyValue>> GetAsync(string id, string about, CancellationToken cancellationToken)
    {
        var path = "/api/get?request_id=" + Uri.EscapeDataString(id);
        var sent = await RepeatAsync(about, () => new HttpRequestMessage(HttpMethod.Get, http.At(path)), null, cancellationToken).ConfigureAwait(false);
        if (!sent.TryGet(out var reply, out var failure))
        {
            return failure;
        }

        if (reply.Status == 404 && !reply.IsLogin)
        {
            return Forgotten(id, about);
        }

        if (!reply.IsOk)
        {
            return SkyErrors.FromReply(reply, about);
        }

        return reply.Json is { ValueKind: JsonValueKind.Object } json ? Value(json, about) : new Failure(CloudFailures.ServerDefect, $"The answer to {about} is no request.");
    }

    /// <summary>Looks at requests without waiting.</summary>
    /// <param name="query">What follows <c>/api/status?</c>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Result<IReadOnlyList<SkyRequest>>> StatusAsync(string query, CancellationToken cancellationToken)
    {
        const string About = "/api/status";
        var sent = await RepeatAsync(About, () => new HttpRequestMessage(HttpMethod.Get, http.At($"{About}?{query}")), options.Deadline, cancellationToken).ConfigureAwait(false);
        return sent.Then(reply => reply switch
        {
            { IsOk: true, Json: { ValueKind: JsonValueKind.Array } list } => Result.Ok<IReadOnlyList<SkyRequest>>([.. list.EnumerateArray().Where(static item => item.ValueKind == JsonValueKind.Object).Select(SkyRequest.Read)]),
            { IsOk: true } => new Failure(CloudFailures.ServerDefect, $"The answer to {About} is no list."),
            { Status: 404, IsLogin: false } when query.StartsWith("request_ids=", StringComparison.Ordinal) => Forgotten(query["request_ids=".Length..], About),
            _ => (Result<IReadOnlyList<SkyRequest>>)SkyErrors.FromReply(reply, About),
        });
    }

    public static Failure Forgotten(string id, string about) => new(CloudFailures.RequestForgotten, $"The request {id} ({about}) is not known to the server any more.");

    /// <summary>Sends a call that may be repeated: while the server says 503, and a few times where there is no answer.</summary>
    public async Task<Result<SkyReply>> RepeatAsync(string about, Func<HttpRequestMessage> make, TimeSpan? deadline, CancellationToken cancellationToken)
    {
        var start = options.Time.GetTimestamp();
        var wait = options.FirstWait;
        for (var attempt = 1; ; attempt++)
        {
            var (reply, silence) = await http.SendAsync(make, deadline, cancellationToken).ConfigureAwait(false);
            if (reply is { Status: not 503 })
            {
                return reply;
            }

            if (silence is null ? options.Time.GetElapsedTime(start) + wait > options.BusyFor : attempt == Tries)
            {
                return silence is null ? SkyErrors.FromReply(reply!, about) : http.Failure(silence, about);
            }

            await Task.Delay(wait, options.Time, cancellationToken).ConfigureAwait(false);
            wait = TimeSpan.FromTicks(Math.Min(wait.Ticks * 2, TimeSpan.TicksPerMinute));
        }
    }

    // A cancelled request is an answer with status 200 and without an error.
    private static Result<SkyValue> Value(JsonElement json, string about)
    {
        var request = SkyRequest.Read(json);
        return request.Status switch
        {
            SkyRequestStatus.Succeeded => new SkyValue(json.Inner("return_value")),
            SkyRequestStatus.Cancelled => new Failure(CloudFailures.RequestCancelled, $"The request {request.Id} ({about}) was cancelled."),
            SkyRequestStatus.Failed => SkyErrors.FromException(request.Error?.Type ?? string.Empty, request.Error?.Message ?? string.Empty, about),
            _ => new Failure(CloudFailures.ServerDefect, $"The request {request.Id} ({about}) is said to be over and is {CleanText.Summary(request.RawStatus)}"),
        };
    }
}

/// <summary>The value of a request.</summary>
/// <param name="Json">The value; null where it is JSON's null.</param>
internal sealed record SkyValue(JsonElement? Json);
