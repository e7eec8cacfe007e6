using System.Net;
using Slipway.TinkerApi.Tests.Support;

namespace Slipway.TinkerApi.Tests;

/// <summary>What is refused, with the status and the place.</summary>
public sealed class BodyTests(BarePlace place) : IClassFixture<BarePlace>
{
    private const string Weights = ",\"weights\":{\"data\":[0.0,1.0,1.0,1.0],\"dtype\":\"float32\",\"shape\":[4]}";
    private const string Input = "{\"type\":\"encoded_text\",\"tokens\":[10,20,30,40]}";

    /// <summary>What is put in the place of what in a good <c>forward_backward</c>, and how it is refused.</summary>
    public static TheoryData<string, string, int, string> Changes => new()
    {
        { "\"seq_id\":1", "\"seq_id\":1,\"colour\":1", 422, "colour is not known" },
        { "\"seq_id\":1,", "", 422, "seq_id is missing" },
        { "\"seq_id\":1", "\"seq_id\":null", 422, "seq_id is null; such fields are left out" },
        { "\"seq_id\":1", "\"seq_id\":1,\"seq_id\":1", 422, "seq_id is there twice" },
        { "\"seq_id\":1", "\"seq_id\":\"1\"", 422, "seq_id is not a whole number" },
        { "\"seq_id\":1", "\"seq_id\":0", 422, "at least 1" },
        { "\"seq_id\":1", "\"seq_id\":2", 400, "seq_id is 2, and the next request of m-1 has 1" },
        { "\"m-1\"", "\"m-2\"", 404, "there is none of that name" },
        { "\"m-1\"", "\"m/1\"", 422, "model_id is no id" },
        { "\"cross_entropy\"", "\"mse\"", 422, "loss_fn is mse, and must be one of" },
        { "\"cross_entropy\"", "\"cross_entropy\",\"loss_fn_config\":{\"beta\":0.1}", 422, "loss_fn_config.beta is not known" },
        { "\"cross_entropy\"", "\"ppo\"", 422, "logprobs is missing" },
        { "\"cross_entropy\"", "\"cispo\"", 422, "clip_low_threshold is missing" },
        { "forward_backward_input", "forward_input", 422, "forward_backward_input is missing" },
        { Input, "", 422, "chunks is empty" },
        { Input, Input + ",{\"type\":\"encoded_text\",\"tokens\":[]}", 400, "Chunk 1 has empty tokens list" },
        { Input, "{\"type\":\"image\",\"data\":\"\",\"format\":\"png\"}", 400, "which no model here takes" },
        { Input, "{\"type\":\"dmel\"}", 422, "type is not known" },
        { "[10,20,30,40]", "[10,20,30,-1]", 422, "tokens has -1, which is no token" },
        { "[10,20,30,40]", "[10,20,30]", 422, "shape is [4], and must be [3] or [3,K]" },
        { "\"int64\"", "\"float32\"", 422, "target_tokens.dtype must be int64" },
        { "\"float32\"", "\"int64\"", 422, "weights.dtype must be float32" },
        { "[20,30,40,50]", "[20,30,40]", 422, "target_tokens.data has 3 numbers, and its shape 4" },
        { "[20,30,40,50]", "[20,30,40,50.0]", 422, "which is no int64" },
        { "[0.0,1.0,1.0,1.0]", "[0.0,1.0,1.0,1e39]", 422, "weights.data has 1e39, which is no finite float32" },
        { "[0.0,1.0,1.0,1.0]", "[0.0,1.0,1.0,NaN]", 400, "the body is no JSON" },
        { "[0.0,1.0,1.0,1.0]", "[0.0,1.0,1.0,null]", 422, "which is no finite float32" },
        { Weights, Weights.Replace("[4]", "[4,1]", StringComparison.Ordinal), 422, "weights has another shape than target_tokens" },
        { Weights, ",\"mask\":{\"data\":[1,1,1,1],\"dtype\":\"float32\"}", 422, "loss_fn_inputs.mask is not known" },
        { Weights, Weights.Replace("\"shape\":[4]", "\"shape\":[2,2]", StringComparison.Ordinal), 422, "shape is [2,2]" },
        { Weights, Weights.Replace("\"shape\"", "\"sparse_col_indices\":[],\"sparse_crow_indices\":[],\"shape\"", StringComparison.Ordinal), 422, "is of one dimension, and sparse" },
        { "\"data\":[{", "\"data\":[],\"datums\":[{", 422, "datums is not known" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Body_that_is_not_exactly_right_is_refused_by_the_place(string old, string changed, int status, string words)
    {
        await using var server = await place.StartAsync();
        using var client = new RawClient(server);
        var body = ApiBody.ForwardBackward(await client.ModelAsync(), 1);
        Assert.Contains(old, body, StringComparison.Ordinal);
        var (answered, said) = await client.PostAsync("forward_backward", body.Replace(old, changed, StringComparison.Ordinal));
        Assert.Contains(words, said, StringComparison.Ordinal);
        Assert.Equal(status, (int)answered);
        Assert.DoesNotContain(server.Accepted, static accepted => accepted.Path is "forward_backward");
    }

    [Fact]
    public async Task Bodies_of_the_other_paths_are_as_strict()
    {
        await using var server = await place.StartAsync();
        using var client = new RawClient(server);
        var model = await client.ModelAsync();
        foreach (var (path, body, status, words) in (IEnumerable<(string, string, int, string)>)
        [
            ("create_session", """{"tags":"x","sdk_version":"1","type":"create_session"}""", 422, "tags is not a list"),
            ("create_session", """{"tags":[1],"sdk_version":"1","type":"create_session"}""", 422, "tags has what is no string"),
            ("create_session", """{"tags":[],"sdk_version":"1","type":"session"}""", 422, "type must be create_session"),
            ("create_session", "[]", 422, "the body is no object"),
            ("create_session", "", 422, "the body is no object"),
            ("create_model", """{"session_id":"s-9","model_seq_id":0,"base_model":"tiny-byte","lora_config":{},"type":"create_model"}""", 404, "session_id is s-9"),
            ("create_model", """{"session_id":"s-1","model_seq_id":1,"base_model":"gpt","lora_config":{},"type":"create_model"}""", 400, "not served here"),
            ("create_model", """{"session_id":"s-1","model_seq_id":1,"base_model":"tiny-byte","lora_config":{"alpha":1},"type":"create_model"}""", 422, "lora_config.alpha is not known"),
            ("session_heartbeat", """{"session_id":"s-9","type":"session_heartbeat"}""", 404, "none of that name"),
            ("get_info", """{"model_id":"m-9","type":"get_info"}""", 404, "none of that name"),
            ("optim_step", ApiBody.Step(model, 1, "1e999"), 422, "which no double can hold"),
            ("optim_step", ApiBody.Step(model, 1).Replace("eps", "epsilon", StringComparison.Ordinal), 422, "epsilon is not known"),
            ("save_weights", $$"""{"model_id":"{{model}}","path":"a/b","seq_id":1,"type":"save_weights"}""", 422, "path is no id"),
            ("save_weights_for_sampler", $$"""{"model_id":"{{model}}","path":"a","sampling_session_seq_id":0,"seq_id":1,"type":"save_weights_for_sampler"}""", 422, "are both there"),
            ("save_weights_for_sampler", $$"""{"model_id":"{{model}}","seq_id":1,"type":"save_weights_for_sampler"}""", 422, "path is missing"),
            ("load_weights", $$"""{"model_id":"{{model}}","path":"tinker://m-1/weights/x","optimizer":true,"seq_id":2,"type":"load_weights"}""", 400, "LoadWeights is not permitted with seq_id 2"),
            ("load_weights", $$"""{"model_id":"{{model}}","path":"tinker://m-1/weights/x","optimizer":true,"seq_id":1,"type":"load_weights"}""", 404, "none of that name"),
            ("load_weights", $$"""{"model_id":"{{model}}","path":"/etc","optimizer":true,"seq_id":1,"type":"load_weights"}""", 422, "which is no tinker://"),
            ("create_sampling_session", """{"session_id":"s-1","sampling_session_seq_id":0,"type":"create_sampling_session"}""", 422, "model_path or base_model"),
            ("asample", """{"sampling_session_id":"ss-1","seq_id":0,"prompt":{"chunks":[{"type":"encoded_text","tokens":[1]}]},"sampling_params":{"max_tokens":1},"type":"sample"}""", 404, "sampling_session_id is ss-1"),
            ("asample", """{"sampling_session_id":"ss-1","seq_id":0,"prompt":{"chunks":[{"type":"encoded_text","tokens":[1]}]},"sampling_params":{"max_tokens":1,"stop":["a",1]},"type":"sample"}""", 422, "stop is neither"),
            ("asample", """{"sampling_session_id":"ss-1","seq_id":0,"prompt":{"chunks":[{"type":"encoded_text","tokens":[1]}]},"sampling_params":{},"type":"sample"}""", 422, "max_tokens is missing"),
            ("retrieve_future", """{"request_id":"r-99"}""", 404, "none of that name"),
            ("retrieve_future", """{"request_id":"r-1","type":"retrieve"}""", 422, "type is not known"),
            ("telemetry", """{"session_id":"s-1","process_uuid":"u","platform":"p","sdk_version":"1","events":[{"event":"NOISE","event_id":"e","event_session_index":0,"severity":"INFO","timestamp":"t"}]}""", 422, "events[0].event is NOISE"),
            ("no/such/path", "{}", 404, "not known here"),
        ])
        {
            var (answered, said) = await client.PostAsync(path, body);
            Assert.Contains(words, said, StringComparison.Ordinal);
            Assert.True(status == (int)answered, $"{path}: {answered} {said}");
        }

        Assert.Equal(["create_session", "create_model"], server.Accepted.Select(static accepted => accepted.Path), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Key_and_idempotency_key_are_needed()
    {
        await using var server = await place.StartAsync();
        foreach (var key in (string?[])[null, "tml-other", ""])
        {
            using var stranger = new RawClient(server, key);
            Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.PostAsync("client/config", "{}")).Status);
            Assert.Equal(HttpStatusCode.OK, (await stranger.SendAsync(HttpMethod.Get, "healthz")).Status);
        }

        using var client = new RawClient(server);
        const string Session = """{"tags":[],"sdk_version":"0.1.0","type":"create_session"}""";
        Assert.Equal((HttpStatusCode.BadRequest, "X-Idempotency-Key is missing"), Said(await client.PostAsync("create_session", Session, string.Empty)));
        var first = await client.PostAsync("create_session", Session, "k");
        Assert.Equal(first, await client.PostAsync("create_session", Session, "k"));
        Assert.Equal((HttpStatusCode.Conflict, "the idempotency key k is that of another request"), Said(await client.PostAsync("create_session", Session.Replace("[]", "[\"a\"]", StringComparison.Ordinal), "k")));
        Assert.Single(server.Accepted);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await client.SendAsync(HttpMethod.Get, "create_session")).Status);
    }

    [Fact]
    public async Task Repetition_gets_the_same_and_another_body_a_conflict()
    {
        await using var server = await place.StartAsync();
        using var client = new RawClient(server);
        var model = await client.ModelAsync();
        var first = await client.PostAsync("forward_backward", ApiBody.ForwardBackward(model, 1));
        Assert.Equal((HttpStatusCode.OK, """{"request_id":"r-2","model_id":"m-1"}"""), first);
        Assert.Equal(first, await client.PostAsync("forward_backward", ApiBody.ForwardBackward(model, 1)));
        Assert.Equal((HttpStatusCode.Conflict, "m-1 has had another request 1"), Said(await client.PostAsync("optim_step", ApiBody.Step(model, 1))));
        Assert.Equal(HttpStatusCode.Conflict, (await client.PostAsync("forward_backward", ApiBody.ForwardBackward(model, 1).Replace("0.0,1.0", "0.5,1.0", StringComparison.Ordinal))).Status);
        Assert.Equal(1, server.Accepted.Count(static accepted => accepted is { Owner: "m-1", SeqId: 1 }));
        await client.DoAsync("unload_model", """{"model_id":"m-1","type":"unload_model"}""");
        Assert.Equal(HttpStatusCode.NotFound, (await client.PostAsync("optim_step", ApiBody.Step(model, 2))).Status);
    }

    [Fact]
    public async Task Sizes_are_limited_as_the_configuration_says()
    {
        await using var server = await place.StartAsync(place.Options with { MaxChunkLength = 2, MaxChunkBytes = 400 });
        using var client = new RawClient(server);
        Assert.Equal("""{"parallel_fwdbwd_chunks":false,"fwdbwd_max_chunk_len":2,"fwdbwd_max_chunk_bytes_count":400}""", (await client.PostAsync("client/config", "{}", string.Empty)).Body);
        var model = await client.ModelAsync();
        string Many(int count) => $"[{string.Join(',', Enumerable.Repeat(ApiBody.Policy().Trim()[1..^1], count))}]";
        Assert.Contains("has 3 datums, and one request at most 2", (await client.PostAsync("forward_backward", ApiBody.ForwardBackward(model, 1, Many(3), "\"loss_fn\":\"importance_sampling\""))).Body, StringComparison.Ordinal);
        var (status, said) = await client.PostAsync("forward_backward", ApiBody.ForwardBackward(model, 1, Many(2), "\"loss_fn\":\"importance_sampling\""));
        Assert.Contains("bytes, and one request at most 400", said, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, status);

        await using var older = await place.StartAsync(place.Options with { OffersConfig = false });
        using var other = new RawClient(older);
        Assert.Equal(HttpStatusCode.NotFound, (await other.PostAsync("client/config", "{}", string.Empty)).Status);
    }

    private static (HttpStatusCode Status, string Error) Said((HttpStatusCode Status, string Body) answer) =>
        (answer.Status, System.Text.Json.Nodes.JsonNode.Parse(answer.Body)!["error"]!.GetValue<string>());
}
