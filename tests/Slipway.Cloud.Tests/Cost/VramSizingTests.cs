using Slipway.Cloud.Cost;
using Slipway.Cloud.Offers;
using Slipway.Cloud.Tests.Money;
using Slipway.TestKit;

namespace Slipway.Cloud.Tests.Cost;

public sealed class VramSizingTests
{
    private static readonly ModelShape Seven = ModelShape.FromDimensions(4096, 32, 32000, 11008, 32, 32).Value;

    [Fact]
    public void Dimensions_give_the_published_counts()
    {
        Assert.Equal(6_738_415_616m, Seven.Parameters); // Llama 2 7B
        Assert.InRange(ModelShape.FromDimensions(4096, 32, 32000, 14336, 32, 8, experts: 8).Value.Parameters, 46_690_000_000m, 46_710_000_000m); // Mixtral 8x7B
        var derived = new ModelShape(7_000_000_000m).Dimensions;
        Assert.InRange(derived.Hidden, 3800, 4600);
        Assert.InRange(derived.Layers, 28, 36);
    }

    [Fact]
    public void Methods_need_what_their_papers_say()
    {
        var full = Need(TrainingMethod.Full);
        Assert.InRange(full.Weights + full.Gradients + full.Optimizer, 100.3m, 100.5m); // 16 bytes × 6.74e9
        Assert.InRange(Need(TrainingMethod.Lora).Total, 13, 18);
        Assert.InRange(Need(TrainingMethod.Qlora).Total, 4, 9);
        Assert.True(VramSizing.Need(Request(TrainingMethod.Full) with { Sharded = true }, 8).Value.Total < full.Total / 4);
        Assert.True(VramSizing.Need(Request(TrainingMethod.Full) with { Optimizer = TrainingOptimizer.AdamW8Bit }, 1).Value.Optimizer * 2 == full.Optimizer);
    }

    [Fact]
    public void Answer_is_a_sentence_with_the_smallest_that_fit()
    {
        Offer[] offers = [Some.L40S, Some.H100, Some.H100x8];
        var no = VramSizing.Check(Request(TrainingMethod.Full) with { Sharded = true }, Some.L40S, offers, spot: false).Value;
        Assert.False(no.Fit.Fits);
        Assert.Equal(Some.H100x8, Assert.Single(no.Alternatives));
        Assert.Equal("CLD0208", VramSizing.Refusal(no)!.Code.Id);
        var yes = VramSizing.Check(Request(TrainingMethod.Qlora), Some.L40S, offers, spot: false).Value;
        Assert.True(yes.Fit.Fits);
        Assert.Null(VramSizing.Refusal(yes));
        var unknown = VramSizing.Check(Request(TrainingMethod.Qlora), Some.L40S with { VramGib = null }, offers, spot: false).Value;
        Assert.Null(unknown.Fit.Fits);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(int.MaxValue, 1)]
    public void Values_out_of_range_are_refused(int length, int batch) =>
        Assert.Equal("CLD0207", VramSizing.Need(new VramRequest(Seven, TrainingMethod.Lora, length, batch), 1).Failure.Code.Id);

    [Fact]
    public void More_never_needs_less() => Property.Check(300, static gen =>
    {
        var request = new VramRequest(new ModelShape(gen.Int(1, 2_000_000_000) * 100m), gen.Pick(TrainingMethod.Full, TrainingMethod.Lora, TrainingMethod.Qlora), gen.Int(1, 100_000), gen.Int(1, 100));
        var need = VramSizing.Need(request, 1).Value.Total;
        Assert.True(VramSizing.Need(request with { BatchSize = request.BatchSize + 1 }, 1).Value.Total > need);
        Assert.True(VramSizing.Need(request with { Checkpointing = false }, 1).Value.Total >= need);
    });

    [Theory]
    [InlineData("mistralai/Mixtral-8x7B-v0.1", "56000000000")]
    [InlineData("Qwen/Qwen2.5-1.5B", "1500000000")]
    [InlineData("Qwen/Qwen2.5-0.5B-Instruct", "500000000")]
    [InlineData("qwen-32b-4bit", "32000000000")]
    [InlineData("openai/gpt-oss-120b", "120000000000")]
    [InlineData("Qwen3-30B-A3B", "30000000000")]
    [InlineData("facebook/opt-350m", "350000000")]
    [InlineData("microsoft/phi-3.5-mini", null)]
    [InlineData("0b", null)]
    public void Name_gives_a_hint(string name, string? parameters)
    {
        var hint = ModelSizeHint.Of(name);
        Assert.Equal(parameters, hint?.Parameters.ToString("0"));
        Assert.True(hint?.IsHint ?? true);
    }

    private static VramRequest Request(TrainingMethod method) => new(Seven, method, 2048, 1);

    private static VramNeed Need(TrainingMethod method) => VramSizing.Need(Request(method), 1).Value;
}
