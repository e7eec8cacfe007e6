using System.Globalization;
using Slipway.TinkerApi.Bodies;
using Slipway.TinkerApi.Futures;
using Slipway.TinkerApi.Http;

namespace Slipway.TinkerApi.Models;

/// <summary>Takes the requests of a model that have a number. Each is carried out once, in the order of the numbers, from 1.</summary>
internal sealed class NumberedRequests(ServerState state)
{
    /// <summary>Whose request it is, and its number.</summary>
    internal static (string Model, long Number) ReadOwner(Fields body) => (body.Id("model_id"), body.Whole("seq_id", least: 1));

    /// <summary>Takes a request, or says why not; a repetition gets what the first one got.</summary>
    /// <param name="request">The request.</param>
    /// <param name="problems">What is wrong with its body.</param>
    /// <param name="model">Its model.</param>
    /// <param name="number">Its number.</param>
    /// <param name="work">What it wants, once it is its turn; called under the lock, when the request is taken.</param>
    /// <param name="check">What must hold of the model when the request comes; called under the lock.</param>
    /// <param name="mayWait">Whether it may come before requests with lower numbers, where parallel chunks are on.</param>
    internal Task<Reply> AcceptAsync(
        Incoming request, Problems problems, string model, long number, Func<ModelLine, Func<Task<Outcome>>> work, Func<ModelLine, Refusal?>? check = null, bool mayWait = false)
    {
        if (problems.First is { } refusal)
        {
            return Task.FromResult(Reply.Of(refusal));
        }

        lock (state.Gate)
        {
            if (state.FindModel(model) is not { } line)
            {
                return Task.FromResult(Reply.Of(ServerState.NoSuch("model_id", model)));
            }

            var text = number.ToString(CultureInfo.InvariantCulture);
            if (state.Tickets.IsRepeat(request, model, text, out var repeated))
            {
                return repeated;
            }

            if ((check?.Invoke(line) ?? CheckOrder(line, number, mayWait)) is { } wrong)
            {
                return Task.FromResult(Reply.Of(wrong));
            }

            var ticket = state.Tickets.Add(new Ticket(request, model, number) { Model = model }, model, text);
            line.Put(ticket, work(line));
            return ticket.AnswerAsync();
        }
    }

    private Refusal? CheckOrder(ModelLine line, long number, bool mayWait) =>
        number == line.Next || (number > line.Next && mayWait && state.Options.ParallelChunks)
            ? null
            : new Refusal(400, $"seq_id is {number}, and the next request of {line.Id} has {line.Next}");
}
