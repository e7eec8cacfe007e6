using System.Text.Json.Nodes;
using Slipway.TestKit;

namespace Slipway.Workers.Tests.Training;

/// <summary>Checkpoints and exports.</summary>
public sealed class CheckpointTests(TrainingPlace place) : IClassFixture<TrainingPlace>
{
    private const int Limit = 120_000;

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Loaded_model_goes_on_bit_for_bit()
    {
        var path = await SaveAsync("saved");
        Assert.Equal(["adapter_config.json", "adapter_model.safetensors", "optimizer.safetensors", "state.json"], Directory.GetFiles(path).Select(Path.GetFileName).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Contains("which exists", await place.FailAsync(WorkerFailures.BadInput, "training_save", new JsonObject { ["model_id"] = "saved", ["path"] = path }));
        await place.CreateAsync("loaded");
        await place.CreateAsync("without");
        var told = (await place.DoAsync("training_load", Load("loaded", path))).Values;
        Assert.Equal((2, "{\"epoch\":1.5}"), (told.GetProperty("step").GetInt32(), told.GetProperty("extra").GetRawText()));
        var without = Load("without", path);
        without["with_optimizer"] = false;
        await place.DoAsync("training_load", without);
        Assert.Equal(await place.ForwardAsync("saved", "abcdef"), await place.ForwardAsync("without", "abcdef"));
        Assert.Contains("first call", await place.FailAsync(WorkerFailures.BadInput, "training_load", Load("saved", path)));

        foreach (var model in (string[])["saved", "loaded", "without"])
        {
            await place.LearnAsync(model, 1e-2, "abcdef", "xyz");
        }

        Assert.Equal(await place.ForwardAsync("saved", "abcdef"), await place.ForwardAsync("loaded", "abcdef"));
        Assert.NotEqual(await place.ForwardAsync("saved", "abcdef"), await place.ForwardAsync("without", "abcdef"));
        Assert.Empty(Directory.GetFileSystemEntries(place.Folder.FullPath, ".making-*"));
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task File_holds_tensors_whose_bytes_were_copied_to_be_written()
    {
        var told = (await place.DoAsync("file_of_tests", new JsonObject { ["path"] = place.Folder.Combine("copied.safetensors") })).Values;
        Assert.Equal("[\"3\",\"40\",\"600\"]", told.GetProperty("same").GetRawText());
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Damaged_checkpoint_is_refused_by_the_name_of_its_file()
    {
        var path = await SaveAsync("whole");
        foreach (var (file, damage) in (IEnumerable<(string, Func<byte[], byte[]>)>)
            [("adapter_model.safetensors", Shorter), ("optimizer.safetensors", Other), ("state.json", Shorter), ("state.json", Other), ("adapter_model.safetensors", static _ => [])])
        {
            var (at, model) = (Path.Combine(path, file), "damaged-" + Guid.NewGuid());
            var content = await File.ReadAllBytesAsync(at);
            await File.WriteAllBytesAsync(at, damage(content));
            await place.CreateAsync(model);
            var before = await place.ForwardAsync(model, "abcdef");
            await place.DoAsync("training_drop", new JsonObject { ["model_id"] = model });
            await place.CreateAsync(model);
            Assert.Contains($"{at} is damaged", await place.FailAsync(WorkerFailures.CheckpointDamaged, "training_load", Load(model, path)));
            await File.WriteAllBytesAsync(at, content);
            Assert.Equal(before, await place.ForwardAsync(model, "abcdef"));
        }

        File.Delete(Path.Combine(path, "state.json"));
        await place.CreateAsync("no-state");
        Assert.Contains("state.json cannot be read", await place.FailAsync(WorkerFailures.CheckpointDamaged, "training_load", Load("no-state", path)));
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Checkpoint_of_another_model_is_refused_by_what_differs()
    {
        var path = await SaveAsync("mine");
        await place.CreateAsync("teacher", based: "tiny-byte-teacher");
        Assert.Contains("base_model is tiny-byte (", await place.FailAsync(WorkerFailures.CheckpointMismatch, "training_load", Load("teacher", path)));
        await place.CreateAsync("wider", rank: 8);
        Assert.Contains("lora rank is 4, and the model's is 8", await place.FailAsync(WorkerFailures.CheckpointMismatch, "training_load", Load("wider", path)));
        var call = new JsonObject { ["sampler_id"] = "foreign", ["base_model"] = "tiny-byte-teacher", ["path"] = path, ["cache_directory"] = place.Folder.Combine("models") };
        await place.FailAsync(WorkerFailures.CheckpointMismatch, "training_load_sampler", call);
        await place.FailAsync(WorkerFailures.BadInput, "training_load", Load("wider", "/nowhere/at/all"));

        await place.DoAsync("training_forward_backward", new JsonObject { ["model_id"] = "mine" }, TrainingPlace.Datums("abc"));
        var light = place.Folder.Combine("light");
        await place.DoAsync("training_save", new JsonObject { ["model_id"] = "mine", ["path"] = light, ["with_optimizer"] = false });
        await place.CreateAsync("light");
        Assert.Contains("no state of the optimiser", await place.FailAsync(WorkerFailures.CheckpointMismatch, "training_load", Load("light", light)));
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Exports_are_folders_of_safetensors()
    {
        await SaveAsync("exported");
        await place.DoAsync("training_snapshot", new JsonObject { ["model_id"] = "exported", ["sampler_id"] = "exported" });
        foreach (var (merge, files) in ((bool, string[])[])[(true, ["config.json", "model.safetensors", "slipway.json"]), (false, ["adapter_config.json", "adapter_model.safetensors", "slipway.json"])])
        {
            var path = place.Folder.Combine("export-" + merge);
            await place.DoAsync("training_export", new JsonObject { ["sampler_id"] = "exported", ["path"] = path, ["merge"] = merge });
            Assert.Equal(files, Directory.GetFiles(path).Select(Path.GetFileName).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        }

        var config = JsonNode.Parse(await File.ReadAllTextAsync(place.Folder.Combine("export-False", "adapter_config.json")))!;
        Assert.Equal(("LORA", 4, "down_proj gate_proj k_proj lm_head o_proj q_proj up_proj v_proj"), (config["peft_type"]!.GetValue<string>(), config["r"]!.GetValue<int>(), string.Join(' ', config["target_modules"]!.AsArray())));
    }

    private async Task<string> SaveAsync(string model)
    {
        await place.CreateAsync(model);
        await place.LearnAsync(model, 1e-2, "abcdef");
        await place.LearnAsync(model, 1e-2, "bcdefg");
        var path = place.Folder.Combine("checkpoint-" + model);
        await place.DoAsync("training_save", new JsonObject { ["model_id"] = model, ["path"] = path, ["extra"] = new JsonObject { ["epoch"] = 1.5 } });
        return path;
    }

    private static JsonObject Load(string model, string path) => new() { ["model_id"] = model, ["path"] = path };

    private static byte[] Shorter(byte[] content) => content[..^7];

    private static byte[] Other(byte[] content)
    {
        var changed = content.ToArray();
        changed[changed.Length / 2] ^= 1;
        return changed;
    }
}
