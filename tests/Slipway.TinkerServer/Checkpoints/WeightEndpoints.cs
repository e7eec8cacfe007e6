using System.Text.Json.Nodes;
using Slipway.TinkerApi.Bodies;
using Slipway.TinkerApi.Futures;
using Slipway.TinkerApi.Http;
using Slipway.TinkerApi.Models;

namespace Slipway.TinkerApi.Checkpoints;

/// <summary><c>save_weights</c>, <c>save_weights_for_sampler</c> and <c>load_weights</c>.</summary>
internal sealed class WeightEndpoints(ServerState state, NumberedRequests numbered)
{
    internal Task<Reply> SaveAsync(Incoming request)
    {
        var body = new Fields(request.Body, string.Empty, new Problems());
        var (model, number) = NumberedRequests.ReadOwner(body);
        body.Literal("type", "save_weights");
        var name = body.Id("path");
        var kept = body.OptionalWhole("ttl_seconds", least: 1);
        var mayReplace = body.OptionalFlag("overwrite") ?? false;
        body.End();
        return numbered.AcceptAsync(request, body.Problems, model, number, line => Save(line, "weights", name, kept, mayReplace));
    }

    internal Task<Reply> SaveForSamplerAsync(Incoming request)
    {
        var body = new Fields(request.Body, string.Empty, new Problems());
        var (model, number) = NumberedRequests.ReadOwner(body);
        body.Literal("type", "save_weights_for_sampler");
        var kept = body.OptionalWhole("ttl_seconds", least: 1);
        var place = body.OptionalWhole("sampling_session_seq_id", least: 0);
        var name = body.Has("path") || place is null ? body.Id("path") : null;
        body.End();
        if (name is not null && place is not null)
        {
            body.Problems.Add("path and sampling_session_seq_id are both there");
        }

        return name is not null
            ? numbered.AcceptAsync(request, body.Problems, model, number, line => Save(line, "sampler_weights", name, kept, mayReplace: false))
            : numbered.AcceptAsync(request, body.Problems, model, number, line => Snapshot(line), line => Take(line.Session, place ?? 0));
    }

    internal Task<Reply> LoadAsync(Incoming request)
    {
        var body = new Fields(request.Body, string.Empty, new Problems());
        var (model, number) = NumberedRequests.ReadOwner(body);
        body.Literal("type", "load_weights");
        var path = body.Text("path");
        var withOptimizer = body.Flag("optimizer");
        body.End();
        var directory = string.Empty;
        return numbered.AcceptAsync(request, body.Problems, model, number, line => () => LoadAsync(line.Id, path, directory, withOptimizer), line =>
        {
            if (number != 1)
            {
                return new Refusal(400, $"LoadWeights is not permitted with seq_id {number}");
            }

            var (found, refused) = state.Checkpoints.Find("path", path);
            directory = found?.Directory ?? string.Empty;
            return found is { IsTrainable: false } ? new Refusal(400, $"{path} has weights for sampling only, from which training cannot go on") : refused;
        });
    }

    private Func<Task<Outcome>> Save(ModelLine line, string kind, string name, long? kept, bool mayReplace)
    {
        var isTrainable = kind is "weights";
        var checkpoint = new Checkpoint($"tinker://{line.Id}/{kind}/{name}", line.Id, $"{kind}/{name}", isTrainable, line.BaseModel, line.Rank);
        state.Checkpoints.Announce(checkpoint);
        return () => SaveAsync(checkpoint, kept, mayReplace);
    }

    private async Task<Outcome> SaveAsync(Checkpoint checkpoint, long? kept, bool mayReplace)
    {
        string directory;
        lock (state.Gate)
        {
            if (state.Checkpoints.IsSaved(checkpoint.Path) && !mayReplace)
            {
                return Outcome.Failed("user", $"{checkpoint.Path} is there already, and overwrite is false");
            }

            directory = state.Checkpoints.NewDirectory();
        }

        var done = await state.Worker.DoAsync("save", new JsonObject { ["model_id"] = state.Worker.NameOf(checkpoint.Run), ["path"] = directory, ["with_optimizer"] = checkpoint.IsTrainable });
        lock (state.Gate)
        {
            if (!done.TryGet(out _, out var failure))
            {
                state.Checkpoints.Failed(checkpoint);
                return Outcome.Failed(failure);
            }

            state.Checkpoints.Saved(checkpoint, directory, kept);
            return Outcome.Ok(new JsonObject { ["path"] = checkpoint.Path });
        }
    }

    private Refusal? Take(string session, long place) =>
        state.SamplerPlaces.Add((session, place)) ? null : new Refusal(409, $"the session {session} has another sampling session {place}");

    private Func<Task<Outcome>> Snapshot(ModelLine line)
    {
        var id = state.NewId("ss");
        return async () =>
        {
            var done = await state.Worker.DoAsync("snapshot", new JsonObject { ["model_id"] = state.Worker.NameOf(line.Id), ["sampler_id"] = state.Worker.NameOf(id) });
            if (!done.TryGet(out _, out var failure))
            {
                return Outcome.Failed(failure);
            }

            lock (state.Gate)
            {
                state.Samplers.Add(id);
            }

            return Outcome.Ok(new JsonObject { ["sampling_session_id"] = id });
        };
    }

    private async Task<Outcome> LoadAsync(string model, string path, string directory, bool withOptimizer)
    {
        var done = await state.Worker.DoAsync("load", new JsonObject { ["model_id"] = state.Worker.NameOf(model), ["path"] = directory, ["with_optimizer"] = withOptimizer });
        return done.TryGet(out _, out var failure) ? Outcome.Ok(new JsonObject { ["path"] = path, ["type"] = "load_weights" }) : Outcome.Failed(failure);
    }
}
