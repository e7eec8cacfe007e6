using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json.Nodes;
using Slipway.TinkerApi.Bodies;
using Slipway.TinkerApi.Http;

namespace Slipway.TinkerApi.Checkpoints;

/// <summary><c>weights_info</c>, and what is below <c>training_runs/</c>: the list of a run's checkpoints, taking one away, and its archive.</summary>
internal sealed class CheckpointEndpoints(ServerState state)
{
    private const string Runs = "training_runs/", List = "/checkpoints", Archive = "/archive";

    internal Task<Reply> InfoAsync(Incoming request)
    {
        var body = new Fields(request.Body, string.Empty, new Problems());
        var path = body.Text("tinker_path");
        body.End();
        lock (state.Gate)
        {
            var (found, refused) = state.Checkpoints.Find("tinker_path", path);
            return Task.FromResult((body.Problems.First ?? refused) is { } refusal
                ? Reply.Of(refusal)
                : Reply.Ok(new JsonObject { ["base_model"] = found!.BaseModel, ["is_lora"] = true, ["lora_rank"] = found.Rank }));
        }
    }

    /// <summary>Answers a path below <c>training_runs/</c>; null when it is none.</summary>
    internal Reply? Answer(Incoming request)
    {
        if (!request.Path.StartsWith(Runs, StringComparison.Ordinal) || request.Path.IndexOf(List, StringComparison.Ordinal) is var end && end < 0)
        {
            return null;
        }

        var (run, rest) = (request.Path[Runs.Length..end], request.Path[(end + List.Length)..].TrimStart('/'));
        lock (state.Gate)
        {
            return (request.Method, rest) switch
            {
                _ when !state.Models.ContainsKey(run) => Reply.Of(ServerState.NoSuch("the training run", run)),
                ("GET", "") => Reply.Ok(new JsonObject { ["checkpoints"] = new JsonArray([.. state.Checkpoints.Of(run).Select(Describe)]) }),
                ("GET", _) when rest.EndsWith(Archive, StringComparison.Ordinal) => RedirectToArchive(run, rest[..^Archive.Length]),
                ("DELETE", _) => Remove(run, rest),
                _ => Reply.Error(405, $"{request.Method} is not known here"),
            };
        }
    }

    /// <summary>The archive of a checkpoint, at the place to which a request for it is sent: a gzipped tar.</summary>
    internal Reply Download(string run, string id)
    {
        string? directory;
        lock (state.Gate)
        {
            directory = state.Checkpoints.Find("path", $"tinker://{run}/{id}").Found?.Directory;
        }

        if (directory is null)
        {
            return Reply.Error(404, "there is no such archive");
        }

        using var bytes = new MemoryStream();
        using (var packed = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        {
            TarFile.CreateFromDirectory(directory, packed, includeBaseDirectory: false);
        }

        return new Reply(200, bytes.ToArray()) { ContentType = "application/gzip" };
    }

    private static JsonObject Describe(Checkpoint checkpoint)
    {
        var body = new JsonObject
        {
            ["checkpoint_id"] = checkpoint.Id,
            ["checkpoint_type"] = checkpoint.IsTrainable ? "training" : "sampler",
            ["time"] = checkpoint.SavedAt.ToString("O", CultureInfo.InvariantCulture),
            ["tinker_path"] = checkpoint.Path,
        };
        if (checkpoint.ExpiresAt is { } end)
        {
            body["expires_at"] = end.ToString("O", CultureInfo.InvariantCulture);
        }

        return body;
    }

    private Reply RedirectToArchive(string run, string id) =>
        state.Checkpoints.Find("path", $"tinker://{run}/{id}").Refused is { } refused
            ? Reply.Of(refused)
            : new Reply(302, []) { Headers = [("Location", $"/archives/{run}/{id}")] };

    private Reply Remove(string run, string id) =>
        state.Checkpoints.Remove($"tinker://{run}/{id}") ? new Reply(204, []) : Reply.Of(ServerState.NoSuch("the checkpoint", id));
}
