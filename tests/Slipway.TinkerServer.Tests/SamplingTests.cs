using System.Net;
using System.Text.Json.Nodes;
using Slipway.TestKit;
using Slipway.TinkerApi.Tests.Support;
using Slipway.Workers.Connections;

namespace Slipway.TinkerApi.Tests;

/// <summary>Checkpoints, and drawing from them.</summary>
public sealed class SamplingTests(TorchPlace place) : IClassFixture<TorchPlace>
{
    private const int Limit = 120_000;

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Checkpoints_are_saved_listed_loaded_and_taken_away()
    {
        await using var server = await place.StartAsync();
        using var client = new RawClient(server);
        var model = await client.ModelAsync();
        await client.ResultAsync("forward_backward", ApiBody.ForwardBackward(model, 1));
        await client.ResultAsync("optim_step", ApiBody.Step(model, 2));
        string Save(int number, string more = "") => $$"""{"model_id":"{{model}}","path":"000020","seq_id":{{number}},"ttl_seconds":604800{{more}},"type":"save_weights"}""";
        Assert.Equal("""{"path":"tinker://m-1/weights/000020"}""", await client.ResultAsync("save_weights", Save(3, ",\"overwrite\":false")));
        Assert.Contains("is there already, and overwrite is false", await client.ResultAsync("save_weights", Save(4)), StringComparison.Ordinal);
        Assert.Contains("weights/000020", await client.ResultAsync("save_weights", Save(5, ",\"overwrite\":true")), StringComparison.Ordinal);
        Assert.Equal("""{"path":"tinker://m-1/sampler_weights/000020"}""", await client.ResultAsync("save_weights_for_sampler", $$"""{"model_id":"{{model}}","path":"000020","seq_id":6,"type":"save_weights_for_sampler"}"""));
        var there = JsonNode.Parse((await client.SendAsync(HttpMethod.Get, $"training_runs/{model}/checkpoints")).Body)!["checkpoints"]!.AsArray();
        Assert.Equal(["weights/000020 training", "sampler_weights/000020 sampler"], there.Select(static one => $"{one!["checkpoint_id"]} {one["checkpoint_type"]}"), StringComparer.Ordinal);
        Assert.Equal("""{"base_model":"tiny-byte","is_lora":true,"lora_rank":4}""", (await client.PostAsync("weights_info", """{"tinker_path":"tinker://m-1/weights/000020"}""", string.Empty)).Body);

        var body = """{"session_id":"s-1","model_seq_id":1,"base_model":"tiny-byte","lora_config":{"rank":4},"type":"create_model"}""";
        Assert.Equal("m-2", (await client.DoAsync("create_model", body))["model_id"]!.GetValue<string>());
        static string Load(string kind) => $$"""{"model_id":"m-2","path":"tinker://m-1/{{kind}}/000020","optimizer":true,"seq_id":1,"type":"load_weights"}""";
        var (status, said) = await client.PostAsync("load_weights", Load("sampler_weights"));
        Assert.Equal((HttpStatusCode.BadRequest, true), (status, said.Contains("weights for sampling only", StringComparison.Ordinal)));
        Assert.Equal("""{"path":"tinker://m-1/weights/000020","type":"load_weights"}""", await client.ResultAsync("load_weights", Load("weights")));
        Assert.Equal(await client.ResultAsync("forward", ApiBody.Forward(model, 7)), await client.ResultAsync("forward", ApiBody.Forward("m-2", 2)));

        var (found, where) = await client.SendAsync(HttpMethod.Get, $"training_runs/{model}/checkpoints/weights/000020/archive");
        Assert.Equal(HttpStatusCode.Redirect, found);
        using var http = new HttpClient();
        Assert.Equal([0x1f, 0x8b], (await http.GetByteArrayAsync(new Uri(server.BaseUrl, where)))[..2]);
        Assert.Equal(HttpStatusCode.NoContent, (await client.SendAsync(HttpMethod.Delete, $"training_runs/{model}/checkpoints/weights/000020")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await client.SendAsync(HttpMethod.Delete, $"training_runs/{model}/checkpoints/weights/000020")).Status);
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Samples_are_those_of_their_seed_and_of_the_moment_of_saving()
    {
        await using var server = await place.StartAsync();
        using var client = new RawClient(server);
        var model = await client.ModelAsync();
        Assert.Equal("""{"sampling_session_id":"ss-1"}""", await client.ResultAsync("save_weights_for_sampler", $$"""{"model_id":"{{model}}","sampling_session_seq_id":0,"seq_id":1,"type":"save_weights_for_sampler"}"""));
        await client.ResultAsync("save_weights_for_sampler", $$"""{"model_id":"{{model}}","path":"a","seq_id":2,"type":"save_weights_for_sampler"}""");
        var session = """{"session_id":"s-1","sampling_session_seq_id":1,"model_path":"tinker://m-1/sampler_weights/a","type":"create_sampling_session"}""";
        Assert.Equal("""{"sampling_session_id":"ss-2"}""", (await client.DoAsync("create_sampling_session", session)).ToJsonString());
        Assert.Equal("ss-2", (await client.DoAsync("create_sampling_session", session))["sampling_session_id"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.Conflict, (await client.PostAsync("create_sampling_session", session.Replace("\":1,", "\":0,", StringComparison.Ordinal))).Status);
        var bare = """{"session_id":"s-1","sampling_session_seq_id":2,"base_model":"tiny-byte","type":"create_sampling_session"}""";
        Assert.Equal("ss-3", (await client.DoAsync("create_sampling_session", bare))["sampling_session_id"]!.GetValue<string>());

        static string Sample(string from, int number) => $$$"""
            {"sampling_session_id":"{{{from}}}","seq_id":{{{number}}},"num_samples":2,"prompt":{"chunks":[{"type":"encoded_text","tokens":[1,2]}]},"sampling_params":{"max_tokens":3,"seed":7,"stop":["\n\nUser:"],"temperature":1.0,"top_k":-1,"top_p":1.0},"prompt_logprobs":true,"topk_prompt_logprobs":2,"type":"sample"}
            """;
        var drawn = await client.ResultAsync("asample", Sample("ss-1", 5));
        const string Sequence = """\{"stop_reason":"length","tokens":\[\d+,\d+,\d+\],"logprobs":\[[-.\d]+,[-.\d]+,[-.\d]+\]\}""";
        Assert.Matches($$"""^\{"sequences":\[{{Sequence}},{{Sequence}}\],"prompt_logprobs":\[null,[-.\d]+\],"topk_prompt_logprobs":\[null,\[\[\d+,[-.\d]+\],\[\d+,[-.\d]+\]\]\],"type":"sample"\}$""", drawn);

        // A new adapter changes nothing: all three draw the same.
        Assert.Equal(drawn, await client.ResultAsync("asample", Sample("ss-2", 0)));
        Assert.Equal(drawn, await client.ResultAsync("asample", Sample("ss-3", 0)));
        await client.ResultAsync("forward_backward", ApiBody.ForwardBackward(model, 3));
        await client.ResultAsync("optim_step", ApiBody.Step(model, 4, "1"));
        Assert.Equal(drawn, await client.ResultAsync("asample", Sample("ss-1", 6)));
        Assert.Equal(["5", "0", "0", "6"], server.Applied.Where(static applied => applied.Path is "asample").Select(static applied => $"{applied.SeqId}"), StringComparer.Ordinal);
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Checkpoint_is_pending_until_it_is_saved_and_gone_after_its_time()
    {
        var time = new ManualTimeProvider();
        await using var server = await place.StartAsync(place.Options with { Time = time });
        using var client = new RawClient(server);
        var model = await client.ModelAsync();
        const string Info = """{"tinker_path":"tinker://m-1/weights/kept"}""";
        using var release = new CancellationTokenSource();
        var held = place.Worker!.CallAsync(WorkerCall.Of("hold_of_tests", new JsonObject()), release.Token);
        var save = await client.DoAsync("save_weights", $$"""{"model_id":"{{model}}","path":"kept","seq_id":1,"ttl_seconds":60,"type":"save_weights"}""");
        Assert.Equal(425, (int)(await client.PostAsync("weights_info", Info, string.Empty)).Status);
        await release.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => held);
        Assert.Contains("weights/kept", await client.WaitAsync(save), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("weights_info", Info, string.Empty)).Status);
        time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(HttpStatusCode.NotFound, (await client.PostAsync("weights_info", Info, string.Empty)).Status);
        Assert.Equal("""{"checkpoints":[]}""", (await client.SendAsync(HttpMethod.Get, $"training_runs/{model}/checkpoints")).Body);
    }
}
