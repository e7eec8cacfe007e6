using Slipway.Training.Data;
using Slipway.Training.Preferences;
using Slipway.Training.Tests.Support;
using static Slipway.Training.Tests.Support.Checked;

namespace Slipway.Training.Tests.Preferences;

public sealed class PreferenceLossTests
{
    [Fact]
    public void Loss_and_gradients_are_those_of_the_closed_form()
    {
        var value = PreferenceLoss.Of([new(-10, -12, -11, -11), new(-20, -15, -20, -16)], 0.1);
        Assert.Equal(0.6712677647, value.Loss, 1e-9);
        Near([0.5, 0.05, 0.05, 0, 2], new[] { "accuracy", "margin", "chosen_reward", "rejected_reward", "num_pairs" }.Select(name => value.Metrics[name]));
        Near([-0.0225083, -0.0262490], value.Chosen);
        Near([0.0225083, 0.0262490], value.Rejected);
    }

    [Theory]
    [InlineData(1, -0.05)]
    [InlineData(2, -0.025)]
    public void Policy_that_is_the_reference_has_the_loss_of_a_coin(int pairs, double slope)
    {
        var value = PreferenceLoss.Of([.. Enumerable.Repeat(new PairLogprobs(-3, -4, -3, -4), pairs)], 0.1);
        Assert.Equal((Math.Log(2), 0.0, 0.0), (value.Loss, value.Metrics["accuracy"], value.Metrics["margin"]));
        Near(Enumerable.Repeat(slope, pairs), value.Chosen);
    }

    [Fact]
    public void Great_margins_stay_numbers()
    {
        var value = PreferenceLoss.Of([new(0, -1e6, -1e6, 0), new(-1e6, 0, 0, -1e6)], 1);
        Assert.Equal(1e6, value.Loss, 1e-3);
        Near([0, -0.5], value.Chosen);
    }

    [Fact]
    public async Task Gradient_reaches_the_tokens_that_are_learned()
    {
        // Token 0 is the prompt's, 1 the chosen answer, 2 and 3 the rejected one; the reference says the same as the model.
        var session = new TableSession(-1, -2, -3, -4);
        var chosen = Datum((LossInput.TargetTokens, Longs(0, 1)), (LossInput.Weights, Floats(0, 1)));
        var rejected = Datum((LossInput.TargetTokens, Longs(0, 2, 3)), (LossInput.Weights, Floats(0, 1, 1)));
        var loss = PreferenceLoss.Over([chosen, rejected], [[float.NaN, -2], [float.NaN, -3, -4]], 0.1);
        var output = (await CustomLoss.ForwardBackwardAsync(session, [chosen, rejected], loss, CancellationToken.None)).Ok();
        Near([0, -0.05, 0.05, 0.05], session.Gradients);
        Assert.Equal((Math.Log(2), 5), (output.Loss, output.Metrics["num_tokens"]));
        loss([Floats(1)]).Fails(TrainingFailures.BadDatum, "no pairs");
        PreferenceLoss.Over([chosen, rejected], [[1], [1, 2, 3]], 0.1)([Floats(0, 0), Floats(0, 0, 0)]).Fails(TrainingFailures.UnfitAnswer, "reference");
    }

    [Fact]
    public void Pair_with_a_lost_half_is_dropped_whole()
    {
        var (good, cut) = (Datum((LossInput.Weights, Floats(0, 1))), Datum((LossInput.Weights, Floats(0, 0))));
        var (data, dropped) = PreferenceLoss.Interleave([(good, good), (good, null), (cut, good), (good, cut)]);
        Assert.Equal((2, 3), (data.Length, dropped));
    }
}
