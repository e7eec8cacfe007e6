using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Workers.Frames;

namespace Slipway.TinkerApi.Bodies;

/// <summary>The body of <c>forward</c> and <c>forward_backward</c>, as the worker takes it.</summary>
/// <param name="Loss">The loss.</param>
/// <param name="Config">Its settings.</param>
/// <param name="Columns">Numbers for each token where any datum has two dimensions; narrower ones are filled up with weights of 0.</param>
/// <param name="Datums">Of each datum, its tokens and its own columns.</param>
/// <param name="Tensors">The tensors.</param>
internal sealed record PassBody(string Loss, JsonObject Config, int? Columns, IReadOnlyList<(int Tokens, int? Columns)> Datums, Tensor[] Tensors)
{
    private const string Targets = "target_tokens", Weights = "weights", Low = "clip_low_threshold", High = "clip_high_threshold";
    private static readonly string[] Policy = ["logprobs", "advantages"];

    /// <summary>What each loss takes: inputs that it needs, inputs that it may have, settings that it needs, settings that it may have.</summary>
    private static readonly Dictionary<string, (string[] Needs, string[] MayHave, string[] Settings, string[] Options)> Losses = new(StringComparer.Ordinal)
    {
        ["cross_entropy"] = ([], [Weights], [], []),
        ["importance_sampling"] = (Policy, [], [], []),
        ["ppo"] = (Policy, [Low, High], [], [Low, High]),
        ["cispo"] = (Policy, [Low, High], [Low, High], []),
        ["dro"] = (Policy, [], ["beta"], []),
    };

    /// <summary>Reads the input.</summary>
    /// <param name="input">Its fields.</param>
    /// <param name="limits">The most datums and the most bytes of one request.</param>
    internal static PassBody? Read(Fields input, TinkerServerOptions limits)
    {
        var loss = input.Text("loss_fn");
        if (!Losses.TryGetValue(loss, out var takes))
        {
            input.Problems.Add($"{input.At("loss_fn")} is {loss}, and must be one of {string.Join(", ", Losses.Keys)}");
            return null;
        }

        var config = ReadConfig(input, takes.Settings, takes.Options);
        var data = input.List("data");
        input.End();
        CheckSize(input, data, limits);
        var datums = new List<Dictionary<string, TensorBody>>();
        var tokens = new List<IReadOnlyList<long>>();
        foreach (var (index, item) in data.Index())
        {
            var datum = new Fields(item, input.At($"data[{index}]"), input.Problems);
            tokens.Add(Prompts.Read(datum, "model_input"));
            datums.Add(ReadInputs(datum.Object("loss_fn_inputs"), tokens[^1].Count, takes.Needs, takes.MayHave));
            datum.End();
        }

        CheckUniform(input, datums, takes.MayHave);
        return input.Problems.First is null ? Make(loss, config, tokens, datums) : null;
    }

    private static JsonObject ReadConfig(Fields input, string[] needed, string[] options)
    {
        var config = new JsonObject();
        var fields = input.OptionalObject("loss_fn_config");
        foreach (var name in needed.Concat(options))
        {
            if (fields?.OptionalNumber(name) is { } value)
            {
                config[name] = value;
            }
            else if (needed.Contains(name, StringComparer.Ordinal))
            {
                input.Problems.Add($"{input.At("loss_fn_config")}.{name} is missing");
            }
        }

        fields?.End();
        return config;
    }

    private static void CheckSize(Fields input, IReadOnlyList<JsonElement> data, TinkerServerOptions limits)
    {
        if (data.Count == 0)
        {
            input.Problems.Add($"{input.At("data")} is empty");
        }

        if (data.Count > limits.MaxChunkLength)
        {
            input.Problems.Add(new Refusal(400, $"{input.At("data")} has {data.Count} datums, and one request at most {limits.MaxChunkLength}"));
        }

        // One datum cannot be split.
        if (data.Count > 1 && data.Sum(static item => (long)item.GetRawText().Length) is var size && size > limits.MaxChunkBytes)
        {
            input.Problems.Add(new Refusal(400, $"{input.At("data")} has {size} bytes, and one request at most {limits.MaxChunkBytes}"));
        }
    }

    private static Dictionary<string, TensorBody> ReadInputs(Fields inputs, int tokens, string[] needed, string[] mayHave)
    {
        var isWide = mayHave.Contains(Weights, StringComparer.Ordinal);
        var found = new Dictionary<string, TensorBody>(StringComparer.Ordinal)
        {
            [Targets] = TensorBody.Read(inputs.Object(Targets), isWhole: true, tokens, isWide),
        };
        foreach (var name in needed.Concat(mayHave.Where(inputs.Has)))
        {
            found[name] = TensorBody.Read(inputs.Object(name), isWhole: false, tokens, isWide);
            if (found[name].Columns != found[Targets].Columns)
            {
                inputs.Problems.Add($"{inputs.At(name)} has another shape than {Targets}");
            }
        }

        inputs.End();
        return found;
    }

    // Bounds of each token take the place of those of the settings, in all datums or in none.
    private static void CheckUniform(Fields input, List<Dictionary<string, TensorBody>> datums, string[] mayHave)
    {
        foreach (var name in mayHave.Where(static name => name is Low or High))
        {
            if (datums.Count(datum => datum.ContainsKey(name)) is var count && count != 0 && count != datums.Count)
            {
                input.Problems.Add($"{input.At("data")}: {name} is in {count} of {datums.Count} datums");
            }
        }
    }

    private static PassBody Make(string loss, JsonObject config, List<IReadOnlyList<long>> tokens, List<Dictionary<string, TensorBody>> datums)
    {
        var columns = datums.Max(static datum => datum[Targets].Columns);
        var hasWeights = datums.Exists(static datum => datum.ContainsKey(Weights)) || (columns is not null && datums.Exists(datum => datum[Targets].Columns != columns));
        var names = datums.SelectMany(static datum => datum.Keys).Where(static name => name is not (Targets or Weights)).Distinct(StringComparer.Ordinal);
        List<Tensor> tensors =
        [
            Tensor.Of("tokens", [.. tokens.SelectMany(static row => row)]),
            Tensor.Of("lengths", [.. tokens.Select(static row => (long)row.Count)]),
            Tensor.Of(Targets, [.. datums.SelectMany(datum => Widen(datum[Targets].Whole, datum[Targets].Columns, columns))]),
            .. names.Select(name => Tensor.Of(name, [.. datums.SelectMany(datum => datum[name].Real)])),
        ];
        if (hasWeights)
        {
            tensors.Add(Tensor.Of(Weights, [.. datums.SelectMany(datum => Widen(WeightsOf(datum), datum[Targets].Columns, columns))]));
        }

        return new PassBody(loss, config, columns, [.. tokens.Zip(datums, static (row, datum) => (row.Count, datum[Targets].Columns))], [.. tensors]);
    }

    private static IReadOnlyList<float> WeightsOf(Dictionary<string, TensorBody> datum) =>
        datum.TryGetValue(Weights, out var weights) ? weights.Real : [.. Enumerable.Repeat(1f, datum[Targets].Whole.Count)];

    private static IEnumerable<T> Widen<T>(IReadOnlyList<T> values, int? columns, int? wanted)
        where T : struct =>
        wanted is not { } width || columns == wanted ? values : values.Chunk(columns ?? 1).SelectMany(row => row.Concat(new T[width - row.Length]));
}
