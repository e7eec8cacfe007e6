using System.Diagnostics.CodeAnalysis;
using Slipway.TinkerApi.Http;

namespace Slipway.TinkerApi.Futures;

/// <summary>All accepted requests: by their number at their owner, by their idempotency key, and by the id of their future. Its user holds the lock of the server.</summary>
internal sealed class TicketTable(Log<AcceptedRequest> log)
{
    private readonly Dictionary<(string Line, string Number), Ticket> _byNumber = [];
    private readonly Dictionary<string, Ticket> _byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Ticket> _byRequest = new(StringComparer.Ordinal);
    private readonly HashSet<string> _expired = new(StringComparer.Ordinal);
    private int _last;

    /// <summary>Whether a request came before, or stands where another one came before.</summary>
    /// <param name="request">The request.</param>
    /// <param name="line">What counts its requests: a model, a session.</param>
    /// <param name="number">Its number there, or its key.</param>
    /// <param name="answer">Its answer, if so.</param>
    internal bool IsRepeat(Incoming request, string line, string number, [NotNullWhen(true)] out Task<Reply>? answer)
    {
        answer = null;
        if (request.Key is { } key && _byKey.TryGetValue(key, out var keyed) && !IsSame(keyed, request))
        {
            answer = Task.FromResult(Reply.Error(409, $"the idempotency key {key} is that of another request"));
            return true;
        }

        if (!_byNumber.TryGetValue((line, number), out var known))
        {
            return false;
        }

        if (!IsSame(known, request))
        {
            answer = Task.FromResult(Reply.Error(409, $"{line} has had another request {number}"));
            return true;
        }

        if (known.AtOnce is null && _expired.Contains(known.RequestId))
        {
            Name(known);
        }

        answer = known.AnswerAsync();
        return true;
    }

    /// <summary>Takes a new request.</summary>
    internal Ticket Add(Ticket ticket, string line, string number)
    {
        _byNumber.Add((line, number), ticket);
        if (ticket.Key is { } key)
        {
            _byKey[key] = ticket;
        }

        if (ticket.AtOnce is null)
        {
            Name(ticket);
        }

        log.Add(new AcceptedRequest(ticket.Path, ticket.Owner, ticket.Number, ticket.Key, ticket.AtOnce is null ? ticket.RequestId : null));
        return ticket;
    }

    internal Ticket? Find(string request) => _byRequest.GetValueOrDefault(request);

    internal bool IsExpired(string request) => _expired.Contains(request);

    internal void Expire(string request) => _expired.Add(request);

    private static bool IsSame(Ticket ticket, Incoming request) =>
        string.Equals(ticket.Path, request.Path, StringComparison.Ordinal) && string.Equals(ticket.Digest, request.Digest, StringComparison.Ordinal);

    private void Name(Ticket ticket)
    {
        ticket.RequestId = $"r-{++_last}";
        _byRequest.Add(ticket.RequestId, ticket);
    }
}
