using System.Globalization;
using System.Text.Json.Nodes;
using Slipway.TinkerApi.Bodies;
using Slipway.TinkerApi.Faults;
using Slipway.TinkerApi.Http;

namespace Slipway.TinkerApi.Futures;

/// <summary><c>retrieve_future</c>.</summary>
internal sealed class FutureEndpoints(ServerState state)
{
    internal async Task<Reply> RetrieveAsync(Incoming request, Fault? fault)
    {
        var problems = new Problems();
        var body = new Fields(request.Body, string.Empty, problems);
        var id = body.Id("request_id");
        var mayBeMetadata = body.OptionalFlag("allow_metadata_only") ?? false;
        body.End();
        CheckIteration(request, problems);
        if (problems.First is { } refusal)
        {
            return Reply.Of(refusal);
        }

        if (Find(id, fault) is not { } ticket)
        {
            return Reply.Error(404, $"request_id is {id}, and there is none of that name");
        }

        return IsExpired(id) ? Reply.Error(410, $"the result of {id} has expired")
            : fault is Fault.Waiting waiting ? TryAgain(id, waiting.State, waiting.Reason)
            : fault is Fault.Failed failed ? Done(Outcome.Failed(failed.Category, failed.Message), mayBeMetadata: false)
            : await WaitAsync(ticket, id, mayBeMetadata);
    }

    private static void CheckIteration(Incoming request, Problems problems)
    {
        var said = request.Headers[TinkerHeaders.Iteration].ToString();
        if (said.Length > 0 && !int.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            problems.Add($"{TinkerHeaders.Iteration} is {said}, which is no whole number");
        }
    }

    private Ticket? Find(string id, Fault? fault)
    {
        lock (state.Gate)
        {
            var ticket = state.Tickets.Find(id);
            if (ticket is not null && fault is Fault.Expiry)
            {
                state.Tickets.Expire(id);
            }

            return ticket;
        }
    }

    private bool IsExpired(string id)
    {
        lock (state.Gate)
        {
            return state.Tickets.IsExpired(id);
        }
    }

    private async Task<Reply> WaitAsync(Ticket ticket, string id, bool mayBeMetadata)
    {
        try
        {
            return Done(await ticket.End.WaitAsync(state.Options.PollHold, state.Options.Time), mayBeMetadata);
        }
        catch (TimeoutException)
        {
            return TryAgain(id, "active", reason: null);
        }
    }

    private Reply Done(Outcome outcome, bool mayBeMetadata)
    {
        if (mayBeMetadata && outcome.Body.Length >= state.Options.MetadataFrom)
        {
            return Reply.Ok(new JsonObject { ["status"] = "complete_metadata", ["response_payload_size"] = outcome.Body.Length });
        }

        return state.Options.OlderForm
            ? Reply.Ok(new JsonObject { ["status"] = outcome.Error is null ? "completed" : "failed", ["result"] = JsonNode.Parse(outcome.Body) })
            : new Reply(200, outcome.Body);
    }

    private Reply TryAgain(string id, string queue, string? reason)
    {
        if (state.Options.OlderForm)
        {
            return Reply.Ok(new JsonObject { ["status"] = "pending" });
        }

        var body = new JsonObject { ["type"] = "try_again", ["request_id"] = id, ["queue_state"] = queue };
        if (reason is not null)
        {
            body["queue_state_reason"] = reason;
        }

        return Reply.Ok(body);
    }
}
