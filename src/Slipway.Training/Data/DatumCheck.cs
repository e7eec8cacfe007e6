using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Training.Data;

/// <summary>Checks examples before they travel, so that a mistake is told by the name of the input and not by a service's status.</summary>
public static class DatumCheck
{
    private static readonly ImmutableArray<string> Sampled = [LossInput.TargetTokens, LossInput.Logprobs, LossInput.Advantages];

    /// <summary>The examples as they may be sent: without what is only for metrics, without empty chunks, and checked.</summary>
    /// <param name="data">The examples.</param>
    /// <param name="loss">The loss that takes them.</param>
    public static Result<ImmutableArray<Datum>> Prepare(ImmutableArray<Datum> data, LossFunction loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        var prepared = ImmutableArray.CreateBuilder<Datum>(data.Length);
        for (var i = 0; i < data.Length; i++)
        {
            var datum = data[i].Without(LossInput.Mask);
            datum = datum with { Input = datum.Input.WithoutEmpty() };
            if (Problem(datum, loss) is { } problem)
            {
                return new Failure(TrainingFailures.BadDatum, $"Example {i} for {loss.Name}: {problem}");
            }

            prepared.Add(datum);
        }

        return prepared.MoveToImmutable();
    }

    private static string? Problem(Datum datum, LossFunction loss)
    {
        var (required, optional) = Inputs(loss.Name);
        if (required.IsEmpty)
        {
            return "there is no such loss.";
        }

        if (datum.LossInputs.Keys.FirstOrDefault(name => !required.Contains(name, StringComparer.Ordinal) && !optional.Contains(name, StringComparer.Ordinal)) is { } unknown)
        {
            return $"the loss takes no {Shown.Quote(unknown)}; it takes {string.Join(", ", required.Concat(optional))}.";
        }

        if (required.FirstOrDefault(name => !datum.LossInputs.ContainsKey(name)) is { } missing)
        {
            return $"{missing} is missing.";
        }

        return datum.Input.Length == 0
            ? "there is no token to start from."
            : datum.LossInputs.Select(input => ProblemOf(input.Key, input.Value, datum, loss)).FirstOrDefault(static problem => problem is not null);
    }

    private static (ImmutableArray<string> Required, ImmutableArray<string> Optional) Inputs(string loss) => loss switch
    {
        "cross_entropy" => ([LossInput.TargetTokens], [LossInput.Weights]),
        "importance_sampling" or "dro" => (Sampled, []),
        "ppo" or "cispo" => (Sampled, [LossInput.ClipLow, LossInput.ClipHigh]),
        _ => ([], []),
    };

    private static string? ProblemOf(string name, TensorData tensor, Datum datum, LossFunction loss)
    {
        var length = datum.Input.Length;
        var several = loss.Name is "cross_entropy" && tensor.Shape.Length == 2;
        if (tensor.Shape.Length is not 1 && !several || tensor.Shape[0] != length)
        {
            return $"{name} has the shape [{string.Join(", ", tensor.Shape)}], and the input {length} positions.";
        }

        if (!tensor.Shape.AsSpan().SequenceEqual(datum.LossInputs[LossInput.TargetTokens].Shape.AsSpan()))
        {
            return $"{name} has not the shape of {LossInput.TargetTokens}.";
        }

        return (name, tensor) switch
        {
            (LossInput.TargetTokens, LongTensor targets) => targets.Values.Any(static target => target < 0) ? $"{name} has a negative token." : null,
            (LossInput.TargetTokens, _) => $"{name} must be whole numbers.",
            (_, FloatTensor floats) => floats.Values.Any(static number => !float.IsFinite(number)) ? $"{name} has a number that is not finite." : null,
            _ => $"{name} must be floating numbers.",
        };
    }
}
