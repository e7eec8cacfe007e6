using System.Collections.Immutable;
using Slipway.Training.Data;
using Slipway.Training.Tests.Support;
using static Slipway.Training.Tests.Support.Checked;

namespace Slipway.Training.Tests.Data;

public sealed class DatumTests
{
    private static readonly DatumOptions Whole = new(Reduction: Reduction.None);

    [Theory]
    [InlineData(new[] { 10, 20, 30, 40, 50 }, new[] { 0f, 0, 1, 1, 1 }, null, Reduction.None, new[] { 10, 20, 30, 40 }, new[] { 0f, 1, 1, 1 })]
    [InlineData(new[] { 10, 20, 30, 40, 50 }, new[] { 0f, 0, 1, 1, 1 }, null, Reduction.Mean, new[] { 10, 20, 30, 40 }, new[] { 0f, 1 / 3f, 1 / 3f, 1 / 3f })]
    [InlineData(new[] { 10, 20, 30, 40, 50, 60 }, new[] { 0f, 1, 1, 1, 1, 1 }, 4, Reduction.None, new[] { 10, 20, 30 }, new[] { 1f, 1, 1 })]
    [InlineData(new[] { 1, 2, 3 }, new[] { 0f, 0, 5 }, null, Reduction.Mean, new[] { 1, 2 }, new[] { 0f, 1 })]
    [InlineData(new[] { 1, 2, 3 }, new[] { 0f, 0, 0 }, null, Reduction.Mean, new[] { 1, 2 }, new[] { 0f, 0 })]
    public void Sequence_is_shifted_by_one(int[] tokens, float[] weights, int? longest, Reduction reduction, int[] input, float[] expected)
    {
        var datum = DatumBuilder.FromTokens([.. tokens], [.. weights], new DatumOptions(longest, reduction)).Ok();
        Assert.Equal(input, datum.Input.ToTokens());
        Assert.Equal(tokens.Skip(1).Take(input.Length).Select(static token => (long)token), datum.Longs(LossInput.TargetTokens));
        Assert.Equal(expected, datum.Floats(LossInput.Weights));
    }

    [Fact]
    public void Chunks_stay_apart_and_empty_ones_go()
    {
        var datum = DatumBuilder.FromInput(new ModelInput([new TextChunk([10]), new TextChunk([20, 30]), new TextChunk([])]), [0, 1, 1], Whole).Ok();
        Assert.Equal(new ModelInput([new TextChunk([10]), new TextChunk([20])]), datum.Input);
        Same([20, 30], datum.Longs(LossInput.TargetTokens));
    }

    [Fact]
    public void Image_counts_by_its_positions_is_never_cut_and_never_the_last()
    {
        var image = new ImageChunk(new byte[] { 1 }, "png", 3);
        var sequence = new ModelInput([new TextChunk([1]), image, new TextChunk([2, 3]), image]);
        var datum = DatumBuilder.FromInput(sequence, [0, 0, 0, 0, 1, 1, 0, 0, 0], Whole).Ok();
        Same([0, 0, 0, 2, 3], datum.Longs(LossInput.TargetTokens));
        Assert.Equal(5, datum.Input.Length);
        Same([0, 0, 0, 1, 1], datum.Floats(LossInput.Weights));
        DatumBuilder.FromInput(sequence, [0, 0, 0, 0, 1, 1, 0, 0, 0], new DatumOptions(3)).Fails(TrainingFailures.BadDatum, "1 are left");
        DatumBuilder.FromInput(sequence, [0, 1, 0, 0, 1, 1, 0, 0, 0], Whole).Fails(TrainingFailures.BadDatum, "image");
    }

    [Fact]
    public void Sequence_that_cannot_be_is_refused()
    {
        DatumBuilder.FromTokens([1], [1], Whole).Fails(TrainingFailures.BadDatum, "at least 2");
        DatumBuilder.FromTokens([1, 2], [1], Whole).Fails(TrainingFailures.BadDatum, "2 positions", "1 weights");
        DatumBuilder.FromTokens([1, 2], [0, float.NaN], Whole).Fails(TrainingFailures.BadDatum, "finite");
        DatumBuilder.FromTokens([1, 2, 3], [1, 1, 1], new DatumOptions(1)).Fails(TrainingFailures.BadDatum, "at least 2");
    }

    [Fact]
    public void Mask_is_not_sent_and_the_rest_is_checked()
    {
        var good = Datum((LossInput.TargetTokens, Longs(1, 2)), (LossInput.Logprobs, Floats(-1, -2)), (LossInput.Advantages, Floats(1, 1)), (LossInput.Mask, Floats(0, 1)));
        var sent = DatumCheck.Prepare([good], LossFunction.ImportanceSampling).Ok();
        Assert.Equal("advantages logprobs target_tokens", string.Join(" ", sent[0].LossInputs.Keys));
        Refused(good.Without(LossInput.Logprobs), LossFunction.ImportanceSampling, "logprobs is missing");
        Refused(good, LossFunction.CrossEntropy, "takes no 'advantages'", "target_tokens, weights");
        Refused(good.With(LossInput.ClipLow, Floats(0, 0)), LossFunction.Dro(), "clip_low_threshold");
        Refused(good.With(LossInput.Logprobs, Floats(-1, float.NaN)), LossFunction.Ppo(), "logprobs", "not finite");
        Refused(good.With(LossInput.Advantages, Floats(1)), LossFunction.Cispo(), "advantages has the shape [1]", "2 positions");
        Refused(good.With(LossInput.Advantages, Longs(1, 1)), LossFunction.Cispo(), "advantages must be floating");
        Refused(good.With(LossInput.TargetTokens, Longs(1, -1)), LossFunction.Cispo(), "negative");
        Refused(good, new LossFunction("mse", LossFunction.CrossEntropy.Settings), "no such loss");
    }

    [Fact]
    public void Several_targets_a_position_are_for_cross_entropy_alone()
    {
        var targets = new LongTensor([1, 2, 3, 4], [2, 2]);
        var datum = Datum((LossInput.TargetTokens, targets), (LossInput.Weights, new FloatTensor([1, 0, 1, 0], [2, 2])));
        Assert.True(DatumCheck.Prepare([datum], LossFunction.CrossEntropy).IsOk);
        Refused(datum.With(LossInput.Weights, Floats(1, 1)), LossFunction.CrossEntropy, "weights has not the shape of target_tokens");
        Refused(datum.Without(LossInput.Weights).With(LossInput.Logprobs, targets).With(LossInput.Advantages, targets), LossFunction.Ppo(), "[2, 2]", "2 positions");
    }

    private static void Refused(Datum datum, LossFunction loss, params string[] words) => DatumCheck.Prepare([datum], loss).Fails(TrainingFailures.BadDatum, ["Example 0", .. words]);
}
