using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Training.Data;
using Slipway.Training.Ports;
using Slipway.Workers.Connections;

namespace Slipway.Training.Adapters.Local;

/// <summary>Reads what the operations of training answer.</summary>
internal static class LocalAnswers
{
    /// <summary>What is known of a model that was made.</summary>
    public static ModelFacts Facts(string name, JsonElement values) => new(
        name, (int?)Number(values, "context"), Number(values, "parameters"), Number(values, "trainable"), values.GetProperty("device").GetString()!);

    /// <summary>The numbers among the members of an object.</summary>
    public static ImmutableSortedDictionary<string, double> Metrics(JsonElement values) => values.EnumerateObject()
        .Where(static member => member.Value.ValueKind is JsonValueKind.Number)
        .ToImmutableSortedDictionary(static member => member.Name, static member => member.Value.GetDouble(), StringComparer.Ordinal);

    /// <summary>The log-probabilities of examples.</summary>
    public static Result<ForwardOutput> Forward(ImmutableArray<Datum> data, WorkerAnswer answer)
    {
        var rest = answer.Find("logprobs") is { } tensor ? Ragged.Floats(tensor) : [];
        var rows = ImmutableArray.CreateBuilder<FloatTensor>(data.Length);
        foreach (var datum in data)
        {
            var targets = datum.LossInputs[LossInput.TargetTokens];
            if (rest.Length < targets.Count)
            {
                return Unfit("fewer log-probabilities than targets");
            }

            rows.Add(new FloatTensor(Ragged.Copy(rest[..targets.Count]), targets.Shape));
            rest = rest[targets.Count..];
        }

        return rest.IsEmpty ? new ForwardOutput(rows.MoveToImmutable(), Metrics(answer.Values.GetProperty("metrics"))) : Unfit("more log-probabilities than targets");
    }

    /// <summary>What was drawn for some prompts.</summary>
    public static Result<ImmutableArray<SampleOutput>> Samples(SampleRequest request, WorkerAnswer answer)
    {
        if (answer.Find("tokens") is not { } tokens || answer.Find("token_lengths") is not { } lengths || answer.Find("logprobs") is not { } logprobs
            || Ragged.Longs(lengths).Length != request.Prompts.Length * request.Samples)
        {
            return Unfit("another number of sequences than was asked for");
        }

        var reasons = answer.Values.GetProperty("stop_reasons");
        var sequences = Sequences(Ragged.Longs(tokens), Ragged.Longs(lengths), Ragged.Floats(logprobs), reasons);
        var outputs = ImmutableArray.CreateBuilder<SampleOutput>(request.Prompts.Length);
        for (int i = 0, at = 0; i < request.Prompts.Length; at += request.Prompts[i].Input.Length, i++)
        {
            outputs.Add(new SampleOutput(sequences.Slice(i * request.Samples, request.Samples), PromptLogprobs(answer, at, request.Prompts[i].Input.Length), Top(answer, at, request.Prompts[i].Input.Length)));
        }

        return outputs.MoveToImmutable();
    }

    private static ImmutableArray<SampledSequence> Sequences(ReadOnlySpan<long> tokens, ReadOnlySpan<long> lengths, ReadOnlySpan<float> logprobs, JsonElement reasons)
    {
        var sequences = ImmutableArray.CreateBuilder<SampledSequence>(lengths.Length);
        for (var i = 0; i < lengths.Length; i++)
        {
            var length = (int)lengths[i];
            var reason = reasons[i].ValueEquals("stop"u8) ? StopReason.Stop : StopReason.Length;
            sequences.Add(new SampledSequence(reason, Ragged.Narrow(tokens[..length]), Ragged.Copy(logprobs[..length])));
            tokens = tokens[length..];
            logprobs = logprobs[length..];
        }

        return sequences.MoveToImmutable();
    }

    private static ImmutableArray<float> PromptLogprobs(WorkerAnswer answer, int start, int count) =>
        answer.Find("prompt_logprobs") is { } tensor ? Ragged.Copy(Ragged.Floats(tensor).Slice(start, count)) : [];

    private static ImmutableArray<ImmutableArray<TokenLogprob>> Top(WorkerAnswer answer, int start, int count)
    {
        if (answer.Find("topk_tokens") is not { Shape: [_, var wide] } tokens || answer.Find("topk_logprobs") is not { } logprobs)
        {
            return [];
        }

        var ids = Ragged.Longs(tokens);
        var values = Ragged.Floats(logprobs);
        var width = (int)wide;
        var positions = ImmutableArray.CreateBuilder<ImmutableArray<TokenLogprob>>(count);
        for (var position = 0; position < count; position++)
        {
            // The first token comes after nothing.
            var best = ImmutableArray.CreateBuilder<TokenLogprob>(position == 0 ? 0 : width);
            for (var place = 0; place < best.Capacity; place++)
            {
                var at = (start + position) * width + place;
                best.Add(new TokenLogprob((int)ids[at], values[at]));
            }

            positions.Add(best.MoveToImmutable());
        }

        return positions.MoveToImmutable();
    }

    private static long? Number(JsonElement values, string name) =>
        values.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number ? value.GetInt64() : null;

    private static Failure Unfit(string what) => new(TrainingFailures.UnfitAnswer, $"The worker answered with {what}.");
}
