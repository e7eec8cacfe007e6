using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Failures;

namespace Slipway.Cloud.SkyPilot;

// Logs: of jobs, of managed jobs, of how a cluster was made, and of requests.
public sealed partial class SkyPilotClient
{
    private const int MostRereads = 5;

    /// <summary>Reads the log of a job of a cluster. To end reading leaves the job alone.</summary>
    /// <param name="clusterName">The cluster.</param>
    /// <param name="job">The job's number; null for the latest.</param>
    /// <param name="follow">Whether to go on until the job has ended.</param>
    /// <param name="tail">How many of the last lines; 0 for all.</param>
    /// <param name="sink">Takes the lines.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    public Task<Result<SkyLogEnd>> LogsAsync(string clusterName, long? job, bool follow, int tail, ISkyLogSink sink, CancellationToken cancellationToken) => ReadLogAsync(
        "/logs", new JsonObject { ["cluster_name"] = clusterName, ["job_id"] = job, ["follow"] = follow, ["tail"] = tail }, tail, sink, cancellationToken);

    /// <summary>Reads the log of a managed job. To end reading may cancel the reading on the server, never the job.</summary>
    public Task<Result<SkyLogEnd>> ManagedLogsAsync(long job, bool follow, int tail, ISkyLogSink sink, CancellationToken cancellationToken) => ReadLogAsync(
        "/jobs/logs", new JsonObject { ["name"] = null, ["job_id"] = job, ["follow"] = follow, ["controller"] = false, ["refresh"] = false, ["tail"] = tail }, tail, sink, cancellationToken);

    /// <summary>Reads what the cloud said while a cluster was made.</summary>
    public Task<Result<SkyLogEnd>> ProvisionLogsAsync(string clusterName, ISkyLogSink sink, CancellationToken cancellationToken) =>
        StreamAsync("/provision_logs", () => _requests.Post("/provision_logs?follow=false", new JsonObject { ["cluster_name"] = clusterName, ["worker"] = null }), 0, sink, cancellationToken);

    /// <summary>Reads the log of a request.</summary>
    /// <param name="requestId">The request.</param>
    /// <param name="follow">Whether to go on until it has ended; then there are heartbeats and the words of the spinner too.</param>
    /// <param name="sink">Takes the lines.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    public Task<Result<SkyLogEnd>> RequestLogAsync(string requestId, bool follow, ISkyLogSink sink, CancellationToken cancellationToken)
    {
        // Without a format the server guesses from the caller's name, and may answer with a web page.
        var path = $"/api/stream?request_id={Uri.EscapeDataString(requestId)}&format={(follow ? "console" : "plain")}&follow={(follow ? "true" : "false")}";
        return StreamAsync("/api/stream", () => new HttpRequestMessage(HttpMethod.Get, _http.At(path)), 0, sink, cancellationToken);
    }

    // A log of a cluster that is not there is an empty answer with status 200: only the request of the call says so.
    private async Task<Result<SkyLogEnd>> ReadLogAsync(string path, JsonObject fields, int tail, ISkyLogSink sink, CancellationToken cancellationToken)
    {
        var read = await StreamAsync(path, () => _requests.Post(path, fields), tail, sink, cancellationToken).ConfigureAwait(false);
        if (!read.TryGet(out var end, out _) || end.IsInterrupted || end.RequestId is not { } id)
        {
            return read;
        }

        var value = await _requests.GetAsync(id, path, cancellationToken).ConfigureAwait(false);
        return value.TryGet(out var found, out var failure)
            ? end with { ExitCode = found.Json is { ValueKind: JsonValueKind.Number } code && code.TryGetInt32(out var number) ? number : null }
            : failure.Code == CloudFailures.RequestForgotten ? end : failure;
    }

    private async Task<Result<SkyLogEnd>> StreamAsync(string about, Func<HttpRequestMessage> make, int tail, ISkyLogSink sink, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sink);
        var seen = 0;
        for (var reread = 0; ; reread++)
        {
            var parser = new SkyStreamParser(sink) { Skip = seen };
            var read = await ReadOnceAsync(about, make, parser, cancellationToken).ConfigureAwait(false);
            if (!read.TryGet(out var end, out _) || !end.IsInterrupted)
            {
                return read;
            }

            // The last lines of a log move on: there is no place to take them up again.
            reread = parser.Lines > seen ? 0 : reread;
            seen = Math.Max(seen, parser.Lines);
            if (tail > 0 || reread >= MostRereads)
            {
                return end;
            }

            await Task.Delay(_options.FirstWait, _options.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<Result<SkyLogEnd>> ReadOnceAsync(string about, Func<HttpRequestMessage> make, SkyStreamParser parser, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(_options.Deadline, _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        string? id = null;
        try
        {
            using var message = make();
            using var response = await _http.OpenAsync(message, either.Token).ConfigureAwait(false);
            id = SkyHttp.RequestId(response);
            if (!response.IsSuccessStatusCode || response.Content.Headers.ContentType?.MediaType is "text/html")
            {
                var reply = await SkyHttp.ReadAsync(response, either.Token).ConfigureAwait(false);
                return reply.Status == 404 && !reply.IsLogin ? new Failure(CloudFailures.RequestForgotten, $"{about}: {CleanText.Summary(reply.Json?.Text("detail") ?? "there is no such request")}") : SkyErrors.FromReply(reply, about);
            }

            await PumpAsync(response, parser, silence, either.Token).ConfigureAwait(false);
            return new SkyLogEnd(id) { IsInterrupted = parser.WantsRetry };
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return id is null
                ? _http.Failure(new SkySilence(exception is OperationCanceledException ? "it gave no answer in time" : "the connection broke", MayHaveArrived: true), about)
                : new SkyLogEnd(id) { IsInterrupted = true };
        }
    }

    private async Task PumpAsync(HttpResponseMessage response, SkyStreamParser parser, CancellationTokenSource silence, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = stream.ConfigureAwait(false);
        var buffer = new byte[16 * 1024];
        while (true)
        {
            silence.CancelAfter(_options.StreamSilence);
            var count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                break;
            }

            parser.Add(buffer.AsSpan(0, count));
            if (parser.WantsRetry)
            {
                return;
            }
        }

        parser.End();
    }
}
