using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Slipway.SkyPilotApi.Http;

namespace Slipway.SkyPilotApi.Routes;

/// <summary>Files of callers, and logs for them.</summary>
internal sealed partial class UploadRoutes(ServerState state)
{
    private const string Chunk = "user_hash! upload_id! chunk_index! total_chunks!";

    internal IEnumerable<Route> All =>
    [
        new("POST", "/upload", incoming => Task.FromResult(Upload(incoming, isBlob: false))) { IsRaw = true, Query = Chunk },
        new("POST", "/upload_v2", incoming => Task.FromResult(Upload(incoming, isBlob: true))) { IsRaw = true, Query = Chunk, Since = 41 },
        new("GET", "/upload_v2/blob", incoming => Task.FromResult(HasBlob(incoming))) { Query = "user_hash! blob_id!", Since = 41 },
        new("POST", "/download", incoming => Task.FromResult(Download(incoming))),
    ];

    private Reply Upload(Incoming incoming, bool isBlob)
    {
        var id = incoming["upload_id"]!;
        if (isBlob && !BlobId().IsMatch(id))
        {
            return Reply.Detail(400, $"Invalid upload_id: {id}");
        }

        var isNumbered = int.TryParse(incoming["chunk_index"], CultureInfo.InvariantCulture, out var index) & int.TryParse(incoming["total_chunks"], CultureInfo.InvariantCulture, out var total);
        if (!isNumbered || index < 0 || index >= total || (!isBlob && !UploadId().IsMatch(id)) || !UserHash().IsMatch(incoming["user_hash"]!))
        {
            return Reply.Bare(500, "Internal Server Error");
        }

        var missing = state.Files.Keep(incoming["user_hash"]!, id, index, total, incoming.Bytes, isBlob);
        return Reply.Ok(new JsonObject
        {
            ["status"] = missing.Count == 0 ? "completed" : "uploading",
            ["missing_chunks"] = new JsonArray([.. missing.Select(static part => (JsonNode)part)]),
        });
    }

    private Reply HasBlob(Incoming incoming) => BlobId().IsMatch(incoming["blob_id"]!)
        ? Reply.Ok(new JsonObject { ["exists"] = state.Files.HasBlob(incoming["user_hash"]!, incoming["blob_id"]!) })
        : Reply.Detail(400, $"Invalid blob_id: {incoming["blob_id"]}");

    private Reply Download(Incoming incoming)
    {
        var folders = incoming.Body["folder_paths"]!.AsArray().Select(static path => path!.GetValue<string>());
        var zip = state.Files.Zip(incoming.Body["env_vars"]?["SKYPILOT_USER_ID"]?.GetValue<string>() ?? "server00", folders);
        return zip is null
            ? Reply.Detail(400, "Invalid folder path: only folders of the user's own logs can be downloaded.")
            : new Reply(200) { Body = zip, ContentType = "application/zip", HomePath = state.Files.Home };
    }

    [GeneratedRegex("^[0-9a-f]{64}$", RegexOptions.CultureInvariant)]
    private static partial Regex BlobId();

    [GeneratedRegex(@"^sky-\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-\d{6}-[0-9a-f]{8}$", RegexOptions.CultureInvariant)]
    private static partial Regex UploadId();

    [GeneratedRegex("^[0-9a-zA-Z-]+$", RegexOptions.CultureInvariant)]
    private static partial Regex UserHash();
}
