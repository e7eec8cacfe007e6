using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Slipway.Core.Failures;
using Slipway.Training.Data;
using Slipway.Workers.Frames;

namespace Slipway.Training.Adapters.Local;

/// <summary>Examples as a forward pass of the worker takes them.</summary>
/// <param name="Data">The examples, checked.</param>
/// <param name="Arguments">The arguments.</param>
/// <param name="Tensors">The tensors.</param>
internal sealed record LocalPass(ImmutableArray<Datum> Data, JsonObject Arguments, ImmutableArray<Tensor> Tensors)
{
    /// <summary>Makes them.</summary>
    public static Result<LocalPass> Make(ImmutableArray<Datum> data, LossFunction loss, int? tokenBudget)
    {
        if (!DatumCheck.Prepare(data, loss).TryGet(out var prepared, out var failure))
        {
            return failure;
        }

        if (Problem(prepared) is { } problem)
        {
            return new Failure(TrainingFailures.BadDatum, problem);
        }

        var target = prepared[0].LossInputs[LossInput.TargetTokens];
        var arguments = new JsonObject
        {
            ["loss_fn"] = loss.Name,
            ["loss_fn_config"] = new JsonObject(loss.Settings.Select(static setting => KeyValuePair.Create(setting.Key, (JsonNode?)setting.Value))),
            ["compute_loss"] = true,
            ["columns"] = target.Shape.Length == 2 ? target.Shape[1] : null,
            ["token_budget"] = tokenBudget,
        };
        return Ragged.Tokens("tokens", "lengths", [.. prepared.Select(static datum => datum.Input)]).Map(tokens => new LocalPass(
            prepared, arguments, [.. tokens, .. prepared[0].LossInputs.Keys.Select(name => Ragged.Inputs(name, prepared))]));
    }

    // One tensor holds an input of all examples, so they must be alike.
    private static string? Problem(ImmutableArray<Datum> data)
    {
        if (data.IsEmpty)
        {
            return "There is no example.";
        }

        var (names, columns) = (data[0].LossInputs.Keys, Columns(data[0]));
        for (var i = 1; i < data.Length; i++)
        {
            if (!data[i].LossInputs.Keys.SequenceEqual(names, StringComparer.Ordinal))
            {
                return $"Example {i} has {string.Join(", ", data[i].LossInputs.Keys)}, and example 0 {string.Join(", ", names)}; they must have the same.";
            }

            if (Columns(data[i]) != columns)
            {
                return $"Example {i} has another number of targets for each position than example 0.";
            }
        }

        return null;
    }

    private static int Columns(Datum datum) => datum.LossInputs[LossInput.TargetTokens].Shape is [_, var columns] ? columns : 0;
}
