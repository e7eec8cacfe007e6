using System.Globalization;
using System.Text.Json.Nodes;
using Slipway.TinkerApi.Bodies;
using Slipway.TinkerApi.Futures;
using Slipway.TinkerApi.Http;
using Slipway.TinkerApi.Workers;
using Slipway.Workers.Connections;
using Slipway.Workers.Frames;

namespace Slipway.TinkerApi.Sampling;

/// <summary><c>create_sampling_session</c> and <c>asample</c>.</summary>
internal sealed class SamplingEndpoints(ServerState state)
{
    internal Task<Reply> CreateAsync(Incoming request)
    {
        var body = new Fields(request.Body, string.Empty, new Problems());
        body.Literal("type", "create_sampling_session");
        var (session, place) = (body.Id("session_id"), body.Whole("sampling_session_seq_id", least: 0));
        var (path, named) = (body.OptionalText("model_path"), body.OptionalText("base_model"));
        body.End();
        if (path is null == named is null)
        {
            body.Problems.Add("model_path or base_model must be there, and not both");
        }

        lock (state.Gate)
        {
            var (line, text) = ($"{session} sampling sessions", place.ToString(CultureInfo.InvariantCulture));
            if (body.Problems.First is null && state.Tickets.IsRepeat(request, line, text, out var repeated))
            {
                return repeated;
            }

            var (directory, baseModel, refusal) = Find(session, path, named);
            if ((body.Problems.First ?? refusal) is { } wrong)
            {
                return Task.FromResult(Reply.Of(wrong));
            }

            if (!state.SamplerPlaces.Add((session, place)))
            {
                return Task.FromResult(Reply.Error(409, $"the session {session} has another sampling session {place}"));
            }

            return state.Tickets.Add(new Ticket(request, session, place) { AtOnce = LoadAsync(state.NewId("ss"), directory, baseModel) }, line, text).AnswerAsync();
        }
    }

    internal Task<Reply> SampleAsync(Incoming request)
    {
        var body = new Fields(request.Body, string.Empty, new Problems());
        var read = SamplingBody.Read(body);
        if (request.Headers.TryGetValue(TinkerHeaders.Backpressure, out var said) && said.ToString() is not "1")
        {
            body.Problems.Add($"{TinkerHeaders.Backpressure} is {said}, and must be 1");
        }

        if (body.Problems.First is { } refusal)
        {
            return Task.FromResult(Reply.Of(refusal));
        }

        lock (state.Gate)
        {
            if (!state.Samplers.Contains(read.Session))
            {
                return Task.FromResult(Reply.Of(ServerState.NoSuch("sampling_session_id", read.Session)));
            }

            var text = read.Number.ToString(CultureInfo.InvariantCulture);
            if (state.Tickets.IsRepeat(request, read.Session, text, out var repeated))
            {
                return repeated;
            }

            var ticket = state.Tickets.Add(new Ticket(request, read.Session, read.Number), read.Session, text);
            _ = DrawAsync(ticket, read);
            return ticket.AnswerAsync();
        }
    }

    private (string? Directory, string BaseModel, Refusal? Refusal) Find(string session, string? path, string? baseModel)
    {
        if (!state.Sessions.ContainsKey(session))
        {
            return (null, string.Empty, ServerState.NoSuch("session_id", session));
        }

        if (path is null)
        {
            return (null, baseModel ?? string.Empty, state.CheckBase(baseModel ?? string.Empty));
        }

        var (found, refused) = state.Checkpoints.Find("model_path", path);
        return found is { IsTrainable: true }
            ? (null, string.Empty, new Refusal(400, $"model_path is {path}, which is for training; sampling needs sampler_weights"))
            : (found?.Directory, found?.BaseModel ?? string.Empty, refused);
    }

    private async Task<Reply> LoadAsync(string id, string? directory, string baseModel)
    {
        var arguments = new JsonObject { ["sampler_id"] = state.Worker.NameOf(id) };
        if (directory is not null)
        {
            arguments["path"] = directory;
        }

        var done = await state.Worker.DoWithBaseAsync("load_sampler", baseModel, arguments);
        if (!done.TryGet(out _, out var failure))
        {
            return Reply.Error(500, failure.Message);
        }

        lock (state.Gate)
        {
            state.Samplers.Add(id);
        }

        return Reply.Ok(new JsonObject { ["sampling_session_id"] = id });
    }

    private async Task DrawAsync(Ticket ticket, SamplingBody body)
    {
        var arguments = body.Arguments.DeepClone().AsObject();
        arguments["sampler_id"] = state.Worker.NameOf(body.Session);
        var done = await state.Worker.DoAsync("sample", arguments, Tensor.Of("prompts", [.. body.Prompt]), Tensor.Of("prompt_lengths", [body.Prompt.Count]));
        var outcome = done.TryGet(out var answer, out var failure) ? Outcome.Ok(Describe(answer)) : Outcome.Failed(failure);
        state.Applied.Add(new AppliedRequest(ticket.Path, ticket.Owner, ticket.Number, outcome.Error));
        ticket.Finish(outcome);
    }

    private static JsonObject Describe(WorkerAnswer answer)
    {
        var sequences = new JsonArray();
        var tokens = TrainingWorker.Longs(answer, "tokens");
        var logprobs = TrainingWorker.Floats(answer, "logprobs");
        var lengths = TrainingWorker.Longs(answer, "token_lengths");
        var start = 0;
        foreach (var (index, reason) in answer.Values.GetProperty("stop_reasons").EnumerateArray().Index())
        {
            var length = (int)lengths[index];
            sequences.Add(new JsonObject { ["stop_reason"] = reason.GetString(), ["tokens"] = Json.Row(tokens.Slice(start, length)), ["logprobs"] = Json.Row(logprobs.Slice(start, length)) });
            start += length;
        }

        var body = new JsonObject { ["sequences"] = sequences };
        if (answer.Find("prompt_logprobs") is not null)
        {
            body["prompt_logprobs"] = Json.Row(TrainingWorker.Floats(answer, "prompt_logprobs"));
        }

        if (answer.Find("topk_tokens") is { } top)
        {
            body["topk_prompt_logprobs"] = Top(TrainingWorker.Longs(answer, "topk_tokens"), TrainingWorker.Floats(answer, "topk_logprobs"), (int)top.Shape[^1]);
        }

        body["type"] = "sample";
        return body;
    }

    // For each token of the prompt but the first, the most probable tokens in its place with their log-probabilities.
    private static JsonArray Top(ReadOnlySpan<long> tokens, ReadOnlySpan<float> logprobs, int width)
    {
        var rows = new JsonArray();
        for (var start = 0; start < tokens.Length; start += width)
        {
            var row = new JsonArray();
            for (var at = start; at < start + width; at++)
            {
                row.Add(new JsonArray(tokens[at], Json.Number(logprobs[at])));
            }

            rows.Add(tokens[start] < 0 ? null : row);
        }

        return rows;
    }
}
