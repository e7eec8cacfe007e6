using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Failures;
using Slipway.Machines.Files;

namespace Slipway.Cloud.SkyPilot;

// Files: a folder goes up in pieces of an archive, logs and results come down as one.
public sealed partial class SkyPilotClient
{
    private const int MostRounds = 3;

    /// <summary>Uploads a packed folder; pieces that are there already are not sent again.</summary>
    /// <param name="packed">The folder.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The id to launch with; empty where the server is too old for one, and the mapping alone finds the folder.</returns>
    public async Task<Result<SkyBlob>> UploadAsync(PackedWorkdir packed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(packed);
        if (!Capabilities.HasContentUploads)
        {
            return (await PiecesAsync("/upload", UploadName(), packed.ZipPath, cancellationToken).ConfigureAwait(false)).Map(static _ => new SkyBlob(null));
        }

        const string Asked = "/upload_v2/blob";
        var query = $"{Asked}?user_hash={UserHash}&blob_id={packed.BlobId}";
        var there = await _requests.RepeatAsync(Asked, () => new HttpRequestMessage(HttpMethod.Get, _http.At(query)), _options.Deadline, cancellationToken).ConfigureAwait(false);
        if (!there.TryGet(out var reply, out var failure))
        {
            return failure;
        }

        if (!reply.IsOk)
        {
            return SkyErrors.FromReply(reply, Asked);
        }

        return reply.Json?.Flag("exists") is true
            ? new SkyBlob(packed.BlobId)
            : (await PiecesAsync("/upload_v2", packed.BlobId, packed.ZipPath, cancellationToken).ConfigureAwait(false)).Map(_ => new SkyBlob(packed.BlobId));
    }

    /// <summary>Fetches the logs of jobs, and what they left beside them.</summary>
    /// <param name="clusterName">The cluster, which must be up.</param>
    /// <param name="jobs">The jobs' numbers; null for all.</param>
    /// <param name="destination">The absolute path of a folder that is not there yet or empty.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The folder of each job, within the destination.</returns>
    public async Task<Result<SkyDownload>> DownloadLogsAsync(string clusterName, IReadOnlyList<long>? jobs, string destination, CancellationToken cancellationToken)
    {
        // This call alone takes the numbers as texts.
        var fields = new JsonObject { ["cluster_name"] = clusterName, ["job_ids"] = Texts(jobs is null ? null : [.. jobs.Select(static job => job.ToString(CultureInfo.InvariantCulture))]) };
        return await DownloadAsync("/download_logs", fields, destination, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Fetches what the server kept of a managed job's logs, whose machine may be gone.</summary>
    /// <param name="job">The job's number.</param>
    /// <param name="destination">The absolute path of a folder that is not there yet or empty.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The folder of the job, within the destination.</returns>
    public Task<Result<SkyDownload>> DownloadManagedLogsAsync(long job, string destination, CancellationToken cancellationToken) => DownloadAsync(
        "/jobs/download_logs", new JsonObject { ["name"] = null, ["job_id"] = job, ["refresh"] = false, ["controller"] = false }, destination, cancellationToken);

    private async Task<Result<SkyDownload>> DownloadAsync(string path, JsonObject fields, string destination, CancellationToken cancellationToken)
    {
        var folders = await _requests.CallAsync(path, fields, value => Folders(value, path), cancellationToken).ConfigureAwait(false);
        if (!folders.TryGet(out var found, out var failure))
        {
            return failure;
        }

        if (found.Count == 0)
        {
            return new SkyDownload(destination, found, 0);
        }

        return await FetchAsync(found, destination, cancellationToken).ConfigureAwait(false);
    }

    private static Result<IReadOnlyDictionary<string, string>> Folders(JsonElement? value, string path) => value is { ValueKind: JsonValueKind.Object } map
        ? Result.Ok<IReadOnlyDictionary<string, string>>(map.EnumerateObject().Where(static item => item.Value.ValueKind == JsonValueKind.String).ToDictionary(static item => item.Name, static item => item.Value.GetString()!, StringComparer.Ordinal))
        : new Failure(CloudFailures.ServerDefect, $"The value of {path} is no table of folders.");

    private async Task<Result<SkyDownload>> FetchAsync(IReadOnlyDictionary<string, string> folders, string destination, CancellationToken cancellationToken)
    {
        const string About = "/download";
        using var limit = new CancellationTokenSource(_options.TransferDeadline, _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var archive = destination.TrimEnd('/') + ".zip.part";
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(archive)!);
            using var message = _requests.Post(About, new JsonObject { ["folder_paths"] = Texts([.. folders.Values.Order(StringComparer.Ordinal)]) });
            using var response = await _http.OpenAsync(message, either.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode || response.Content.Headers.ContentType?.MediaType is "text/html")
            {
                return SkyErrors.FromReply(await SkyHttp.ReadAsync(response, either.Token).ConfigureAwait(false), About);
            }

            var home = response.Headers.TryGetValues("X-Home-Path", out var values) ? values.First() : string.Empty;
            return (await ArchiveExtractor.SaveAsync(response, archive, _options.DownloadBytes, either.Token).ConfigureAwait(false))
                .Then(_ => ArchiveExtractor.Extract(archive, destination, _options.DownloadBytes, either.Token))
                .Map(files => new SkyDownload(destination, folders.ToDictionary(static pair => pair.Key, pair => Within(pair.Value, home), StringComparer.Ordinal), files));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or UnauthorizedAccessException || exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return new Failure(CloudFailures.Unreachable, $"The download into {Core.Text.Shown.Quote(destination)} broke off.") { Detail = exception.Message };
        }
        finally
        {
            LocalFiles.RemoveFile(archive);
        }
    }

    private static string Within(string path, string home) =>
        (home.Length > 0 && path.StartsWith(home.TrimEnd('/') + "/", StringComparison.Ordinal) ? path[(home.TrimEnd('/').Length + 1)..] : path).TrimStart('/');

    private async Task<Result<Unit>> PiecesAsync(string path, string uploadId, string zipPath, CancellationToken cancellationToken)
    {
        var file = new FileStream(zipPath, FileMode.Open, FileAccess.Read, FileShare.Read);
        await using var closing = file.ConfigureAwait(false);
        var total = (int)Math.Max(1, (file.Length + _options.ChunkBytes - 1) / _options.ChunkBytes);
        IReadOnlyList<int> wanted = [.. Enumerable.Range(0, total)];
        for (var round = 0; round < MostRounds; round++)
        {
            var missing = (IReadOnlyList<int>)[];
            foreach (var index in wanted)
            {
                if (!(await PieceAsync(path, uploadId, file, index, total, cancellationToken).ConfigureAwait(false)).TryGet(out var left, out var failure))
                {
                    return failure;
                }

                if (left.IsComplete)
                {
                    return Unit.Value;
                }

                missing = left.Missing;
            }

            wanted = missing.Count > 0 ? missing : [.. Enumerable.Range(0, total)];
        }

        return new Failure(CloudFailures.UploadFailed, $"The server still misses {wanted.Count} of {total} pieces after {MostRounds} rounds.");
    }

    private async Task<Result<Pieces>> PieceAsync(string path, string uploadId, FileStream file, int index, int total, CancellationToken cancellationToken)
    {
        var start = (long)index * _options.ChunkBytes;
        var bytes = new byte[(int)Math.Min(_options.ChunkBytes, file.Length - start)];
        file.Seek(start, SeekOrigin.Begin);
        await file.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
        var query = $"{path}?user_hash={UserHash}&upload_id={uploadId}&chunk_index={index}&total_chunks={total}";
        var sent = await _requests.RepeatAsync(
            path,
            () => new HttpRequestMessage(HttpMethod.Post, _http.At(query)) { Content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } } },
            _options.TransferDeadline,
            cancellationToken).ConfigureAwait(false);
        return sent.Then(reply => !reply.IsOk ? SkyErrors.FromReply(reply, path) : Read(reply.Json, total));
    }

    private static Result<Pieces> Read(JsonElement? answer, int total)
    {
        if (answer is not { ValueKind: JsonValueKind.Object } json || json.Text("status") is not ("uploading" or "completed"))
        {
            return new Failure(CloudFailures.UploadFailed, "The server does not say whether a piece of the upload arrived.");
        }

        // Pieces are named part0, part1 and so on.
        var missing = json.TryGetProperty("missing_chunks", out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select(static item => int.TryParse(item.ToString().AsSpan().TrimStart("part"), out var index) ? index : -1).Where(index => index >= 0 && index < total)
            : [];
        return new Pieces(json.Text("status") is "completed", [.. missing]);
    }

    // The shape that servers before API 41 want; the last part keeps two uploads of one moment apart.
    private string UploadName() =>
        $"sky-{_options.Time.GetUtcNow():yyyy-MM-dd-HH-mm-ss-ffffff}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";

    private sealed record Pieces(bool IsComplete, IReadOnlyList<int> Missing);
}

/// <summary>An uploaded folder.</summary>
/// <param name="Id">The id to launch with; null where the server knows none.</param>
public sealed record SkyBlob(string? Id);

/// <summary>What was fetched.</summary>
/// <param name="Destination">The folder.</param>
/// <param name="Folders">Where each job's files lie within it, by the job's number.</param>
/// <param name="Files">How many files there are.</param>
public sealed record SkyDownload(string Destination, IReadOnlyDictionary<string, string> Folders, int Files);
