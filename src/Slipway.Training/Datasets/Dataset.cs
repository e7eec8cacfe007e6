using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Training.Numpy;

namespace Slipway.Training.Datasets;

/// <summary>Rows, in order, and where they are from. It never changes; each operation gives another.</summary>
/// <param name="Rows">The rows: JSON objects.</param>
/// <param name="Origin">Where they are from, for people and records: a path, or a name with its revision.</param>
public sealed record Dataset(ImmutableArray<JsonElement> Rows, string Origin)
{
    /// <summary>How many rows there are.</summary>
    public int Count => Rows.Length;

    /// <summary>The first rows.</summary>
    public Dataset Take(int count) => this with { Rows = [.. Rows.Take(count)] };

    /// <summary>All but the first rows.</summary>
    public Dataset Skip(int count) => this with { Rows = [.. Rows.Skip(count)] };

    /// <summary>The rows in the order of NumPy's <c>default_rng(seed).permutation</c>, which is that of the datasets library of Hugging Face.</summary>
    public Dataset Shuffle(ulong seed) => Select(new NumpyGenerator(seed).Permutation(Count));

    /// <summary>The rows of some indices, in their order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public Dataset Select(IEnumerable<int> indices)
    {
        ArgumentNullException.ThrowIfNull(indices);
        return this with
        {
            Rows = [.. indices.Select(index => index >= 0 && index < Rows.Length ? Rows[index] : throw new ArgumentOutOfRangeException(nameof(indices), index, $"There are {Rows.Length} rows."))],
        };
    }
}
