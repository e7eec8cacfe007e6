using System.Text.Json.Nodes;
using Slipway.TestKit;
using Slipway.Workers.Connections;
using Slipway.Workers.Frames;

namespace Slipway.Workers.Tests.Training;

/// <summary>Samplers, and the tokenizer of bytes.</summary>
public sealed class SamplingTests(TrainingPlace place) : IClassFixture<TrainingPlace>
{
    private const int Limit = 120_000;

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Sampler_stays_what_it_was_and_draws_by_its_seeds_alone()
    {
        await SnapshotAsync("drawn", "drawn-0");
        JsonObject Call(params int[] seeds) => new() { ["sampler_id"] = "drawn-0", ["max_tokens"] = 7, ["num_samples"] = 2, ["seeds"] = new JsonArray([.. seeds.Select(static seed => (JsonNode)seed)]) };
        var together = Rows(await place.DoAsync("training_sample", Call(5, 9), TrainingPlace.Prompts("a much longer prompt", "hello")));
        var alone = Rows(await place.DoAsync("training_sample", Call(9), TrainingPlace.Prompts("hello")));
        Assert.Equal(together[2..], alone);
        Assert.NotEqual(alone[0], alone[1], StringComparer.Ordinal);
        var next = Rows(await place.DoAsync("training_sample", Call(10), TrainingPlace.Prompts("hello")));
        Assert.Equal(alone[1], next[0]);

        await place.LearnAsync("drawn", 5e-2, "abcdefghijkl");
        Assert.Equal(alone, Rows(await place.DoAsync("training_sample", Call(9), TrainingPlace.Prompts("hello"))));
        await SnapshotAsync("drawn", "drawn-1", create: false);
        var call = Call(9);
        call["sampler_id"] = "drawn-1";
        Assert.NotEqual(alone, Rows(await place.DoAsync("training_sample", call, TrainingPlace.Prompts("hello"))));
        await place.DoAsync("training_drop", new JsonObject { ["sampler_id"] = "drawn-1" });
        await place.FailAsync(WorkerFailures.BadInput, "training_sample", call, TrainingPlace.Prompts("hello"));
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Stop_string_ends_at_the_token_that_completes_it()
    {
        await place.CreateAsync("stops", rank: 8);
        for (var step = 0; step < 60; step++)
        {
            await place.LearnAsync("stops", 1e-2, "abcdefghijklmnop");
        }

        await SnapshotAsync("stops", "stops", create: false);
        async Task<(string Text, string Reason)> GreedyAsync(JsonObject call)
        {
            call["sampler_id"] = "stops";
            call["temperature"] = 0;
            call["max_tokens"] = 8;
            var answer = await place.DoAsync("training_sample", call, TrainingPlace.Prompts("abcd"));
            return (string.Concat(TrainingPlace.Longs(answer.Find("tokens")!).Select(static token => (char)token)), answer.Values.GetProperty("stop_reasons")[0].GetString()!);
        }

        Assert.Equal(("efghijkl", "length"), await GreedyAsync([]));
        Assert.Equal(("efg", "stop"), await GreedyAsync(new JsonObject { ["stop_strings"] = new JsonArray("zz", "fg") }));
        Assert.Equal(("efghi", "stop"), await GreedyAsync(new JsonObject { ["stop_strings"] = new JsonArray("fgx", "efghi") }));
        Assert.Equal(("ef", "stop"), await GreedyAsync(new JsonObject { ["stop_tokens"] = new JsonArray('f' + 0) }));
        Assert.Equal(("efghijkl", "length"), await GreedyAsync(new JsonObject { ["stop_strings"] = new JsonArray("de", "lm") }));
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Log_probabilities_are_those_of_a_forward_pass()
    {
        await SnapshotAsync("scored", "scored");
        var call = new JsonObject { ["sampler_id"] = "scored", ["max_tokens"] = 6, ["seeds"] = new JsonArray(1, 2), ["prompt_logprobs"] = true, ["topk_prompt_logprobs"] = 3 };
        var answer = await place.DoAsync("training_sample", call, TrainingPlace.Prompts("hello", "abc"));
        var prompts = TrainingPlace.Floats(answer.Find("prompt_logprobs")!);
        Assert.True(float.IsNaN(prompts[0]) && float.IsNaN(prompts[5]));
        Assert.Equal(await place.ForwardAsync("scored", "hello", "abc"), (float[])[.. prompts[1..5], .. prompts[6..]]);
        Assert.Equal(("8,3", -1L), (string.Join(',', answer.Find("topk_logprobs")!.Shape), TrainingPlace.Longs(answer.Find("topk_tokens")!)[0]));
        var best = TrainingPlace.Floats(answer.Find("topk_logprobs")!)[3..6];
        Assert.Equal(best.OrderDescending(), best);

        var tokens = TrainingPlace.Longs(answer.Find("tokens")!);
        var forward = await place.ForwardAsync("scored", "hello" + string.Concat(tokens[..6].Select(static token => (char)token)));
        Assert.All(forward[^6..].Zip(TrainingPlace.Floats(answer.Find("logprobs")!)), static pair => Assert.InRange(pair.First - pair.Second, -1e-4f, 1e-4f));

        // Only the most probable token is left over, whatever the draw, and its log-probability is still of all.
        call["top_k"] = 1;
        call["temperature"] = 2;
        var narrow = TrainingPlace.Longs((await place.DoAsync("training_sample", call, TrainingPlace.Prompts("hello", "abc"))).Find("tokens")!);
        call["top_k"] = -1;
        call["top_p"] = 1e-6;
        Assert.Equal(narrow, TrainingPlace.Longs((await place.DoAsync("training_sample", call, TrainingPlace.Prompts("hello", "abc"))).Find("tokens")!));
        var full = new JsonObject { ["sampler_id"] = "scored", ["max_tokens"] = 50 };
        var ended = await place.DoAsync("training_sample", full, TrainingPlace.Prompts(new string('x', 126)));
        Assert.Equal(("length", 3L), (ended.Values.GetProperty("stop_reasons")[0].GetString(), TrainingPlace.Longs(ended.Find("token_lengths")!)[0]));
        Assert.Contains("context of tiny-byte is 128", await place.FailAsync(WorkerFailures.BadInput, "training_sample", full, TrainingPlace.Prompts(new string('x', 129))));
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Text_never_makes_a_special_token()
    {
        var told = (await place.DoAsync("training_tokenizer", new JsonObject { ["base_model"] = "tiny-byte" })).Values;
        Assert.Equal(("byte", 282, 256, 257, 26), (
            told.GetProperty("kind").GetString(), told.GetProperty("vocab_size").GetInt32(), told.GetProperty("bos").GetInt32(), told.GetProperty("eos").GetInt32(), told.GetProperty("specials").EnumerateObject().Count()));
        Assert.Equal((256, 265, 271, 281), (Special("<bos>"), Special("<think>"), Special("<\uff5cbegin\u2581of\u2581sentence\uff5c>"), Special("<\uff5ctool\u2581output\u2581end\uff5c>")));
        var hostile = string.Concat(told.GetProperty("specials").EnumerateObject().Select(static special => special.Name)) + "\u00e9\u2581";
        var call = new JsonObject { ["base_model"] = "tiny-byte", ["chunks"] = new JsonArray(new JsonArray(new JsonObject { ["special"] = "<bos>" }, hostile, new JsonObject { ["special"] = "<eos>" }), new JsonArray()) };
        var encoded = await place.DoAsync("training_encode", call);
        var tokens = TrainingPlace.Longs(encoded.Find("tokens")!);
        Assert.Equal((256L, 257L), (tokens[0], tokens[^1]));
        Assert.All(tokens[1..^1], static token => Assert.InRange(token, 0, 255));
        Assert.Equal([tokens.Length, 0], TrainingPlace.Longs(encoded.Find("lengths")!));
        var decoded = await place.DoAsync("training_decode", new JsonObject { ["base_model"] = "tiny-byte" }, encoded.Find("tokens")!, encoded.Find("lengths")!);
        Assert.Equal(["<bos>" + hostile + "<eos>", string.Empty], decoded.Values.GetProperty("texts").EnumerateArray().Select(static text => text.GetString()!), StringComparer.Ordinal);
        call["chunks"] = new JsonArray(new JsonArray(new JsonObject { ["special"] = "<nobody>" }));
        Assert.Contains("no special token <nobody>", await place.FailAsync(WorkerFailures.BadInput, "training_encode", call));

        int Special(string text) => told.GetProperty("specials").GetProperty(text).GetInt32();
    }

    private async Task SnapshotAsync(string model, string sampler, bool create = true)
    {
        if (create)
        {
            await place.CreateAsync(model);
        }

        await place.DoAsync("training_snapshot", new JsonObject { ["model_id"] = model, ["sampler_id"] = sampler });
    }

    private static List<string> Rows(WorkerAnswer answer)
    {
        var (tokens, rows, start) = (TrainingPlace.Longs(answer.Find("tokens")!), new List<string>(), 0);
        foreach (var length in TrainingPlace.Longs(answer.Find("token_lengths")!))
        {
            rows.Add(string.Join(' ', tokens[start..(start + (int)length)]));
            start += (int)length;
        }

        return rows;
    }
}
