using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Data;

namespace Slipway.Training.Tests.Support;

/// <summary>What tests ask of results and of examples.</summary>
internal static class Checked
{
    internal static T Ok<T>(this Result<T> result)
        where T : notnull => result.TryGet(out var value, out var failure) ? value : throw new Xunit.Sdk.XunitException(failure.ToString());

    /// <summary>What a task gives that is done already, as those of tokenizers in this process are: properties are checked without waiting.</summary>
    internal static T Now<T>(this Task<T> task)
    {
        var results = new List<T>();
        _ = Take(task, results);
        return Assert.Single(results);

        static async Task Take(Task<T> task, List<T> results) => results.Add(await task);
    }

    internal static void Fails<T>(this Result<T> result, FailureCode code, params string[] words)
        where T : notnull
    {
        Assert.False(result.IsOk, "It should fail.");
        Assert.Equal(code, result.Failure.Code);
        Assert.All(words, word => Assert.Contains(word, result.Failure.ToString(), StringComparison.Ordinal));
    }

    // An ImmutableArray equals only itself, and a collection expression would become one.
    internal static void Same<T>(T[] expected, IEnumerable<T> actual) => Assert.Equal(expected, actual.ToArray());

    internal static void Near(IEnumerable<double> expected, IEnumerable<double> actual, double tolerance = 1e-6)
    {
        var (left, right) = (expected.ToList(), actual.ToList());
        Assert.Equal(left.Count, right.Count);
        Assert.All(left.Zip(right), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }

    internal static void Near(IEnumerable<double> expected, IEnumerable<float> actual, double tolerance = 1e-6) =>
        Near(expected, actual.Select(static number => (double)number), tolerance);

    internal static FloatTensor Floats(params float[] values) => TensorData.Of([.. values]);

    internal static LongTensor Longs(params long[] values) => TensorData.Of([.. values]);

    internal static Datum Datum(params (string Name, TensorData Tensor)[] inputs) => new(
        ModelInput.Of(Enumerable.Range(1, inputs[0].Tensor.Shape[0])),
        inputs.ToImmutableSortedDictionary(static input => input.Name, static input => input.Tensor, StringComparer.Ordinal));

    internal static ImmutableSortedDictionary<string, double> Metrics(params (string Name, double Value)[] metrics) =>
        metrics.ToImmutableSortedDictionary(static metric => metric.Name, static metric => metric.Value, StringComparer.Ordinal);
}
