using System.Globalization;
using System.Text.Json.Nodes;

namespace Slipway.SkyPilotApi.Requests;

/// <summary>Where a request stands.</summary>
internal enum RequestStatus
{
    Pending,
    Running,
    Succeeded,
    Failed,
    Cancelled,
}

/// <summary>A request that was taken: it runs by itself, and is asked for by its id.</summary>
internal sealed class ServerRequest(string id, string name, JsonObject body, DateTimeOffset createdAt)
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _value, _error;

    internal string Id => id;

    internal string Name => name;

    internal JsonObject Body => body;

    internal GrowingLog Log { get; } = new();

    internal CancellationTokenSource Cancellation { get; } = new();

    internal Task Ended => _ended.Task;

    internal RequestStatus Status { get; private set; } = RequestStatus.Pending;

    internal DateTimeOffset? FinishedAt { get; private set; }

    internal bool IsEnded => FinishedAt is not null;

    internal string UserId => body["env_vars"]?["SKYPILOT_USER_ID"]?.GetValue<string>() ?? "server00";

    internal string? UserName => body["env_vars"]?["SKYPILOT_USER"]?.GetValue<string>();

    /// <summary>The cluster that it is about; what steers managed jobs is one too.</summary>
    internal string? ClusterName { get; set; } = body["cluster_name"]?.GetValue<string>();

    internal Faults.Fault? Fault { get; init; }

    internal void Start()
    {
        lock (_gate)
        {
            Status = RequestStatus.Running;
        }
    }

    internal void End(RequestStatus status, string? value, string? error, DateTimeOffset at)
    {
        lock (_gate)
        {
            (Status, _value, _error, FinishedAt) = (status, value, error, at);
        }

        Log.Complete();
        _ended.TrySetResult();
    }

    /// <summary>As <c>/api/get</c> gives it: values and errors are JSON inside a string, and pickles are in between.</summary>
    internal JsonObject ToPayload(bool isWhole)
    {
        lock (_gate)
        {
            var isLong = name is "sky.launch" or "sky.exec" or "sky.start" or "sky.jobs.launch";
            return new JsonObject
            {
                ["request_id"] = id,
                ["name"] = name,
                ["entrypoint"] = isWhole ? Pickles.New() : name["sky.".Length..].Replace('.', '_'),
                ["request_body"] = isWhole ? Pickles.New() : body.ToJsonString(),
                ["status"] = Status.ToString().ToUpperInvariant(),
                ["created_at"] = Epoch(createdAt),
                ["user_id"] = UserId,
                ["return_value"] = isWhole ? _value ?? "null" : "null",
                ["error"] = isWhole ? _error ?? "null" : "null",
                ["pid"] = isWhole && Status != RequestStatus.Pending && !name.EndsWith("logs", StringComparison.Ordinal) ? Environment.ProcessId : null,
                ["schedule_type"] = isLong ? "long" : "short",
                ["user_name"] = isWhole ? null : UserName,
                ["cluster_name"] = ClusterName,
                ["status_msg"] = null,
                ["should_retry"] = false,
                ["finished_at"] = FinishedAt is { } at ? Epoch(at) : null,
                ["file_mounts_blob_id"] = body["file_mounts_blob_id"]?.DeepClone(),
            };
        }
    }

    /// <summary>Seconds since 1970, with a fraction also where it is zero.</summary>
    internal static JsonNode Epoch(DateTimeOffset at) => JsonNode.Parse((at.ToUnixTimeMilliseconds() / 1000.0).ToString("0.000###", CultureInfo.InvariantCulture))!;
}
