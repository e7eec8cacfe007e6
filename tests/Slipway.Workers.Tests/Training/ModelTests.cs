using System.Text.Json.Nodes;
using Slipway.TestKit;
using Slipway.Workers.Frames;

namespace Slipway.Workers.Tests.Training;

/// <summary>Models that learn: their adapters, gradients, and the order of calls.</summary>
public sealed class ModelTests(TrainingPlace place) : IClassFixture<TrainingPlace>
{
    private const int Limit = 120_000;

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task New_adapter_changes_nothing_and_comes_from_its_seed()
    {
        var told = (await place.CreateAsync("new", seed: 7)).Values;
        Assert.Equal((80112, 7872, 288, 128, "cpu", "float32"), (
            told.GetProperty("parameters").GetInt32(), told.GetProperty("trainable").GetInt32(), told.GetProperty("vocab_size").GetInt32(),
            told.GetProperty("context").GetInt32(), told.GetProperty("device").GetString(), told.GetProperty("dtype").GetString()));
        await place.DoAsync("training_load_sampler", new JsonObject { ["sampler_id"] = "bare", ["base_model"] = "tiny-byte", ["cache_directory"] = place.Folder.Combine("models") });
        Assert.Equal(await PromptLogprobsAsync("bare", "hello"), await place.ForwardAsync("new", "hello"));

        await place.CreateAsync("same", seed: 7);
        await place.CreateAsync("other", seed: 8);
        var files = new List<string>();
        foreach (var model in (string[])["new", "same", "other"])
        {
            await place.DoAsync("training_save", new JsonObject { ["model_id"] = model, ["path"] = place.Folder.Combine("seed-" + model) });
            files.Add(Convert.ToHexString(await File.ReadAllBytesAsync(place.Folder.Combine("seed-" + model, "adapter_model.safetensors"))));
        }

        Assert.Equal(files[0], files[1]);
        Assert.NotEqual(files[0], files[2], StringComparer.Ordinal);
        foreach (var (lora, words) in ((string, string)[])[("{\"rank\":0}", "lora: rank is 0"), ("{\"dropout\":0.1}", "lora: dropout is not known"), ("{\"train_mlp\":false,\"train_attn\":false,\"train_unembed\":false}", "nothing to train")])
        {
            var call = new JsonObject { ["model_id"] = "none", ["base_model"] = "tiny-byte", ["lora"] = JsonNode.Parse(lora) };
            Assert.Contains(words, await place.FailAsync(WorkerFailures.BadInput, "training_create_model", call));
        }
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Gradients_of_several_calls_are_those_of_one_whatever_goes_through_at_once()
    {
        foreach (var (model, budget, calls) in ((string, int, string[][])[])[("one", 4096, [["abcdef", "xy", "hello"]]), ("each", 1, [["abcdef", "xy", "hello"]]), ("several", 4096, [["abcdef"], ["xy", "hello"]])])
        {
            await place.CreateAsync(model);
            await place.LearnAsync(model, 1e-2, "first");
            foreach (var texts in calls)
            {
                await place.DoAsync("training_forward_backward", new JsonObject { ["model_id"] = model, ["token_budget"] = budget }, TrainingPlace.Datums(texts));
            }

            var step = (await place.DoAsync("training_optim_step", new JsonObject { ["model_id"] = model, ["adam"] = new JsonObject { ["learning_rate"] = 1e-2, ["eps"] = 1e-4 } })).Values;
            Assert.Equal(2, step.GetProperty("step").GetInt32());
            Assert.True(step.GetProperty("update_norm").GetDouble() > 0);
        }

        var expected = await place.ForwardAsync("one", "abcdef");
        foreach (var model in (string[])["each", "several"])
        {
            Assert.All(expected.Zip(await place.ForwardAsync(model, "abcdef")), static pair => Assert.InRange(pair.First - pair.Second, -1e-4f, 1e-4f));
        }

        Assert.Contains("no gradient was gathered", await place.FailAsync(WorkerFailures.BadInput, "training_optim_step", new JsonObject { ["model_id"] = "one" }));
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Loss_that_is_no_number_leaves_the_gradients_as_they_were()
    {
        await place.CreateAsync("clean");
        await place.CreateAsync("hit");
        foreach (var model in (string[])["clean", "hit"])
        {
            await place.LearnAsync(model, 1e-2, "first");
            await place.DoAsync("training_forward_backward", new JsonObject { ["model_id"] = model }, TrainingPlace.Datums("abcdef"));
        }

        var call = new JsonObject { ["model_id"] = "hit", ["token_budget"] = 1 };
        Tensor[] tensors = [.. TrainingPlace.Datums("abc", "de"), Tensor.Of("weights", [1f, 1, float.NaN])];
        Assert.Contains("the loss is nan", await place.FailAsync(WorkerFailures.NotFinite, "training_forward_backward", call, tensors));
        foreach (var model in (string[])["clean", "hit"])
        {
            await place.DoAsync("training_optim_step", new JsonObject { ["model_id"] = model, ["adam"] = new JsonObject { ["learning_rate"] = 1e-2 } });
        }

        Assert.Equal(await place.ForwardAsync("clean", "abcdef"), await place.ForwardAsync("hit", "abcdef"));
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Less_goes_through_at_once_where_memory_runs_out_and_gradients_stay()
    {
        string[] texts = ["abcdef", "xyzuvw", "hello", "hi"];
        foreach (var (model, most) in ((string, int)[])[("roomy", 1_000_000), ("tight", 5)])
        {
            await place.CreateAsync(model);
            await place.LearnAsync(model, 1e-2, "first");
            await place.DoAsync("memory_of_tests", new JsonObject { ["tokens"] = most });
            await place.DoAsync("training_forward_backward", new JsonObject { ["model_id"] = model }, TrainingPlace.Datums(texts));
            await place.DoAsync("memory_of_tests", new JsonObject { ["tokens"] = 4 });
            var told = await place.FailAsync(WorkerFailures.OutOfMemory, "training_forward_backward", new JsonObject { ["model_id"] = model }, TrainingPlace.Datums(texts));
            Assert.Contains("does not suffice for 5 tokens at once: CUDA out of memory", told);
            await place.DoAsync("memory_of_tests", new JsonObject { ["tokens"] = 1_000_000 });
            await place.DoAsync("training_optim_step", new JsonObject { ["model_id"] = model, ["adam"] = new JsonObject { ["learning_rate"] = 1e-2, ["eps"] = 1e-4 } });
        }

        Assert.All((await place.ForwardAsync("roomy", texts)).Zip(await place.ForwardAsync("tight", texts)), static pair => Assert.InRange(pair.First - pair.Second, -1e-4f, 1e-4f));
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Call_that_comes_twice_is_done_once()
    {
        await place.CreateAsync("order");
        JsonObject Numbered(int number) => new() { ["model_id"] = "order", ["seq_id"] = number };
        Assert.Contains("the next call of the model has 1", await place.FailAsync(WorkerFailures.OutOfOrder, "training_forward_backward", Numbered(2), TrainingPlace.Datums("abc")));
        await place.DoAsync("training_forward_backward", Numbered(1), TrainingPlace.Datums("abc"));
        Assert.Equal(2, TrainingPlace.Floats((await place.DoAsync("training_forward_backward", Numbered(1), TrainingPlace.Datums("abc"))).Find("logprobs")!).Length);
        var first = (await place.DoAsync("training_optim_step", Numbered(2))).Values;
        var again = (await place.DoAsync("training_optim_step", Numbered(2))).Values;
        Assert.Equal(first.ToString(), again.ToString());
        Assert.Equal(1, again.GetProperty("step").GetInt32());
        await place.FailAsync(WorkerFailures.OutOfOrder, "training_forward", Numbered(2), TrainingPlace.Datums("abc"));
        await place.FailAsync(WorkerFailures.OutOfOrder, "training_forward_backward", Numbered(1), TrainingPlace.Datums("abc"));

        // A call that failed has used no number up.
        await place.FailAsync(WorkerFailures.BadInput, "training_optim_step", Numbered(3));
        await place.DoAsync("training_forward", Numbered(3), TrainingPlace.Datums("abc"));
        Assert.Contains("there is none of that name", await place.FailAsync(WorkerFailures.BadInput, "training_optim_step", new JsonObject { ["model_id"] = "nobody" }));
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Several_targets_of_a_token_are_weighted()
    {
        await place.CreateAsync("several-targets");
        Tensor[] tensors = [Tensor.Of("tokens", [97L, 98]), Tensor.Of("lengths", [2L]), Tensor.Of("target_tokens", [98L, 99, 99, 100]), Tensor.Of("weights", [0.25f, 0.75f, 1, 0])];
        var answer = await place.DoAsync("training_forward_backward", new JsonObject { ["model_id"] = "several-targets", ["columns"] = 2 }, tensors);
        var lp = TrainingPlace.Floats(answer.Find("logprobs")!);
        Assert.Equal(-((0.25 * lp[0]) + (0.75 * lp[1]) + lp[2]), answer.Values.GetProperty("metrics").GetProperty("loss:sum").GetDouble(), 4);
        Assert.Equal(2, answer.Values.GetProperty("tokens").GetInt32());
    }

    private async Task<float[]> PromptLogprobsAsync(string sampler, string text)
    {
        var call = new JsonObject { ["sampler_id"] = sampler, ["max_tokens"] = 0, ["prompt_logprobs"] = true };
        return TrainingPlace.Floats((await place.DoAsync("training_sample", call, TrainingPlace.Prompts(text))).Find("prompt_logprobs")!)[1..];
    }
}
