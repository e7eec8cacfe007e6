using Slipway.Training.Data;
using Slipway.Training.Distillation;
using Slipway.Training.Tests.Support;
using Slipway.Training.Tokenizers;
using static Slipway.Training.Tests.Support.Checked;

namespace Slipway.Training.Tests.Distillation;

public sealed class SoftTargetTests
{
    [Fact]
    public void Teacher_is_renormalised_over_its_likeliest_tokens()
    {
        var datum = Datum((LossInput.TargetTokens, Longs(5, 6, 7)), (LossInput.Weights, Floats(0, 0.5f, 1)));
        var soft = SoftTargets.Apply(datum, [[], [], [new(6, MathF.Log(0.6f)), new(8, MathF.Log(0.2f)), new(9, MathF.Log(0.1f))], [new(7, -100)]], 2).Ok();
        Same([0L, 0, 6, 8, 7, 0], soft.Longs(LossInput.TargetTokens));
        Near([0, 0, 0.375, 0.125, 1, 0], soft.Floats(LossInput.Weights));
        Same([3, 2], soft.LossInputs[LossInput.Weights].Shape);
        Assert.True(DatumCheck.Prepare([soft], LossFunction.CrossEntropy).IsOk);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var datum = Datum((LossInput.TargetTokens, Longs(5)), (LossInput.Weights, Floats(1)));
        SoftTargets.Apply(datum, [[]], 2).Fails(TrainingFailures.UnfitAnswer, "1 positions");
        SoftTargets.Apply(datum, [[], []], 2).Fails(TrainingFailures.UnfitAnswer, "no token for position 0");
        SoftTargets.Apply(datum, [[], []], 0).Fails(TrainingFailures.BadSetting);
        Assert.True(SoftTargets.CheckTokenizers(new ByteTokenizer("a"), new ByteTokenizer("b")).IsOk);
        SoftTargets.CheckTokenizers(new ByteTokenizer("a"), new CharTokenizer()).Fails(TrainingFailures.UnlikeTokenizers, "a and characters");
    }
}
