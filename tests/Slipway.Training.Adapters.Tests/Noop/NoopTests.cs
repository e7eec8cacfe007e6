using System.Collections.Immutable;
using Slipway.Training.Adapters.Noop;
using Slipway.Training.Adapters.Tests.Local;
using Slipway.Training.Data;
using Slipway.Training.Ports;
using Slipway.Workers.Tests.Support;

namespace Slipway.Training.Adapters.Tests.Noop;

public sealed class NoopTests
{
    [Fact]
    public void Every_port_has_an_adapter_that_says_it_is_simulated()
    {
        var calls = new NoopCalls();
        IPortAdapter[] adapters =
        [
            new NoopTrainingClient(calls), new NoopTokenizerSource(calls), new NoopDatasetStore(calls), new NoopBlobStore(calls),
            new NoopHubClient(calls), new NoopLlmClient(calls), new NoopEmbeddingClient(calls), new NoopVectorStore(calls),
        ];
        Assert.Equal(PortNames.All.Length, adapters.Length);
        Assert.All(adapters, static adapter => Assert.True(adapter is { IsSimulated: true, Name: "noop" }));
        Assert.Empty(calls.Counts);
    }

    [Fact]
    public async Task Training_gives_what_has_the_form_and_is_counted_whoever_calls()
    {
        var calls = new NoopCalls();
        await using var client = new NoopTrainingClient(calls);
        await using var session = (await client.StartAsync("tiny-byte", new LoraSettings(), default)).Ok();
        var data = LocalTrainingPlace.Data("abc", "defg");
        var output = (await session.ForwardBackwardAsync(data, LossFunction.CrossEntropy, default)).Ok();
        Assert.Equal([2, 3], output.Logprobs.Select(static row => row.Count));
        Assert.Equal(0, output.Loss);
        (await session.ForwardAsync(data, LossFunction.Ppo(), default)).Fails(TrainingFailures.BadDatum);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => session.StepAsync(new AdamParameters(), default))));
        Assert.Equal((100, 1, 1), (calls["training.step"], calls["training.forward_backward"], calls["training.forward"]));

        await using var sampler = (await session.SnapshotAsync("kept", keep: null, default)).Ok();
        var request = new SampleRequest([new SamplePrompt(LocalTrainingPlace.Input("abc"), Seed: null)], 2, new SamplingParameters { MaxTokens = 4 }) { PromptLogprobs = true };
        var sampled = Assert.Single((await sampler.SampleAsync(request, default)).Ok());
        Assert.Equal((2, 3, "noop:sampler_weights/kept"), (sampled.Sequences.Length, sampled.PromptLogprobs.Length, sampler.Path));
    }

    [Fact]
    public async Task Others_give_what_is_empty_and_are_counted()
    {
        var calls = new NoopCalls();
        Assert.Equal(0, (await new NoopDatasetStore(calls).LoadAsync(new DatasetRequest("a/b", Configuration: null, "train", Revision: null), default)).Ok().Count);
        Assert.Equal(0, (await new NoopBlobStore(calls).ReadAsync("key", default)).Ok().Length);
        Assert.Empty((await new NoopHubClient(calls).ListAsync(new HubRepository("a/b"), default)).Ok().Files);
        Assert.Equal(string.Empty, (await new NoopLlmClient(calls).ChatAsync([], new LlmParameters(), default)).Ok().Content);
        Assert.Equal(2, (await new NoopEmbeddingClient(calls).EmbedAsync(["a", "b"], default)).Ok().Length);
        Assert.Empty((await new NoopVectorStore(calls).QueryAsync("c", ImmutableArray.Create(0f), 3, default)).Ok());
        Assert.Equal(["blob.read", "dataset.load", "embedding.embed", "hub.list", "llm.chat", "vector.query"], calls.Counts.Keys, StringComparer.Ordinal);
    }
}
