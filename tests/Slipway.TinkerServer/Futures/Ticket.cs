using System.Text.Json.Nodes;
using Slipway.TinkerApi.Http;

namespace Slipway.TinkerApi.Futures;

/// <summary>An accepted request: it is carried out once, and every repetition gets the same.</summary>
internal sealed class Ticket(Incoming request, string owner, long? number)
{
    private readonly TaskCompletionSource<Outcome> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal string Path { get; } = request.Path;

    internal string Digest { get; } = request.Digest;

    internal string? Key { get; } = request.Key;

    internal string Owner { get; } = owner;

    internal long? Number { get; } = number;

    /// <summary>The id under which its result can be fetched now.</summary>
    internal string RequestId { get; set; } = string.Empty;

    /// <summary>The answer of a request that has no future.</summary>
    internal Task<Reply>? AtOnce { get; init; }

    /// <summary>The model that the answer names.</summary>
    internal string? Model { get; init; }

    internal Task<Outcome> End => _end.Task;

    internal void Finish(Outcome outcome) => _end.SetResult(outcome);

    /// <summary>The answer to the request itself.</summary>
    internal Task<Reply> AnswerAsync()
    {
        if (AtOnce is not null)
        {
            return AtOnce;
        }

        var body = new JsonObject { ["request_id"] = RequestId };
        if (Model is not null)
        {
            body["model_id"] = Model;
        }

        return Task.FromResult(Reply.Ok(body));
    }
}
