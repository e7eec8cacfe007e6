using System.Globalization;
using System.Text.Json.Nodes;
using Slipway.TinkerApi.Bodies;
using Slipway.TinkerApi.Futures;
using Slipway.TinkerApi.Http;

namespace Slipway.TinkerApi.Models;

/// <summary><c>create_model</c>, <c>get_info</c> and <c>unload_model</c>.</summary>
internal sealed class ModelEndpoints(ServerState state)
{
    private static readonly string[] Parts = ["train_unembed", "train_mlp", "train_attn"];

    internal Task<Reply> CreateAsync(Incoming request)
    {
        var body = new Fields(request.Body, string.Empty, new Problems());
        body.Literal("type", "create_model");
        var (session, number, baseModel) = (body.Id("session_id"), body.Whole("model_seq_id", least: 0), body.Text("base_model"));
        _ = body.OptionalObject("user_metadata");
        var lora = ReadLora(body.Object("lora_config"));
        body.End();
        if (body.Problems.First is { } refusal)
        {
            return Task.FromResult(Reply.Of(refusal));
        }

        lock (state.Gate)
        {
            var (line, text) = ($"{session} models", number.ToString(CultureInfo.InvariantCulture));
            if (state.Tickets.IsRepeat(request, line, text, out var repeated))
            {
                return repeated;
            }

            if ((state.Sessions.ContainsKey(session) ? state.CheckBase(baseModel) : ServerState.NoSuch("session_id", session)) is { } wrong)
            {
                return Task.FromResult(Reply.Of(wrong));
            }

            var model = new ModelLine(state.NewId("m"), session, baseModel, lora["rank"]!.GetValue<int>(), state.Applied);
            state.Models.Add(model.Id, model);
            var ticket = state.Tickets.Add(new Ticket(request, session, number) { Model = model.Id }, line, text);
            model.Append(ticket, () => MakeAsync(model, lora));
            return ticket.AnswerAsync();
        }
    }

    internal Task<Reply> InfoAsync(Incoming request) => Task.FromResult(WithModel(request, "get_info", static model => Reply.Ok(new JsonObject
    {
        ["model_data"] = new JsonObject { ["arch"] = "tiny byte model", ["model_name"] = model.BaseModel, ["tokenizer_id"] = model.BaseModel },
        ["model_id"] = model.Id,
        ["is_lora"] = true,
        ["lora_rank"] = model.Rank,
    })));

    internal Task<Reply> UnloadAsync(Incoming request)
    {
        lock (state.Gate)
        {
            // It has no number: its key says whether it came before.
            if (state.Tickets.IsRepeat(request, "keys", request.Key!, out var repeated))
            {
                return repeated;
            }

            Ticket? ticket = null;
            var refused = WithModel(request, "unload_model", model =>
            {
                ticket = state.Tickets.Add(new Ticket(request, model.Id, number: null) { Model = model.Id }, "keys", request.Key!);
                model.Append(ticket, () => DropAsync(model.Id));
                model.IsUnloaded = true;
                return Reply.Ok(new JsonObject());
            });
            return ticket?.AnswerAsync() ?? Task.FromResult(refused);
        }
    }

    private static JsonObject ReadLora(Fields fields)
    {
        var lora = new JsonObject { ["rank"] = (int)Math.Min(fields.OptionalWhole("rank", least: 1) ?? 32, int.MaxValue) };
        if (fields.OptionalWhole("seed", least: 0) is { } seed)
        {
            lora["seed"] = seed;
        }

        foreach (var part in Parts)
        {
            lora[part] = fields.OptionalFlag(part) ?? true;
        }

        fields.End();
        return lora;
    }

    private Reply WithModel(Incoming request, string type, Func<ModelLine, Reply> answer)
    {
        var body = new Fields(request.Body, string.Empty, new Problems());
        body.Literal("type", type);
        var id = body.Id("model_id");
        body.End();
        lock (state.Gate)
        {
            return body.Problems.First is { } refusal ? Reply.Of(refusal)
                : state.FindModel(id) is { } model ? answer(model)
                : Reply.Of(ServerState.NoSuch("model_id", id));
        }
    }

    private async Task<Outcome> MakeAsync(ModelLine model, JsonObject lora)
    {
        var done = await state.Worker.DoWithBaseAsync("create_model", model.BaseModel, new JsonObject { ["model_id"] = state.Worker.NameOf(model.Id), ["lora"] = lora });
        return done.TryGet(out _, out var failure) ? Outcome.Ok(new JsonObject { ["model_id"] = model.Id, ["type"] = "create_model" }) : Outcome.Failed(failure);
    }

    private async Task<Outcome> DropAsync(string model)
    {
        var done = await state.Worker.DoAsync("drop", new JsonObject { ["model_id"] = state.Worker.NameOf(model) });
        return done.TryGet(out _, out var failure) ? Outcome.Ok(new JsonObject { ["model_id"] = model, ["type"] = "unload_model" }) : Outcome.Failed(failure);
    }
}
