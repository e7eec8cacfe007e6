using System.Text.Json.Nodes;
using Slipway.Core.Failures;
using Slipway.TinkerApi.Bodies;
using Slipway.TinkerApi.Futures;
using Slipway.TinkerApi.Http;
using Slipway.TinkerApi.Workers;
using Slipway.Workers.Connections;

namespace Slipway.TinkerApi.Models;

/// <summary><c>forward</c>, <c>forward_backward</c> and <c>optim_step</c>.</summary>
internal sealed class TrainingEndpoints(ServerState state, NumberedRequests numbered)
{
    private static readonly string[] AdamNames = ["learning_rate", "beta1", "beta2", "eps", "weight_decay", "grad_clip_norm"];

    internal Task<Reply> ForwardAsync(Incoming request) => PassAsync(request, "forward", "forward_input");

    internal Task<Reply> ForwardBackwardAsync(Incoming request) => PassAsync(request, "forward_backward", "forward_backward_input");

    internal Task<Reply> OptimStepAsync(Incoming request)
    {
        var body = new Fields(request.Body, string.Empty, new Problems());
        var (model, number) = NumberedRequests.ReadOwner(body);
        body.Literal("type", "optim_step");
        var fields = body.Object("adam_params");
        var adam = new JsonObject();
        foreach (var name in AdamNames)
        {
            if (fields.OptionalNumber(name) is { } value)
            {
                adam[name] = value;
            }
        }

        fields.End();
        body.End();
        return numbered.AcceptAsync(request, body.Problems, model, number, line => () => StepAsync(line.Id, adam));
    }

    private Task<Reply> PassAsync(Incoming request, string operation, string name)
    {
        var body = new Fields(request.Body, string.Empty, new Problems());
        var (model, number) = NumberedRequests.ReadOwner(body);
        var pass = PassBody.Read(body.Object(name), state.Options);
        body.End();
        return numbered.AcceptAsync(request, body.Problems, model, number, line => () => PassAsync(line.Id, operation, pass!), mayWait: true);
    }

    private async Task<Outcome> PassAsync(string model, string operation, PassBody pass)
    {
        var arguments = new JsonObject { ["model_id"] = state.Worker.NameOf(model), ["loss_fn"] = pass.Loss, ["loss_fn_config"] = pass.Config.DeepClone(), ["compute_loss"] = true };
        if (pass.Columns is { } columns)
        {
            arguments["columns"] = columns;
        }

        var done = await state.Worker.DoAsync(operation, arguments, pass.Tensors);
        return done.TryGet(out var answer, out var failure) ? Outcome.Ok(Describe(pass, answer)) : Outcome.Failed(failure);
    }

    private static JsonObject Describe(PassBody pass, WorkerAnswer answer)
    {
        var outputs = new JsonArray();
        var left = TrainingWorker.Floats(answer, "logprobs");
        var width = pass.Columns ?? 1;
        foreach (var (tokens, columns) in pass.Datums)
        {
            var own = columns ?? 1;
            var values = new float[tokens * own];
            for (var row = 0; row < tokens; row++)
            {
                left.Slice(row * width, own).CopyTo(values.AsSpan(row * own));
            }

            left = left[(tokens * width)..];
            var shape = columns is null ? new JsonArray(tokens) : new JsonArray(tokens, own);
            outputs.Add(new JsonObject { ["logprobs"] = new JsonObject { ["data"] = Json.Row(values), ["dtype"] = "float32", ["shape"] = shape } });
        }

        return new JsonObject
        {
            ["loss_fn_output_type"] = "ArrayRecord",
            ["loss_fn_outputs"] = outputs,
            ["metrics"] = JsonNode.Parse(answer.Values.GetProperty("metrics").GetRawText()),
        };
    }

    private async Task<Outcome> StepAsync(string model, JsonObject adam)
    {
        var done = await state.Worker.DoAsync("optim_step", new JsonObject { ["model_id"] = state.Worker.NameOf(model), ["adam"] = adam });
        return done.TryGet(out var answer, out var failure)
            ? Outcome.Ok(new JsonObject { ["metrics"] = JsonNode.Parse(answer.Values.GetRawText()) })
            : Outcome.Failed(failure);
    }
}
