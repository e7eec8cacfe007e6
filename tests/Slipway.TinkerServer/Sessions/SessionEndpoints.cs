using System.Text.Json.Nodes;
using Slipway.TinkerApi.Bodies;
using Slipway.TinkerApi.Futures;
using Slipway.TinkerApi.Http;

namespace Slipway.TinkerApi.Sessions;

/// <summary>What a client says first and in between: <c>healthz</c>, <c>get_server_capabilities</c>, <c>client/config</c>, sessions and telemetry.</summary>
internal sealed class SessionEndpoints(ServerState state)
{
    private static readonly string[] Severities = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"];

    internal static Task<Reply> HealthAsync(Incoming request) => Task.FromResult(Reply.Ok(new JsonObject { ["status"] = "ok" }));

    internal Task<Reply> CapabilitiesAsync(Incoming request) => Task.FromResult(Reply.Ok(new JsonObject
    {
        ["supported_models"] = new JsonArray([.. state.Options.Models.Select(name => new JsonObject { ["model_name"] = name, ["max_context_length"] = state.Options.Context })]),
    }));

    internal Task<Reply> ConfigAsync(Incoming request) => Task.FromResult(!state.Options.OffersConfig
        ? Reply.Error(404, "client/config is not known here")
        : Reply.Ok(new JsonObject
        {
            ["parallel_fwdbwd_chunks"] = state.Options.ParallelChunks,
            ["fwdbwd_max_chunk_len"] = state.Options.MaxChunkLength,
            ["fwdbwd_max_chunk_bytes_count"] = state.Options.MaxChunkBytes,
        }));

    internal Task<Reply> CreateAsync(Incoming request)
    {
        var body = new Fields(request.Body, string.Empty, new Problems());
        body.Literal("type", "create_session");
        body.Texts("tags");
        _ = body.Text("sdk_version");
        _ = body.OptionalObject("user_metadata");
        _ = body.OptionalText("project_id");
        body.End();
        if (body.Problems.First is { } refusal)
        {
            return Task.FromResult(Reply.Of(refusal));
        }

        lock (state.Gate)
        {
            if (state.Tickets.IsRepeat(request, "keys", request.Key!, out var repeated))
            {
                return repeated;
            }

            var id = state.NewId("s");
            state.Sessions.Add(id, 0);
            var reply = Reply.Ok(new JsonObject { ["session_id"] = id, ["info_message"] = null, ["warning_message"] = null, ["error_message"] = null, ["type"] = "create_session" });
            return state.Tickets.Add(new Ticket(request, id, number: null) { AtOnce = Task.FromResult(reply) }, "keys", request.Key!).AnswerAsync();
        }
    }

    internal Task<Reply> HeartbeatAsync(Incoming request)
    {
        var body = new Fields(request.Body, string.Empty, new Problems());
        body.Literal("type", "session_heartbeat");
        var id = body.Id("session_id");
        body.End();
        lock (state.Gate)
        {
            if ((body.Problems.First ?? (state.Sessions.ContainsKey(id) ? null : ServerState.NoSuch("session_id", id))) is { } refusal)
            {
                return Task.FromResult(Reply.Of(refusal));
            }

            state.Sessions[id]++;
            return Task.FromResult(Reply.Ok(new JsonObject { ["type"] = "session_heartbeat" }));
        }
    }

    internal Task<Reply> TelemetryAsync(Incoming request)
    {
        var body = new Fields(request.Body, string.Empty, new Problems());
        var session = body.Id("session_id");
        _ = (body.Text("process_uuid"), body.Text("platform"), body.Text("sdk_version"));
        var events = body.List("events");
        body.End();
        foreach (var (index, item) in events.Index())
        {
            CheckEvent(new Fields(item, $"events[{index}]", body.Problems));
        }

        if (events.Count > 100)
        {
            body.Problems.Add($"events has {events.Count}, and at most 100 come at once");
        }

        lock (state.Gate)
        {
            return Task.FromResult((body.Problems.First ?? (state.Sessions.ContainsKey(session) ? null : ServerState.NoSuch("session_id", session))) is { } refusal
                ? Reply.Of(refusal)
                : Reply.Ok(new JsonObject { ["status"] = "accepted" }));
        }
    }

    private static void CheckEvent(Fields fields)
    {
        var kind = fields.Text("event");
        _ = (fields.Text("event_id"), fields.Whole("event_session_index", least: 0), fields.Text("timestamp"));
        if (!Severities.Contains(fields.Text("severity"), StringComparer.Ordinal))
        {
            fields.Problems.Add($"{fields.At("severity")} is none of {string.Join(", ", Severities)}");
        }

        switch (kind)
        {
            case "SESSION_START":
                fields.End();
                break;
            case "SESSION_END":
                _ = fields.Text("duration");
                fields.End();
                break;
            case "GENERIC_EVENT":
                _ = (fields.Text("event_name"), fields.Object("event_data"));
                fields.End();
                break;
            case "UNHANDLED_EXCEPTION":
                break;
            default:
                fields.Problems.Add($"{fields.At("event")} is {kind}, which is not known");
                break;
        }
    }
}
