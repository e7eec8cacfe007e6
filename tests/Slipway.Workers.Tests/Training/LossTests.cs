using System.Text.Json.Nodes;
using Slipway.TestKit;
using Slipway.Workers.Frames;

namespace Slipway.Workers.Tests.Training;

/// <summary>The losses and Adam, by numbers that were worked out elsewhere.</summary>
public sealed class LossTests(TrainingPlace place) : IClassFixture<TrainingPlace>
{
    private const int Limit = 120_000;

    private static readonly float[] Lp = [-0.5f, -1, -2];
    private static readonly float[] Q = [-0.7f, -0.9f, -1];
    private static readonly float[] A = [1, -0.5f, 2];

    [RequiresTheory(Capability.SystemTorch, Timeout = Limit)]
    [InlineData("cross_entropy", "{}", 3.0, new[] { 0.0, -1, -1 })]
    [InlineData("importance_sampling", "{}", -1.504743, new[] { -1.221403, 0.452419, -0.735759 })]
    [InlineData("ppo", "{}", -1.483340, new[] { 0, 0.452419, -0.735759 })]
    [InlineData("ppo", "{\"clip_low_threshold\":0.8,\"clip_high_threshold\":1.2}", -1.483340, new[] { 0, 0.452419, -0.735759 })]
    [InlineData("cispo", "{\"clip_low_threshold\":0.8,\"clip_high_threshold\":1.2}", 3.347581, new[] { -1.2, 0.452419, -1.6 })]
    [InlineData("cispo", "{\"clip_low_threshold\":0,\"clip_high_threshold\":4}", 1.629800, new[] { -1.221403, 0.452419, -0.735759 })]
    [InlineData("dro", "{\"beta\":0.05}", 4.026250, new[] { -0.99, 0.495, -2.05 })]
    public async Task Loss_and_gradient_are_those_of_the_formula(string loss, string config, double expected, double[] gradient)
    {
        Tensor[] tensors = loss is "cross_entropy" ? [Tensor.Of("weights", [0f, 1, 1])] : [Tensor.Of("logprobs", Q), Tensor.Of("advantages", A)];
        await CheckAsync(loss, config, expected, gradient, [Tensor.Of("lp", Lp), .. tensors]);
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Bounds_of_each_token_come_before_those_of_all()
    {
        Tensor[] tensors = [Tensor.Of("lp", Lp), Tensor.Of("logprobs", Q), Tensor.Of("advantages", A), Tensor.Of("clip_low_threshold", [0f, 0, 0]), Tensor.Of("clip_high_threshold", [4f, 4, 4])];
        await CheckAsync("cispo", "{\"clip_low_threshold\":0.8,\"clip_high_threshold\":1.2}", 1.629800, [-1.221403, 0.452419, -0.735759], tensors);
    }

    [RequiresTheory(Capability.SystemTorch, Timeout = Limit)]
    [InlineData("cross_entropy", "{}")]
    [InlineData("importance_sampling", "{}")]
    [InlineData("ppo", "{}")]
    [InlineData("cispo", "{\"clip_low_threshold\":0.8,\"clip_high_threshold\":1.2}")]
    [InlineData("dro", "{\"beta\":0.05}")]
    public async Task Token_that_does_not_count_lets_nothing_in(string loss, string config)
    {
        Tensor[] tensors = loss is "cross_entropy"
            ? [Tensor.Of("weights", [0f, 0])]
            : [Tensor.Of("logprobs", [float.NaN, float.PositiveInfinity]), Tensor.Of("advantages", [0f, 0])];
        await CheckAsync(loss, config, 0, [0, 0], [Tensor.Of("lp", [float.NegativeInfinity, float.NaN]), .. tensors]);
    }

    [RequiresTheory(Capability.SystemTorch, Timeout = Limit)]
    [InlineData(0.0, 1e-12, new[] { 0.9, -1.9, 0.5 }, new[] { 0.809130786, -1.873163055, 0.573496 })]
    [InlineData(0.1, 1e-8, new[] { 0.89000001, -1.880000005, 0.495 }, new[] { 0.7902308, -1.834363062, 0.563545998 })]
    public async Task Adam_takes_the_steps_of_its_paper(double decay, double eps, double[] first, double[] second)
    {
        var answer = await place.DoAsync("adam_of_tests", new JsonObject { ["learning_rate"] = 0.1, ["weight_decay"] = decay, ["eps"] = eps });
        Near(first, TrainingPlace.Floats(answer.Find("step1")!));
        Near(second, TrainingPlace.Floats(answer.Find("step2")!));
        Assert.Equal(Math.Sqrt(0.26), answer.Values.GetProperty("grad_norm").GetDouble(), 9);
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Clipping_is_of_the_norm_of_all()
    {
        // Adam forgets a constant scale, so the two gradients are clipped differently: norms 0.2236 and 0.5099 to 0.1.
        var free = await place.DoAsync("adam_of_tests", new JsonObject { ["learning_rate"] = 0.1, ["grad_clip_norm"] = 10 });
        var clipped = await place.DoAsync("adam_of_tests", new JsonObject { ["learning_rate"] = 0.1, ["grad_clip_norm"] = 0.1 });
        Near([0.809130786, -1.873163055, 0.573496], TrainingPlace.Floats(free.Find("step2")!), 1e-3);
        var (g1, g2) = (0.1 * (0.1 / Math.Sqrt(0.05)), 0.3 * (0.1 / Math.Sqrt(0.26)));
        var (m, v) = ((0.9 * 0.1 * g1) + (0.1 * g2), (0.95 * 0.05 * g1 * g1) + (0.05 * g2 * g2));
        Assert.Equal(0.9 - (0.1 * (m / 0.19) / Math.Sqrt(v / (1 - (0.95 * 0.95)))), TrainingPlace.Floats(clipped.Find("step2")!)[0], 5);
    }

    [RequiresTheory(Capability.SystemTorch, Timeout = Limit)]
    [InlineData("{\"loss_fn\":\"mse\"}", "loss_fn is mse, and must be one of cross_entropy,", "")]
    [InlineData("{\"loss_fn_config\":{\"beta\":1}}", "beta is not known to cross_entropy; there are none", "")]
    [InlineData("{\"loss_fn\":\"ppo\",\"loss_fn_config\":{\"clip_low_threshold\":\"x\"}}", "clip_low_threshold is no number", "logprobs advantages")]
    [InlineData("{\"loss_fn\":\"dro\"}", "beta is missing, and dro needs it", "logprobs advantages")]
    [InlineData("{\"loss_fn\":\"cispo\"}", "clip_low_threshold is missing, and cispo needs it", "logprobs advantages")]
    [InlineData("{\"loss_fn\":\"importance_sampling\"}", "tensor advantages is missing", "logprobs")]
    [InlineData("{}", "tensor advantages is not taken by cross_entropy", "advantages")]
    [InlineData("{}", "tensor mask is not known here", "mask")]
    [InlineData("{\"columns\":2}", "tensor target_tokens has 2 numbers, and must have 4", "")]
    [InlineData("{\"loss_fn\":\"importance_sampling\",\"columns\":1}", "only cross_entropy takes several targets", "logprobs advantages")]
    [InlineData("{\"compute_loss\":false}", "nothing to learn without a loss", "")]
    [InlineData("{\"colour\":1}", "colour is not known here", "")]
    public async Task What_a_loss_does_not_take_is_named(string arguments, string words, string tensors)
    {
        await place.CreateAsync("named");
        var call = JsonNode.Parse(arguments)!.AsObject();
        call["model_id"] = "named";
        var rows = tensors.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static name => Tensor.Of(name, [0f, 1]));
        var told = await place.FailAsync(WorkerFailures.BadInput, "training_forward_backward", call, [.. TrainingPlace.Datums("abc"), .. rows]);
        Assert.Contains(words, told);
    }

    private async Task CheckAsync(string loss, string config, double expected, double[] gradient, Tensor[] tensors)
    {
        var answer = await place.DoAsync("loss_of_tests", new JsonObject { ["loss_fn"] = loss, ["config"] = JsonNode.Parse(config) }, tensors);
        Assert.Equal(expected, answer.Values.GetProperty("loss").GetDouble(), 5);
        Near(gradient, TrainingPlace.Floats(answer.Find("gradient")!), 2e-6);
    }

    private static void Near(double[] expected, float[] actual, double tolerance = 1e-6)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second - pair.First, -tolerance, tolerance));
    }
}
