using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Data;
using Slipway.Training.Tests.Support;
using Slipway.Training.Tokenizers;
using static Slipway.Training.Tests.Support.Checked;

namespace Slipway.Training.Tests.Data;

public sealed class OutputTests
{
    [Fact]
    public void Parts_combine_as_their_metrics_say()
    {
        var combined = ForwardOutputs.Combine(
        [
            Output(1, ("a:mean", 1), ("loss:sum", 10), ("a:min", 3), ("a:max", 3), ("a:slack", 1), ("step:unique", 7), ("other:unique", 1), ("h:hash_unordered", 5)),
            Output(3, ("a:mean", 3), ("loss:sum", 20), ("a:min", -1), ("a:max", 9), ("a:slack", 3), ("step:unique", 7), ("other:unique", 2), ("h:hash_unordered", 6)),
        ]).Ok();
        Assert.Equal(4, combined.Logprobs.Length);
        Assert.Equal((2.5, 30, -1, 9, 2.5, 7), (combined.Metrics["a:mean"], combined.Loss, combined.Metrics["a:min"], combined.Metrics["a:max"], combined.Metrics["a:slack"], combined.Metrics["step:unique"]));
        Assert.True(double.IsNaN(combined.Metrics["other:unique"]));
    }

    [Fact]
    public void Hash_does_not_depend_on_the_order_of_parts()
    {
        var (one, other, third) = (Output(1, ("h:hash_unordered", 5)), Output(2, ("h:hash_unordered", 6)), Output(2, ("h:hash_unordered", 7)));
        Assert.Equal(Hash(one, other), Hash(other, one));
        Assert.NotEqual(Hash(one, other), Hash(one, third));
        Assert.Equal(Math.Floor(Hash(one, other)), Hash(one, other));

        static double Hash(params ForwardOutput[] parts) => ForwardOutputs.Combine([.. parts]).Ok().Metrics["h:hash_unordered"];
    }

    [Fact]
    public void Metric_without_a_known_reduction_is_refused() =>
        ForwardOutputs.Combine([Output(1, ("a:median", 1)), Output(1)]).Fails(TrainingFailures.UnfitAnswer, "a:median");

    [Fact]
    public void Mean_nll_counts_by_weight_and_leaves_out_what_does_not_count()
    {
        var data = ImmutableArray.Create(Datum((LossInput.Weights, Floats(0, 1, 3))));
        Assert.Equal(1.75, TrainingMetrics.MeanNll(data, [Floats(float.NaN, -1, -2)]), 1e-9);
        Assert.Equal(2, TrainingMetrics.LossTokens(data));
        Assert.True(double.IsNaN(TrainingMetrics.MeanNll([Datum((LossInput.Weights, Floats(0)))], [Floats(-1)])));
    }

    [Fact]
    public async Task Bits_per_byte_count_the_bytes_of_plain_targets()
    {
        var tokenizer = new WordTokenizer();
        var datum = Datum((LossInput.TargetTokens, Longs(9, 0, 1, 9)), (LossInput.Weights, Floats(0, 1, 1, 1)));
        var ratio = await TrainingMetrics.BitsPerByteAsync(tokenizer, [datum], [Floats(-9, -0.5f, -1.5f, -9)], CancellationToken.None);
        Assert.Equal(0.5770780, ratio.Ok(), 1e-7);
        Assert.True(double.IsNaN((await TrainingMetrics.BitsPerByteAsync(tokenizer, [], [], CancellationToken.None)).Ok()));
    }

    [Fact]
    public async Task Custom_loss_gives_the_gradient_of_the_loss()
    {
        var session = new TableSession(-1, -2, -3);
        var datum = Datum((LossInput.TargetTokens, Longs(2, 0)));

        // C = lp0^2 + 3 lp1: the derivative by the log-probability of token 2 is 2·(-3), and of token 0 it is 3.
        var output = await CustomLoss.ForwardBackwardAsync(session, [datum], static logprobs => Square(logprobs[0].Values), CancellationToken.None);
        Same([3, 0, -6], session.Gradients);
        Assert.Equal((6, 2, 4), (output.Ok().Loss, output.Ok().Metrics["tokens:sum"], output.Ok().Metrics["mine"]));
        Same([0, 0], session.Calls[0][0].Floats(LossInput.Weights));
        Assert.Equal(2, session.Calls.Count);
    }

    [Fact]
    public async Task Custom_loss_refuses_what_cannot_be_meant()
    {
        var datum = Datum((LossInput.TargetTokens, Longs(1, 0)));
        (await Run(datum.With(LossInput.Advantages, Floats(1, 1)), static logprobs => Square(logprobs[0].Values))).Fails(TrainingFailures.BadDatum, "advantages");
        (await Run(datum, static _ => new CustomLossValue(0, [[1]], Metrics()))).Fails(TrainingFailures.BadDatum, "shape");
        (await Run(datum, static _ => new CustomLossValue(0, [[float.NaN, 0]], Metrics()))).Fails(TrainingFailures.BadDatum, "not finite");

        static Task<Result<ForwardOutput>> Run(Datum datum, Func<ImmutableArray<FloatTensor>, Result<CustomLossValue>> loss) =>
            CustomLoss.ForwardBackwardAsync(new TableSession(0, 0), [datum], loss, CancellationToken.None);
    }

    private static Result<CustomLossValue> Square(ImmutableArray<float> lp) =>
        new CustomLossValue((lp[0] * lp[0]) + (3 * lp[1]), [[2 * lp[0], 3]], Metrics(("mine", 4)));

    private static ForwardOutput Output(int examples, params (string Name, double Value)[] metrics) => new([.. Enumerable.Repeat(Floats(-1), examples)], Metrics(metrics));

    // "hel" and "lo" are two tokens, and 9 is a special one.
    private sealed class WordTokenizer : ITokenizer
    {
        public string Name => "words";

        public int VocabularySize => 10;

        public string Fingerprint => "words";

        public ImmutableSortedDictionary<string, int> Specials { get; } = ImmutableSortedDictionary<string, int>.Empty.Add("<end>", 9);

        public int? Begin => null;

        public int? End => 9;

        public Task<Result<ImmutableArray<ImmutableArray<int>>>> EncodeAsync(ImmutableArray<TokenChunk> chunks, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<Result<ImmutableArray<string>>> DecodeAsync(ImmutableArray<ImmutableArray<int>> sequences, CancellationToken cancellationToken) =>
            Task.FromResult<Result<ImmutableArray<string>>>(sequences.Select(static ids => string.Concat(ids.Select(static id => id == 0 ? "hel" : "lo"))).ToImmutableArray());
    }
}
