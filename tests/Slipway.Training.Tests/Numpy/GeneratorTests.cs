using System.Text.Json;
using Slipway.TestKit;
using Slipway.Training.Datasets;
using Slipway.Training.Numpy;
using static Slipway.Training.Tests.Support.Checked;

namespace Slipway.Training.Tests.Numpy;

public sealed class GeneratorTests
{
    [Theory]
    [InlineData(0, new[] { 4, 6, 2, 7, 3, 5, 9, 0, 8, 1 })]
    [InlineData(1, new[] { 8, 4, 7, 0, 1, 2, 5, 9, 6, 3 })]
    [InlineData(42, new[] { 5, 6, 0, 7, 3, 2, 4, 9, 1, 8 })]
    public void Permutations_are_those_of_NumPy(ulong seed, int[] expected) => Same(expected, new NumpyGenerator(seed).Permutation(10));

    [Theory]
    [InlineData(9500, new[] { 9403, 4047, 4982, 9208, 5435, 470, 4911, 1679 })]
    [InlineData(7473, new[] { 5441, 2360, 5646, 1485, 1469, 824, 5624, 3950 })]
    public void Long_permutations_are_those_of_NumPy(int count, int[] first) => Same(first, new NumpyGenerator(0).Permutation(count).Take(first.Length));

    [Fact]
    public void Dataset_is_shuffled_alike_also_twice()
    {
        var dataset = JsonLines.Parse(string.Join('\n', Enumerable.Range(0, 10).Select(static i => $$"""{"i":{{i}}}""")), "x").Value;
        Same([3, 9, 2, 0, 7, 5, 1, 4, 8, 6], dataset.Shuffle(0).Shuffle(0).Rows.Select(static row => row.GetProperty("i").GetInt32()));
        Assert.Equal(JsonValueKind.Object, dataset.Shuffle(ulong.MaxValue).Rows[0].ValueKind);
    }

    [Theory]
    [InlineData(0, new[] { 44, 47, 64, 67, 67, 9, 83, 21 })]
    [InlineData(1, new[] { 37, 12, 72, 9 })]
    public void Older_generator_draws_the_sums_of_a_batch(int batch, int[] expected) =>
        Same(expected, BuiltinDatasets.Summands(batch, expected.Length / 2).SelectMany(static pair => new[] { pair.X, pair.Y }));

    [Fact]
    public void Older_generator_has_the_published_ten_thousandth_number()
    {
        // The C++ standard, [rand.predef]: the 10000th number of mt19937 with seed 5489.
        var generator = new LegacyGenerator(5489);
        var last = 0u;
        for (var i = 0; i < 10000; i++)
        {
            last = generator.NextUInt32();
        }

        Assert.Equal(4123659995u, last);
    }

    [Fact]
    public void Permutation_holds_each_number_once() => Property.Check(100, static gen =>
    {
        var count = gen.Int(0, 200);
        Assert.Equal(Enumerable.Range(0, count), new NumpyGenerator((ulong)gen.Int(0, int.MaxValue)).Permutation(count).Order());
    });
}
