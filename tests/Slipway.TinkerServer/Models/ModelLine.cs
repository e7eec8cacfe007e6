using Slipway.TinkerApi.Futures;

namespace Slipway.TinkerApi.Models;

/// <summary>A model and the line of its requests, which are carried out in the order of their numbers. Its user holds the lock of the server.</summary>
internal sealed class ModelLine(string id, string session, string baseModel, int rank, Log<AppliedRequest> log)
{
    private readonly Dictionary<long, (Ticket Ticket, Func<Task<Outcome>> Work)> _held = [];
    private Task _tail = Task.CompletedTask;

    internal string Id { get; } = id;

    internal string Session { get; } = session;

    internal string BaseModel { get; } = baseModel;

    internal int Rank { get; } = rank;

    internal bool IsUnloaded { get; set; }

    /// <summary>The lowest number that was not there yet.</summary>
    internal long Next { get; private set; } = 1;

    /// <summary>Takes a request with a number; it waits for those with lower ones.</summary>
    internal void Put(Ticket ticket, Func<Task<Outcome>> work)
    {
        _held.Add(ticket.Number!.Value, (ticket, work));
        while (_held.Remove(Next, out var held))
        {
            Append(held.Ticket, held.Work);
            Next++;
        }
    }

    /// <summary>Takes a request that comes after all that are here.</summary>
    internal void Append(Ticket ticket, Func<Task<Outcome>> work) => _tail = FollowAsync(_tail, ticket, work);

    private async Task FollowAsync(Task before, Ticket ticket, Func<Task<Outcome>> work)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var outcome = await work();
        log.Add(new AppliedRequest(ticket.Path, ticket.Owner, ticket.Number, outcome.Error));
        ticket.Finish(outcome);
    }
}
