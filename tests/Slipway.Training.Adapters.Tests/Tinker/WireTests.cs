using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Slipway.Training.Adapters.Tinker;
using Slipway.Training.Data;
using Slipway.Training.Ports;

namespace Slipway.Training.Adapters.Tests.Tinker;

/// <summary>The bodies of requests and answers, as the interface writes them.</summary>
public sealed class WireTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly TinkerFixture _tinker = new();

    [Fact]
    public async Task Start_asks_what_is_offered_opens_a_session_and_makes_a_model()
    {
        var session = await _tinker.StartAsync();

        Assert.Equal(["healthz", "get_server_capabilities", "client/config", "create_session", "create_model", "retrieve_future", "get_info"], _tinker.Service.Requests.Select(heard => heard.Path), StringComparer.Ordinal);
        Same("create_session", """{"tags":["slipway"],"user_metadata":{},"sdk_version":"0.1.0","type":"create_session"}""");
        Same("create_model", """{"session_id":"s-1","model_seq_id":0,"base_model":"tiny","lora_config":{"rank":8,"seed":0,"train_unembed":true,"train_mlp":true,"train_attn":true},"type":"create_model"}""");
        Same("get_info", """{"model_id":"m-1","type":"get_info"}""");
        Assert.Equal(("tiny", 128), (session.Model.Name, session.Model.Context));
        Assert.Equal(["tiny-tokenizer"], _tinker.Tokenizers, StringComparer.Ordinal);
        Assert.All(_tinker.Service.Requests, heard => Assert.Equal(TinkerFixture.Key, heard.Headers["X-API-Key"]));
    }

    [Fact]
    public async Task Passes_and_steps_have_the_bodies_of_the_interface()
    {
        var session = await _tinker.StartAsync();
        var datum = new Datum(new ModelInput([new TextChunk([]), new TextChunk([10, 20, 30, 40])]), ImmutableSortedDictionary<string, TensorData>.Empty
            .Add(LossInput.TargetTokens, TensorData.Of([20L, 30, 40, 50])).Add(LossInput.Weights, TensorData.Of([0f, 1, 1, 1])).Add(LossInput.Mask, TensorData.Of([0f, 1, 1, 1])));
        var ppo = datum.Without(LossInput.Weights).With(LossInput.Logprobs, TensorData.Of([0f, -0.1f, -1, -2])).With(LossInput.Advantages, TensorData.Of([0f, 1, 1, 1]));

        var pass = await session.ForwardBackwardAsync([datum], LossFunction.CrossEntropy, CancellationToken.None);
        await session.ForwardAsync([datum], LossFunction.CrossEntropy, CancellationToken.None);
        var step = await session.StepAsync(new AdamParameters(), CancellationToken.None);
        await session.ForwardBackwardAsync([ppo], LossFunction.Ppo(), CancellationToken.None);

        const string Input = """{"loss_fn":"cross_entropy","data":[{"model_input":{"chunks":[{"type":"encoded_text","tokens":[10,20,30,40]}]},"loss_fn_inputs":{"target_tokens":{"data":[20,30,40,50],"dtype":"int64","shape":[4]},"weights":{"data":[0,1,1,1],"dtype":"float32","shape":[4]}}}]}""";
        Same("forward_backward", $$"""{"model_id":"m-1","seq_id":1,"forward_backward_input":{{Input}}}""");
        Same("forward", $$"""{"model_id":"m-1","seq_id":2,"forward_input":{{Input}}}""");
        Same("optim_step", """{"model_id":"m-1","seq_id":3,"type":"optim_step","adam_params":{"learning_rate":0.0001,"beta1":0.9,"beta2":0.95,"eps":1E-08,"weight_decay":0,"grad_clip_norm":0}}""");
        var last = _tinker.Service.Of("forward_backward").Last().Body["forward_backward_input"]!;
        Assert.Equal("""{"clip_high_threshold":1.2,"clip_low_threshold":0.8}""", last["loss_fn_config"]!.ToJsonString());
        Assert.Equal("""{"data":[0,-0.1,-1,-2],"dtype":"float32","shape":[4]}""", last["data"]![0]!["loss_fn_inputs"]!["logprobs"]!.ToJsonString());
        Assert.Equal([-0.2f, -0.3f, -0.4f, -0.5f], pass.Value.Logprobs[0].Values.ToArray());
        Assert.Equal((1.4, 1.5), (Math.Round(pass.Value.Loss, 9), step.Value.Metrics["grad_norm"]));
    }

    [Fact]
    public async Task Weights_are_saved_loaded_and_sampled_by_their_paths()
    {
        var session = await _tinker.StartAsync();
        Assert.True((await session.LoadAsync("tinker://m-0/weights/000020", withOptimizer: true, CancellationToken.None)).IsOk);
        Assert.Equal("tinker://m-1/weights/000020", (await session.SaveAsync("000020", TimeSpan.FromDays(7), CancellationToken.None)).Value);
        var named = (await session.SnapshotAsync("000020", null, CancellationToken.None)).Value;
        var unnamed = (await session.SnapshotAsync(null, null, CancellationToken.None)).Value;

        Same("load_weights", """{"model_id":"m-1","path":"tinker://m-0/weights/000020","optimizer":true,"seq_id":1,"type":"load_weights"}""");
        Same("save_weights", """{"model_id":"m-1","path":"000020","seq_id":2,"ttl_seconds":604800,"overwrite":false,"type":"save_weights"}""");
        Same("save_weights_for_sampler", """{"model_id":"m-1","path":"000020","seq_id":3,"type":"save_weights_for_sampler"}""");
        Assert.Equal("""{"model_id":"m-1","sampling_session_seq_id":1,"seq_id":4,"type":"save_weights_for_sampler"}""", _tinker.Service.Of("save_weights_for_sampler").Last().Text);
        Same("create_sampling_session", """{"session_id":"s-1","sampling_session_seq_id":0,"model_path":"tinker://m-1/sampler_weights/000020","type":"create_sampling_session"}""");
        Assert.Equal(("tinker://m-1/sampler_weights/000020", null), (named.Path, unnamed.Path));

        Assert.Equal(TinkerFailures.NotFirst, (await session.LoadAsync("tinker://m-0/weights/a", false, CancellationToken.None)).Failure.Code);
        Assert.Equal(TinkerFailures.BadPath, (await session.LoadAsync("tinker://m-0/sampler_weights/a", false, CancellationToken.None)).Failure.Code);
        Assert.Equal(TinkerFailures.NotSendable, (await session.SaveAsync("../a", null, CancellationToken.None)).Failure.Code);
    }

    [Fact]
    public async Task Samples_are_asked_for_with_seed_and_stops_and_null_is_not_a_number()
    {
        var sampler = (await _tinker.Client.OpenSamplerAsync(new SamplerSource("tiny", null), CancellationToken.None)).Value;
        var request = new SampleRequest([new SamplePrompt(ModelInput.Of([1, 2]), 7)], 2, new SamplingParameters { MaxTokens = 16, StopTexts = ["\n\nUser:"] }) { PromptLogprobs = true };

        var output = (await sampler.SampleAsync(request, CancellationToken.None)).Value[0];

        Same("create_sampling_session", """{"session_id":"s-1","sampling_session_seq_id":0,"base_model":"tiny","type":"create_sampling_session"}""");
        Same("asample", """{"sampling_session_id":"ss-1","seq_id":0,"num_samples":2,"prompt":{"chunks":[{"type":"encoded_text","tokens":[1,2]}]},"sampling_params":{"max_tokens":16,"seed":7,"stop":["\n\nUser:"],"temperature":1,"top_k":-1,"top_p":1},"prompt_logprobs":true,"topk_prompt_logprobs":0,"type":"sample"}""");
        Assert.Equal("1", _tinker.Service.Of("asample").Single().Headers["X-Tinker-Sampling-Backpressure"]);
        Assert.Equal([5, 6], output.Sequences[0].Tokens.ToArray());
        Assert.Equal((StopReason.Stop, StopReason.Length), (output.Sequences[0].Reason, output.Sequences[1].Reason));
        Assert.Equal([float.NaN], output.Sequences[1].Logprobs.ToArray());
        Assert.Equal([float.NaN, -1.5f], output.PromptLogprobs.ToArray());

        var both = request with { Parameters = request.Parameters with { StopTokens = [1] } };
        Assert.Equal(TinkerFailures.NotSendable, (await sampler.SampleAsync(both, CancellationToken.None)).Failure.Code);
    }

    [Fact]
    public async Task Large_batches_are_parted_sent_the_first_last_and_put_together_in_order()
    {
        _tinker.Service.Config = """{"parallel_fwdbwd_chunks":true,"fwdbwd_max_chunk_len":2}""";
        var session = await _tinker.StartAsync();

        var pass = await session.ForwardBackwardAsync([.. Enumerable.Range(1, 5).Select(i => TinkerFixture.Example(i))], LossFunction.CrossEntropy, CancellationToken.None);

        Assert.Equal([3L, 5, 1], _tinker.Service.Of("forward_backward").Select(heard => heard.Body["forward_backward_input"]!["data"]![0]!["loss_fn_inputs"]!["target_tokens"]!["data"]![0]!.GetValue<long>()));
        Assert.Equal([1L, 2, 3], _tinker.Service.Of("forward_backward").Select(heard => heard.Body["seq_id"]!.GetValue<long>()));
        Assert.Equal([-0.01f, -0.02f, -0.03f, -0.04f, -0.05f], pass.Value.Logprobs.Select(logprobs => logprobs.Values[0]));
        Assert.Equal(0.15, pass.Value.Loss, 9);
    }

    [Fact]
    public async Task Numbers_that_are_not_finite_and_models_that_are_not_offered_are_refused_before_sending()
    {
        var session = await _tinker.StartAsync();
        var before = _tinker.Service.Requests.Count;
        Assert.Equal(TinkerFailures.NotSendable, (await session.StepAsync(new AdamParameters(double.NaN), CancellationToken.None)).Failure.Code);
        Assert.Equal(TrainingFailures.BadDatum, (await session.ForwardAsync([TinkerFixture.Example(1).With(LossInput.Weights, TensorData.Of([float.PositiveInfinity]))], LossFunction.CrossEntropy, CancellationToken.None)).Failure.Code);
        Assert.Equal(TinkerFailures.NotSendable, (await session.ForwardAsync([], LossFunction.CrossEntropy, CancellationToken.None)).Failure.Code);
        Assert.Equal(TinkerFailures.UnknownModel, (await _tinker.Client.StartAsync("large", new LoraSettings(), CancellationToken.None)).Failure.Code);
        Assert.Equal(before, _tinker.Service.Requests.Count);
    }

    [Fact]
    public async Task Live_check_says_what_it_found()
    {
        var found = (await TinkerLiveCheck.RunAsync(_tinker.Options, null, CancellationToken.None)).Value;
        Assert.Equal(5, found.Length);
        Assert.Equal(["create_model#0", "forward_backward#1", "optim_step#2"], _tinker.Service.Applied, StringComparer.Ordinal);
        Same("unload_model", """{"model_id":"m-1","type":"unload_model"}""");
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync() => _tinker.DisposeAsync();

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    private void Same(string path, string json) => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), _tinker.Service.Of(path).First().Body), _tinker.Service.Of(path).First().Text);
}
