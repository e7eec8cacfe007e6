using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Slipway.Core.Failures;

namespace Slipway.Training.Data;

/// <summary>Puts the answers to the parts of one request together.</summary>
public static class ForwardOutputs
{
    /// <summary>
    /// One answer from several, in their order. A metric is called <c>name:reduction</c>, which says how: mean and slack (the maximum less the mean) by the
    /// number of examples, sum, min, max; unique where all parts tell the same, and not a number otherwise; hash_unordered by a digest of the parts in any order.
    /// A metric that some parts lack is that of the others.
    /// </summary>
    /// <returns>The answer; a failure when a metric names no reduction that is known.</returns>
    public static Result<ForwardOutput> Combine(ImmutableArray<ForwardOutput> parts)
    {
        if (parts is [var only])
        {
            return only;
        }

        var metrics = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        foreach (var name in parts.SelectMany(static part => part.Metrics.Keys).Distinct(StringComparer.Ordinal))
        {
            var told = parts.Where(part => part.Metrics.ContainsKey(name)).Select(part => (Value: part.Metrics[name], Weight: part.Logprobs.Length)).ToList();
            if (Reduce(name[(name.LastIndexOf(':') + 1)..], told) is not { } value)
            {
                return new Failure(TrainingFailures.UnfitAnswer, $"The metric {Core.Text.Shown.Quote(name)} names no known reduction.");
            }

            metrics[name] = value;
        }

        return new ForwardOutput([.. parts.SelectMany(static part => part.Logprobs)], metrics.ToImmutable());
    }

    private static double? Reduce(string reduction, List<(double Value, int Weight)> told) => reduction switch
    {
        "mean" or "slack" => told.Sum(static part => part.Value * part.Weight) / told.Sum(static part => part.Weight),
        "sum" => told.Sum(static part => part.Value),
        "min" => told.Min(static part => part.Value),
        "max" => told.Max(static part => part.Value),
        "unique" => told.All(part => part.Value.Equals(told[0].Value)) ? told[0].Value : double.NaN,
        "hash_unordered" => Hash(told.Select(static part => part.Value)),
        _ => null,
    };

    // 53 bits, which a double holds exactly.
    private static double Hash(IEnumerable<double> values)
    {
        Span<byte> number = stackalloc byte[sizeof(double)];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var value in values.Order())
        {
            BinaryPrimitives.WriteDoubleLittleEndian(number, value);
            hash.AppendData(number);
        }

        return BinaryPrimitives.ReadUInt64LittleEndian(hash.GetHashAndReset()) >> 11;
    }
}
