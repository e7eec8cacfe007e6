using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Slipway.TestKit;
using Slipway.TinkerApi.Tests.Support;
using Slipway.Workers.Connections;
using Slipway.Workers.Frames;

namespace Slipway.TinkerApi.Tests;

/// <summary>Training by bodies written by hand, against the same done on the worker itself.</summary>
public sealed class TrainingTests(TorchPlace place) : IClassFixture<TorchPlace>
{
    private const int Limit = 120_000;

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Run_has_the_numbers_of_the_same_run_on_the_worker()
    {
        await using var server = await place.StartAsync();
        using var client = new RawClient(server);
        var model = await client.ModelAsync();
        await CallAsync("create_model", new JsonObject
        {
            ["model_id"] = "direct", ["base_model"] = "tiny-byte", ["cache_directory"] = place.Folder.Combine("models"), ["device"] = "cpu",
            ["lora"] = new JsonObject { ["rank"] = 4, ["seed"] = 0 },
        });
        for (var step = 0; step < 3; step++)
        {
            var over = JsonNode.Parse(await client.ResultAsync("forward_backward", ApiBody.ForwardBackward(model, (2 * step) + 1)))!;
            var direct = await CallAsync("forward_backward", new JsonObject { ["model_id"] = "direct" }, Datum());
            Assert.Equal(Bits(direct), Bits(over));
            Assert.Equal(direct.Values.GetProperty("metrics").GetRawText(), over["metrics"]!.ToJsonString());
            var stepped = JsonNode.Parse(await client.ResultAsync("optim_step", ApiBody.Step(model, (2 * step) + 2)))!;
            var made = await CallAsync("optim_step", new JsonObject { ["model_id"] = "direct", ["adam"] = new JsonObject { ["learning_rate"] = 0.01, ["eps"] = 1e-8 } });
            Assert.Equal(made.Values.GetRawText(), stepped["metrics"]!.ToJsonString());
        }

        var last = JsonNode.Parse(await client.ResultAsync("forward", ApiBody.Forward(model, 7)))!;
        Assert.Equal(Bits(await CallAsync("forward", new JsonObject { ["model_id"] = "direct" }, Datum())), Bits(last));
        Assert.Equal(Enumerable.Range(1, 7).Select(static number => (long?)number), server.Applied.Where(applied => applied.Owner == model && applied.Error is null).Select(static applied => applied.SeqId));
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Answers_are_as_they_are_described()
    {
        await using var server = await place.StartAsync();
        using var client = new RawClient(server);
        Assert.Equal("""{"supported_models":[{"model_name":"tiny-byte","max_context_length":128},{"model_name":"tiny-byte-teacher","max_context_length":128}]}""", (await client.SendAsync(HttpMethod.Get, "get_server_capabilities")).Body);
        var session = await client.PostAsync("create_session", """{"tags":["cookbook"],"user_metadata":{"recipe":"sl_basic"},"sdk_version":"0.1.0","type":"create_session"}""");
        Assert.Equal((HttpStatusCode.OK, """{"session_id":"s-1","info_message":null,"warning_message":null,"error_message":null,"type":"create_session"}"""), session);
        Assert.Equal((HttpStatusCode.OK, """{"type":"session_heartbeat"}"""), await client.PostAsync("session_heartbeat", """{"session_id":"s-1","type":"session_heartbeat"}""", string.Empty));
        Assert.Equal(1, server.Heartbeats["s-1"]);
        var events = """{"session_id":"s-1","process_uuid":"u","platform":"p","sdk_version":"1","events":[{"event":"SESSION_START","event_id":"e","event_session_index":0,"severity":"INFO","timestamp":"2026-01-01T00:00:00Z"}]}""";
        Assert.Equal((HttpStatusCode.OK, """{"status":"accepted"}"""), await client.PostAsync("telemetry", events, string.Empty));
        var made = await client.DoAsync("create_model", """{"session_id":"s-1","model_seq_id":0,"base_model":"tiny-byte","lora_config":{"rank":8,"seed":0,"train_unembed":true,"train_mlp":true,"train_attn":true},"type":"create_model"}""");
        Assert.Equal("""{"request_id":"r-1","model_id":"m-1"}""", made.ToJsonString());
        Assert.Equal("""{"model_id":"m-1","type":"create_model"}""", await client.WaitAsync(made));
        Assert.Equal("""{"model_data":{"arch":"tiny byte model","model_name":"tiny-byte","tokenizer_id":"tiny-byte"},"model_id":"m-1","is_lora":true,"lora_rank":8}""", (await client.PostAsync("get_info", """{"model_id":"m-1","type":"get_info"}""", string.Empty)).Body);

        var learned = await client.ResultAsync("forward_backward", ApiBody.ForwardBackward("m-1", 1));
        Assert.Matches("""^\{"loss_fn_output_type":"ArrayRecord","loss_fn_outputs":\[\{"logprobs":\{"data":\[(-\d+\.\d+,?){4}\],"dtype":"float32","shape":\[4\]\}\}\],"metrics":\{"loss:sum":\d+\.\d+\}\}$""", learned);
        Assert.Matches("""^\{"metrics":\{"step":1,"grad_norm":[\d.]+,"update_norm":[\d.]+\}\}$""", await client.ResultAsync("optim_step", ApiBody.Step("m-1", 2)));
        Assert.Contains("no gradient was gathered", await client.ResultAsync("optim_step", ApiBody.Step("m-1", 3)), StringComparison.Ordinal);
        Assert.Contains("\"category\":\"user\"", await client.ResultAsync("forward", ApiBody.Forward("m-1", 4, ApiBody.Data.Replace("[10,", "[999,", StringComparison.Ordinal))), StringComparison.Ordinal);
        Assert.Equal("""{"model_id":"m-1","type":"unload_model"}""", await client.ResultAsync("unload_model", """{"model_id":"m-1","type":"unload_model"}"""));
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Losses_take_what_is_theirs()
    {
        await using var server = await place.StartAsync();
        using var client = new RawClient(server);
        var (model, number) = (await client.ModelAsync(), 0);
        const string Bounds = ",\"clip_low_threshold\":{\"data\":[0.5,0.5],\"dtype\":\"float32\"},\"clip_high_threshold\":{\"data\":[2,2],\"dtype\":\"float32\"}";
        foreach (var (loss, more) in ((string, string)[])
        [
            ("\"loss_fn\":\"importance_sampling\"", ""),
            ("\"loss_fn\":\"ppo\",\"loss_fn_config\":{\"clip_low_threshold\":0.8,\"clip_high_threshold\":1.2}", ""),
            ("\"loss_fn\":\"ppo\"", Bounds),
            ("\"loss_fn\":\"cispo\",\"loss_fn_config\":{\"clip_low_threshold\":0.0,\"clip_high_threshold\":4.0}", ""),
            ("\"loss_fn\":\"dro\",\"loss_fn_config\":{\"beta\":0.05}", ""),
        ])
        {
            Assert.Contains("loss:sum", await client.ResultAsync("forward_backward", ApiBody.ForwardBackward(model, ++number, ApiBody.Policy(more), loss)), StringComparison.Ordinal);
        }

        // Two targets a token, dense and sparse, beside a datum that has one: all the same loss.
        static string Datum(string targets, string weights) => $$$$"""{"model_input":{"chunks":[{"type":"encoded_text","tokens":[10]},{"type":"encoded_text","tokens":[20]}]},"loss_fn_inputs":{"target_tokens":{{{{{targets}}}},"dtype":"int64"},"weights":{{{{{weights}}}},"dtype":"float32"}}}""";
        var one = Datum("\"data\":[20,30]", "\"data\":[0.5,1]");
        var dense = Datum("\"data\":[20,0,30,40],\"shape\":[2,2]", "\"data\":[0.5,0,1,0.25],\"shape\":[2,2]");
        const string Where = "\"shape\":[2,2],\"sparse_crow_indices\":[0,1,3],\"sparse_col_indices\":[0,0,1]";
        var sparse = Datum($"\"data\":[20,30,40],{Where}", $"\"data\":[0.5,1,0.25],{Where}");
        var answer = JsonNode.Parse(await client.ResultAsync("forward_backward", ApiBody.ForwardBackward(model, ++number, $"[{one},{dense},{sparse}]")))!["loss_fn_outputs"]!;
        Assert.Equal(["[2]", "[2,2]", "[2,2]"], answer.AsArray().Select(static output => output!["logprobs"]!["shape"]!.ToJsonString()), StringComparer.Ordinal);
        Assert.Equal(answer[1]!.ToJsonString(), answer[2]!.ToJsonString());
        var (narrow, wide) = (answer[0]!["logprobs"]!["data"]!, answer[1]!["logprobs"]!["data"]!);
        Assert.Equal($"{narrow[0]} {narrow[1]}", $"{wide[0]} {wide[2]}");
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Parallel_chunks_wait_for_the_first_and_run_in_order()
    {
        await using var server = await place.StartAsync(place.Options with { ParallelChunks = true, PollHold = TimeSpan.FromMilliseconds(1) });
        using var client = new RawClient(server);
        var model = await client.ModelAsync();
        var second = await client.DoAsync("forward_backward", ApiBody.ForwardBackward(model, 2));
        var third = await client.DoAsync("forward_backward", ApiBody.ForwardBackward(model, 3));
        Assert.Equal((HttpStatusCode.BadRequest, true), (await client.PostAsync("optim_step", ApiBody.Step(model, 4))) is var (status, said) ? (status, said.Contains("has 1", StringComparison.Ordinal)) : default);
        var poll = $$"""{"request_id":"{{second["request_id"]}}","allow_metadata_only":true}""";
        Assert.Equal((HttpStatusCode.OK, $$"""{"type":"try_again","request_id":"{{second["request_id"]}}","queue_state":"active"}"""), await client.PostAsync("retrieve_future", poll, string.Empty));
        var first = await client.DoAsync("forward_backward", ApiBody.ForwardBackward(model, 1));
        foreach (var accepted in (JsonNode[])[third, first, second])
        {
            Assert.Contains("loss:sum", await PatientAsync(client, accepted), StringComparison.Ordinal);
        }

        Assert.Equal([2, 3, 1], server.Accepted.Where(accepted => accepted.Owner == model).Select(static accepted => accepted.SeqId!.Value));
        Assert.Equal([1, 2, 3], server.Applied.Where(static applied => applied.Path is "forward_backward").Select(static applied => applied.SeqId!.Value));
    }

    // Polls of this server are hardly held, so a count of them says nothing.
    private static async Task<string> PatientAsync(RawClient client, JsonNode accepted)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            limit.Token.ThrowIfCancellationRequested();
            var (_, body) = await client.PostAsync("retrieve_future", $$"""{"request_id":"{{accepted["request_id"]}}"}""", string.Empty);
            if (!body.Contains("try_again", StringComparison.Ordinal))
            {
                return body;
            }
        }
    }

    private static Tensor[] Datum() =>
    [
        Tensor.Of("tokens", [10L, 20, 30, 40]), Tensor.Of("lengths", [4L]), Tensor.Of("target_tokens", [20L, 30, 40, 50]), Tensor.Of("weights", [0f, 1, 1, 1]),
    ];

    private static int[] Bits(WorkerAnswer answer) => [.. MemoryMarshal.Cast<byte, int>(answer.Find("logprobs")!.Bytes.Span)];

    private static int[] Bits(JsonNode answer) => [.. answer["loss_fn_outputs"]![0]!["logprobs"]!["data"]!.AsArray()
        .Select(static value => BitConverter.SingleToInt32Bits(float.Parse(value!.ToJsonString(), CultureInfo.InvariantCulture)))];

    private async Task<WorkerAnswer> CallAsync(string operation, JsonObject arguments, params Tensor[] tensors)
    {
        var answer = await place.Worker!.CallAsync(WorkerCall.Of("training_" + operation, arguments) with { Tensors = [.. tensors] }, CancellationToken.None);
        Assert.True(answer.IsOk, answer.IsOk ? string.Empty : answer.Failure.ToString());
        return answer.Value;
    }
}
