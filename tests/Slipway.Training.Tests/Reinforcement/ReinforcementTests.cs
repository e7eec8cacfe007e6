using System.Collections.Immutable;
using Slipway.Training.Data;
using Slipway.Training.Reinforcement;
using Slipway.Training.Tests.Support;
using static Slipway.Training.Tests.Support.Checked;

namespace Slipway.Training.Tests.Reinforcement;

public sealed class ReinforcementTests
{
    private static readonly Datum Sampled = Datum(
        (LossInput.Logprobs, Floats(0, -1, -2, -0.5f)), (LossInput.Mask, Floats(0, 1, 1, 1)), (LossInput.Advantages, Floats(0, 0.5f, 0.5f, 0.5f)));

    private static readonly ImmutableArray<ImmutableArray<float>> Other = [[-3, -1.5f, -1, -0.5f]];

    [Theory]
    [InlineData(true, true, 1)]
    [InlineData(true, false, 0.9)]
    [InlineData(false, true, 0)]
    [InlineData(false, false, -0.1)]
    public void Form_counts_a_little(bool isCorrect, bool isFormatted, double reward) => Assert.Equal(reward, Rewards.Of(isCorrect, isFormatted), 1e-12);

    [Theory]
    [InlineData(new[] { 1, 0.9, -0.1, 0 }, new[] { 0.55, 0.45, -0.55, -0.45 })]
    [InlineData(new[] { 1.0, 0, 0, 0 }, new[] { 0.75, -0.25, -0.25, -0.25 })]
    [InlineData(new[] { 1.0, 1, 1, 1 }, new[] { 0.0, 0, 0, 0 })]
    public void Advantage_is_what_is_above_the_mean(double[] rewards, double[] expected) => Near(expected, Rewards.Advantages([.. rewards]));

    [Fact]
    public void Advantages_of_equal_rewards_are_exactly_zero() => Assert.All(Rewards.Advantages([0.1, 0.1, 0.1]), static advantage => Assert.Equal(0.0, advantage));

    [Fact]
    public void Groups_that_teach_nothing_go_but_never_all()
    {
        ImmutableArray<ImmutableArray<double>> groups = [[1, 1], [1, 0], [0, 0], [0, 1]];
        Assert.Equal([groups[1], groups[3]], Rewards.WithoutConstant(groups, static group => group).ToArray());
        Assert.Equal([groups[0]], Rewards.WithoutConstant([groups[0], groups[2]], static group => group).ToArray());
        Assert.Empty(Rewards.WithoutConstant(ImmutableArray<ImmutableArray<double>>.Empty, static group => group));
    }

    [Fact]
    public void Temperature_other_than_one_must_be_meant()
    {
        Assert.True(Rewards.CheckTemperature(1, isBiasAllowed: false).IsOk);
        Assert.True(Rewards.CheckTemperature(0.7, isBiasAllowed: true).IsOk);
        Rewards.CheckTemperature(0.7, isBiasAllowed: false).Fails(TrainingFailures.BadSetting, "0.7");
    }

    [Fact]
    public void Penalty_moves_credit_between_tokens()
    {
        var penalised = KlPenalty.Apply([Sampled], Other, 0.1).Ok();
        Assert.Equal(-0.1666667, penalised.MeanDifference, 1e-6);
        Near([0, 0.4333333, 0.5833333, 0.4833333], penalised.Data[0].Floats(LossInput.Advantages));
        Near([-0.014583, -0.029167, 0.075, -0.016667], KlPenalty.FutureSums([0, -0.0666667, 0.0833333, -0.0166667], 0.5), 1e-6);
        Near([0, 0.470833, 0.575, 0.483333], KlPenalty.Apply([Sampled], Other, 0.1, 0.5).Ok().Data[0].Floats(LossInput.Advantages));
    }

    [Fact]
    public void Teacher_adds_what_it_thinks_of_each_token()
    {
        var distilled = KlPenalty.Distil([Sampled.With(LossInput.Advantages, Floats(0, 0, 0, 0))], Other).Ok();
        Near([0, -0.5, 1, 0], distilled.Data[0].Floats(LossInput.Advantages));
        Assert.Equal(-0.1666667, distilled.MeanDifference, 1e-6);
    }

    [Fact]
    public void Penalty_reads_nothing_where_nothing_was_drawn_and_refuses_what_does_not_fit()
    {
        ImmutableArray<ImmutableArray<float>> undefined = [[float.NaN, -1.5f, -1, -0.5f]];
        Near([0, 0.4333333, 0.5833333, 0.4833333], KlPenalty.Apply([Sampled], undefined, 0.1).Ok().Data[0].Floats(LossInput.Advantages));
        KlPenalty.Apply([Sampled], [[1]], 0.1).Fails(TrainingFailures.UnfitAnswer);
        KlPenalty.Apply([Sampled], Other, 0.1, 2).Fails(TrainingFailures.BadSetting, "discount");
        KlPenalty.Distil([Sampled], Other, -1).Fails(TrainingFailures.BadSetting, "coefficient");
    }

    [Fact]
    public void Sampler_and_trainer_are_compared_where_something_was_drawn()
    {
        var data = Datum((LossInput.Logprobs, Floats(0, -1, -2, -0.5f)), (LossInput.Mask, Floats(0, 1, 1, 1)));
        var metrics = RolloutMetrics.OfSampling([data], [Floats(float.NaN, -1.1f, -1.8f, -0.5f)]);
        Near([-0.0333333, 0.00833333, 1.1666667], [metrics["optim/kl_sample_train_v1"], metrics["optim/kl_sample_train_v2"], metrics["optim/entropy"]]);
        Assert.Equal(0, RolloutMetrics.OfSampling([data], [Floats(5, -1, -2, -0.5f)])["optim/kl_sample_train_v1"]);
    }

    [Fact]
    public void Rollouts_are_counted()
    {
        var metrics = RolloutMetrics.OfGroups([[Facts(1, 1, 10), Facts(0.9, 0, 20)], [Facts(1, 1, 30), Facts(0, 1, 40)], [Facts(0, 0, 50), Facts(-0.1, 0, 50)]]);
        Near([2.8 / 6, 0.5, 200.0 / 12, 5, 2, 6, 12, 200, 60], Picked("reward/total", "format", "ac_tokens_per_turn", "ob_tokens_per_turn", "turns_per_episode", "total_episodes", "total_turns", "total_ac_tokens", "total_ob_tokens"));
        Near([1 / 3.0, 1 / 3.0, 1 / 3.0], Picked("by_group/frac_mixed", "by_group/frac_all_good", "by_group/frac_all_bad"));
        Assert.Empty(RolloutMetrics.OfGroups([]));

        IEnumerable<double> Picked(params string[] names) => names.Select(name => metrics["env/all/" + name]);

        static RolloutFacts Facts(double reward, double format, int tokens) => new(reward, Metrics(("format", format)), 2, 10, tokens);
    }

    [Fact]
    public void Rollout_becomes_an_example_and_turns_that_go_on_become_one()
    {
        var data = RolloutDatum.Build([new([1, 2], [3, 4], [-0.3f, -0.4f]), new([1, 2, 3, 4, 5], [6], [-0.6f]), new([7], [8], [-0.8f]), new([9], [], [])], 2).Ok();
        Assert.Equal(2, data.Length);
        Same([1, 2, 3, 4, 5], data[0].Input.ToTokens());
        Same([2L, 3, 4, 5, 6], data[0].Longs(LossInput.TargetTokens));
        Same([0, -0.3f, -0.4f, 0, -0.6f], data[0].Floats(LossInput.Logprobs));
        Same([0f, 2, 2, 0, 2], data[0].Floats(LossInput.Advantages));
        Same([0f, 1, 1, 0, 1], data[0].Floats(LossInput.Mask));
        Same([8L], data[1].Longs(LossInput.TargetTokens));
        Assert.True(DatumCheck.Prepare(data, LossFunction.ImportanceSampling).IsOk);
        RolloutDatum.Build([new([1], [2], [])], 1).Fails(TrainingFailures.BadDatum, "1 tokens with 0");
    }
}
