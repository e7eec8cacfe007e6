using System.Collections.Immutable;
using System.Diagnostics;
using Slipway.TestKit;
using Slipway.Training.Adapters.Local;
using Slipway.Training.Data;
using Slipway.Training.Ports;
using Slipway.Training.Tokenizers;
using Slipway.Workers;
using Slipway.Workers.Connections;
using Slipway.Workers.Tests.Support;

namespace Slipway.Training.Adapters.Tests.Local;

/// <summary>Training in a worker, through the port.</summary>
public sealed class LocalTrainingTests(LocalTrainingPlace place) : IClassFixture<LocalTrainingPlace>
{
    private const int Limit = 120_000;
    private static readonly AdamParameters Adam = new(LearningRate: 1e-2);

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Model_learns_from_calls_that_were_made_without_waiting()
    {
        await using var session = await place.StartAsync();
        Assert.Equal(("tiny-byte", "cpu", 128, 80_112), (session.Model.Name, session.Model.Device, session.Model.Context, session.Model.Parameters));
        var data = LocalTrainingPlace.Data("abcdef", "xyz");
        var first = (await session.ForwardAsync(data, LossFunction.CrossEntropy, default)).Ok();
        var passes = new List<Task<Core.Failures.Result<ForwardOutput>>>();
        var steps = new List<Task<Core.Failures.Result<StepOutput>>>();
        for (var i = 0; i < 10; i++)
        {
            passes.Add(session.ForwardBackwardAsync(data, LossFunction.CrossEntropy, default));
            steps.Add(session.StepAsync(Adam, default));
        }

        Assert.Equal(10, (await steps[^1]).Ok().Metrics["step"]);
        var losses = (await Task.WhenAll(passes)).Select(static pass => pass.Ok().Loss).ToList();
        Assert.Equal(first.Loss, losses[0], 3);
        Assert.True(losses[^1] < losses[0] - 1, string.Join(' ', losses));
        Assert.All(steps, static step => Assert.True(step.Result.Ok().Metrics["grad_norm"] > 0));
        Assert.Equal([5, 2], first.Logprobs.Select(static row => row.Count));
        Assert.Equal(-first.Logprobs.Sum(static row => row.Values.Sum()), first.Loss, 3);
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Samples_are_those_of_the_weights_at_their_place_in_the_order()
    {
        await using var session = await place.StartAsync();
        var early = session.SnapshotAsync(name: null, keep: null, default);
        var learned = session.ForwardBackwardAsync(LocalTrainingPlace.Data("abcdefgh"), LossFunction.CrossEntropy, default);
        var step = session.StepAsync(Adam, default);
        var late = session.SnapshotAsync("late", keep: null, default);
        await using var before = (await early).Ok();
        await using var after = (await late).Ok();
        (await learned).Ok();
        (await step).Ok();
        var request = new SampleRequest(
            [new SamplePrompt(LocalTrainingPlace.Input("ab"), 7), new SamplePrompt(LocalTrainingPlace.Input("xyz"), 9)], 3, new SamplingParameters { MaxTokens = 6 })
        { PromptLogprobs = true, TopPromptLogprobs = 2 };
        var (one, again, other) = ((await before.SampleAsync(request, default)).Ok(), (await before.SampleAsync(request, default)).Ok(), (await after.SampleAsync(request, default)).Ok());
        Assert.Equal([3, 3], one.Select(static output => output.Sequences.Length));
        Assert.Equal(Flat(one), Flat(again));
        Assert.NotEqual(Flat(one), Flat(other), StringComparer.Ordinal);
        Assert.Null(before.Path);
        Assert.True(File.Exists(Path.Combine(after.Path!, "adapter_model.safetensors")));

        // What a sequence was drawn with is what the model says of it.
        Assert.Equal([2, 3], other.Select(static output => output.PromptLogprobs.Length));
        Assert.True(float.IsNaN(other[1].PromptLogprobs[0]) && other[1].PromptLogprobs[1] < 0);
        Assert.Equal([0, 2, 2], other[1].TopPromptLogprobs.Select(static top => top.Length));
        Assert.True(other[1].TopPromptLogprobs[1][0].Logprob >= other[1].TopPromptLogprobs[1][1].Logprob);
        var drawn = other[1].Sequences[2];
        ImmutableArray<int> whole = [.. "xyz".Select(static letter => (int)letter), .. drawn.Tokens];
        var datum = new Datum(ModelInput.Of(whole[..^1]), ImmutableSortedDictionary<string, TensorData>.Empty.Add(LossInput.TargetTokens, TensorData.Of([.. whole[1..].Select(static token => (long)token)])));
        var told = (await session.ForwardAsync([datum], LossFunction.CrossEntropy, default)).Ok().Logprobs[0].Values[2..];
        Assert.All(drawn.Logprobs.Zip(told), static pair => Assert.Equal(pair.First, pair.Second, 4));
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Checkpoint_goes_on_and_opens_as_a_sampler()
    {
        await using var session = await place.StartAsync();
        var data = LocalTrainingPlace.Data("abcdef");
        await LearnAsync(session, data);
        var path = (await session.SaveAsync("000001", keep: null, default)).Ok();
        Assert.StartsWith(place.Folder.Combine("checkpoints"), path);
        Assert.EndsWith("/weights/000001", path);
        await using var resumed = await place.StartAsync();
        (await resumed.LoadAsync(path, withOptimizer: true, default)).Ok();
        Assert.Equal(await LearnAsync(session, data), await LearnAsync(resumed, data));
        await using var sampler = (await place.Client.OpenSamplerAsync(new SamplerSource("tiny-byte", path), default)).Ok();
        await using var based = (await place.Client.OpenSamplerAsync(new SamplerSource("tiny-byte", Path: null), default)).Ok();
        Assert.Equal((path, null), (sampler.Path, based.Path));
        Assert.NotEqual(await ScoreAsync(sampler), await ScoreAsync(based));
        (await session.SaveAsync("../out", keep: null, default)).Fails(AdapterFailures.BadName);

        await File.WriteAllTextAsync(Path.Combine(path, "state.json"), "{}");
        await using var other = await place.StartAsync();
        (await other.LoadAsync(path, withOptimizer: true, default)).Fails(AdapterFailures.CheckpointDamaged);
        await using var wider = await place.StartAsync(rank: 8);
        (await wider.LoadAsync((await session.SaveAsync("000002", keep: null, default)).Ok(), withOptimizer: true, default)).Fails(AdapterFailures.CheckpointMismatch);
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Step_after_a_pass_that_failed_is_not_taken_and_the_model_goes_on()
    {
        await using var session = await place.StartAsync();
        var data = LocalTrainingPlace.Data("abcdef");
        var far = new Datum(LocalTrainingPlace.Input(new string('a', 500)), ImmutableSortedDictionary<string, TensorData>.Empty.Add(LossInput.TargetTokens, TensorData.Of([.. new long[500]])));
        var failed = session.ForwardBackwardAsync([far], LossFunction.CrossEntropy, default);
        var step = session.StepAsync(Adam, default);
        Assert.Contains("128", (await failed).Fails(WorkerFailures.BadInput).Message);
        (await step).Fails(AdapterFailures.EarlierFailed);
        await LearnAsync(session, data);

        (await session.ForwardAsync([.. data, data[0].With(LossInput.Weights, TensorData.Of([1, 1, 1, 1, 1f]))], LossFunction.CrossEntropy, default)).Fails(TrainingFailures.BadDatum);
        (await session.ForwardAsync([data[0] with { Input = new ModelInput([new ImageChunk(new byte[1], "png", 5)]) }], LossFunction.CrossEntropy, default)).Fails(AdapterFailures.OnlyText);
        await LearnAsync(session, data);
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Several_targets_a_position_come_back_in_their_shape()
    {
        await using var session = await place.StartAsync();
        var single = LocalTrainingPlace.Data("abcd")[0];
        var pairs = single.With(LossInput.TargetTokens, new LongTensor([98, 97, 99, 97, 100, 97], [3, 2])).With(LossInput.Weights, new FloatTensor([0.5f, 0.5f, 1, 0, 1, 0], [3, 2]));
        var one = (await session.ForwardAsync([single], LossFunction.CrossEntropy, default)).Ok().Logprobs[0];
        var two = (await session.ForwardAsync([pairs], LossFunction.CrossEntropy, default)).Ok().Logprobs[0];
        Assert.Equal([3, 2], two.Shape.AsEnumerable());
        Assert.Equal(one.Values, two.Values.Where(static (_, index) => index % 2 == 0));
        (await session.ForwardAsync([single.With(LossInput.Weights, TensorData.Of([1, 1, 1f])), pairs], LossFunction.CrossEntropy, default)).Fails(TrainingFailures.BadDatum);
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Cancelled_operation_leaves_the_model_uncertain_and_others_not()
    {
        await using var session = await place.StartAsync();
        using var never = new CancellationTokenSource();
        await never.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => session.StepAsync(Adam, never.Token));
        await LearnAsync(session, LocalTrainingPlace.Data("abc"));
        using var later = new CancellationTokenSource();
        var long_ = session.ForwardBackwardAsync(LocalTrainingPlace.Data([.. Enumerable.Repeat(new string('a', 120), 400)]), LossFunction.CrossEntropy, later.Token);
        await later.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => long_);
        (await session.StepAsync(Adam, default)).Fails(AdapterFailures.Uncertain);
        await using var other = await place.StartAsync();
        await LearnAsync(other, LocalTrainingPlace.Data("abc"));
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Worker_that_died_is_told_and_replaced_for_a_new_session()
    {
        await using var client = place.MakeClient();
        var lora = new LoraSettings(4);
        await using var session = (await client.StartAsync("tiny-byte", lora, default)).Ok();
        var path = (await session.SaveAsync("saved", keep: null, default)).Ok();
        using (var process = Process.GetProcessById(place.Worker!.Info.ProcessId))
        {
            process.Kill();
        }

        var failure = (await session.StepAsync(Adam, default)).Fails(AdapterFailures.WorkerLost);
        Assert.Contains("last checkpoint", failure.Message + failure.Remedy);
        await using var resumed = (await client.StartAsync("tiny-byte", lora, default)).Ok();
        (await resumed.LoadAsync(path, withOptimizer: true, default)).Ok();
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Tokenizer_of_bytes_is_ours_and_that_of_the_worker_agrees()
    {
        var tokenizer = (await place.Client.Tokenizers.GetAsync("tiny-byte-teacher", default)).Ok();
        Assert.Equal("tiny-byte-teacher", Assert.IsType<ByteTokenizer>(tokenizer).Name);
        await using var worker = new LocalWorker(_ => place.OpenAsync());
        var model = new LocalModel("tiny-byte", Path: null);
        var described = (await worker.CallAsync("training_tokenizer", model.Arguments, [], default)).Ok();
        var remote = new WorkerTokenizer(worker, model, "-", described.Values);
        Assert.Equal(tokenizer.Specials.AsEnumerable(), remote.Specials);
        Assert.Equal((tokenizer.Begin, tokenizer.End), (remote.Begin, remote.End));
        ImmutableArray<TokenChunk> chunks = [new([TokenText.Special("<bos>"), TokenText.Plain("für <eos>")]), new([]), new([TokenText.Plain(new string('x', 3_000_000))]), new([TokenText.Special("<|im_end|>")])];
        var (here, there) = ((await tokenizer.EncodeAsync(chunks, default)).Ok(), (await remote.EncodeAsync(chunks, default)).Ok());
        Assert.Equal(here.Select(static row => row.ToArray()), there.Select(static row => row.ToArray()));
        Assert.Equal((await tokenizer.DecodeAsync(here, default)).Ok().AsEnumerable(), (await remote.DecodeAsync(there, default)).Ok(), StringComparer.Ordinal);
        (await remote.EncodeAsync([new TokenChunk([TokenText.Special("<none>")])], default)).Fails(TrainingFailures.UnknownSpecial);
        (await remote.DecodeAsync([[99_999]], default)).Fails(TrainingFailures.UnknownToken);
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task What_is_missing_is_told_by_what_provides_it()
    {
        await using var client = place.MakeClient(new WorkerModule("no_torch", "import sys\nsys.modules['torch'] = None\n"));
        var failure = (await client.StartAsync("tiny-byte", new LoraSettings(4), default)).Fails(AdapterFailures.ModuleMissing);
        Assert.Contains("torch", failure.Message);
        Assert.Contains("--manifest local", failure.Remedy);
        Assert.Contains("python3-torch", failure.Remedy);
        Assert.Contains("Did you mean tiny-byte?", (await place.Client.StartAsync("tiny-bite", new LoraSettings(4), default)).Fails(AdapterFailures.UnknownModel).Message);
        var empty = place.Folder.CreateFolder("empty-model");
        var unusable = (await place.Client.StartAsync(empty, new LoraSettings(4), default)).Failure;
        Assert.True(unusable.Code == AdapterFailures.ModelUnusable || unusable.Code == AdapterFailures.ModuleMissing, unusable.ToString());
    }

    [Fact]
    public void Settings_that_are_missing_or_wrong_are_told_when_the_adapter_is_made()
    {
        var options = place.Options();
        Assert.Contains("checkpoint_root", LocalTrainingClient.Create(options with { CheckpointRoot = string.Empty }, hub: null).Fails(AdapterFailures.BadSetting).Message);
        Assert.Contains("absolute", LocalTrainingClient.Create(options with { CheckpointRoot = "here" }, hub: null).Fails(AdapterFailures.BadSetting).Message);
        Assert.Contains("absolute", LocalTrainingClient.Create(options with { CacheDirectory = "here" }, hub: null).Fails(AdapterFailures.BadSetting).Message);
        Assert.Contains("token_budget", LocalTrainingClient.Create(options with { TokenBudget = 0 }, hub: null).Fails(AdapterFailures.BadSetting).Message);
    }

    private static async Task<double> LearnAsync(ITrainingSession session, ImmutableArray<Datum> data)
    {
        var loss = (await session.ForwardBackwardAsync(data, LossFunction.CrossEntropy, default)).Ok().Loss;
        (await session.StepAsync(Adam, default)).Ok();
        return loss;
    }

    private static async Task<float> ScoreAsync(ISampler sampler)
    {
        var request = new SampleRequest([new SamplePrompt(LocalTrainingPlace.Input("abcdef"), Seed: null)], 1, new SamplingParameters { MaxTokens = 0 }) { PromptLogprobs = true };
        return (await sampler.SampleAsync(request, default)).Ok()[0].PromptLogprobs[1..].Sum();
    }

    private static string Flat(ImmutableArray<SampleOutput> outputs) =>
        string.Join(' ', outputs.SelectMany(static output => output.Sequences).Select(static sequence => $"{sequence.Reason}:{string.Join(',', sequence.Tokens)}:{string.Join(',', sequence.Logprobs)}"));
}
