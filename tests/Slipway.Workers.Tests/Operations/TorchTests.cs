using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Slipway.Core.Contracts;
using Slipway.Environments;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Provisioners;
using Slipway.Environments.Requests;
using Slipway.Environments.Subjects;
using Slipway.TestKit;
using Slipway.Workers.Connections;
using Slipway.Workers.Frames;
using Slipway.Workers.Tests.Support;

namespace Slipway.Workers.Tests.Operations;

/// <summary>Operations on a real torch, and the libraries that stand on it.</summary>
public sealed class TorchTests(LocalPlace place) : IClassFixture<LocalPlace>
{
    private const int Limit = 120_000;
    private const string Python = "/usr/bin/python3";

    private static WorkerModule Tensors { get; } = new("tensors_of_tests", """
        import ctypes
        from slipway_worker import operation


        @operation("through_torch")
        def through_torch(call):
            shared = {}
            for name, tensor in call.tensors.items():
                value = tensor.torch()
                shared[name] = value.data_ptr() == ctypes.addressof(ctypes.c_char.from_buffer(tensor.data))
            return {"shared": shared}, {name: tensor.torch() for name, tensor in call.tensors.items()}


        @operation("fill")
        def fill(call):
            import torch

            return {}, {"sum": torch.arange(6).reshape(2, 3).t() * 0.5, "none": torch.empty(0, 4), "one": torch.tensor(7)}
        """);

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Tensors_of_every_type_reach_torch_without_a_copy()
    {
        await using var worker = await place.OpenAsync(WorkerPlace.Quick with { Modules = [Tensors] }, Python);
        var gen = new Gen(5);
        var tensors = Enum.GetValues<TensorType>().Select(type => new Tensor(type.Name(), type, [2, 3], Enumerable.Range(0, 6 * type.Size()).Select(_ => (byte)gen.Int(0, 1)).ToArray())).ToList();
        var answer = (await worker.CallAsync(new WorkerCall("through_torch") { Tensors = [.. tensors] }, default)).Ok();
        foreach (var tensor in tensors)
        {
            var back = answer.Find(tensor.Name)!;
            Assert.True(answer.Values.GetProperty("shared").GetProperty(tensor.Name).GetBoolean(), tensor.Name);
            Assert.Equal((tensor.Type, "2,3", Convert.ToHexString(tensor.Bytes.Span)), (back.Type, string.Join(',', back.Shape), Convert.ToHexString(back.Bytes.Span)));
        }

        var filled = (await worker.CallAsync(new WorkerCall("fill"), default)).Ok();
        Assert.Equal([0, 1.5f, 0.5f, 2, 1, 2.5f], MemoryMarshal.Cast<byte, float>(filled.Find("sum")!.Bytes.Span).ToArray());
        Assert.Equal(("0,4", "", 7L), (string.Join(',', filled.Find("none")!.Shape), string.Join(',', filled.Find("one")!.Shape), MemoryMarshal.Read<long>(filled.Find("one")!.Bytes.Span)));
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Torchscript_model_answers_in_an_environment_that_the_service_made()
    {
        var model = await ModelAsync();
        var service = new DependencyService(place.Host, ProvisionerCatalogue.Default, new InterpreterFinder(place.Host, new InterpreterSearch(["/usr/bin"], PyenvRoot: null)), TimeProvider.System);
        var request = EnvironmentRequest.Of("torch>=1.13.0a0").Ok() with { Provisioner = "system", Python = InterpreterRequest.Parse(Python, "/", "test").Ok() };
        var ready = (await service.EnsureAsync(request, new Subject("test"), new EnsureOptions(), NoProgress.Instance, default)).Ok();
        Assert.Equal(DependencyState.Ready, ready.Plan.Reference.State);
        await using var worker = (await new WorkerHost(place.Host).OpenAsync(ready.Plan.Reference, WorkerPlace.Quick, default)).Ok();

        var pieces = new StringBuilder();
        var arguments = new JsonObject { ["model_path"] = model, ["prompt"] = "abc", ["max_tokens"] = 5, ["stream"] = true, ["device"] = "cpu" };
        var answer = (await worker.CallAsync(WorkerCall.Of("pytorch_inference", arguments) with { Progress = told => pieces.Append(told.Data.GetProperty("text").GetString()) }, default)).Ok();
        Assert.Equal("defgh defgh torchscript", $"{answer.Values.GetProperty("response")} {pieces} {answer.Values.GetProperty("model_ref").GetProperty("kind")}");

        var tensors = WorkerCall.Of("pytorch_inference", new JsonObject { ["model_path"] = model }) with { Tensors = [Tensor.Of("input", [1L, 2, 3])] };
        Assert.Equal("3,256", string.Join(',', (await worker.CallAsync(tensors, default)).Ok().Find("output")!.Shape));

        arguments["temperature"] = 100;
        arguments["seed"] = 3;
        var drawn = (await worker.CallAsync(WorkerCall.Of("pytorch_inference", arguments), default)).Ok().Values.GetProperty("response").GetString();
        Assert.Equal(drawn, (await worker.CallAsync(WorkerCall.Of("pytorch_inference", arguments), default)).Ok().Values.GetProperty("response").GetString());
        Assert.NotEqual("defgh", drawn, StringComparer.Ordinal);

        arguments["model_path"] = place.Folder.WriteFile("no-model.pt", "pickle");
        Assert.Contains("no TorchScript model", (await worker.CallAsync(WorkerCall.Of("pytorch_inference", arguments), default)).Fails(WorkerFailures.ModelUnusable).Message);
        arguments["model_path"] = "/nowhere/model.pt";
        Assert.Contains("there is nothing", (await worker.CallAsync(WorkerCall.Of("pytorch_inference", arguments), default)).Fails(WorkerFailures.BadInput).Message);
    }

    [Fact(Timeout = Limit)]
    public async Task Environment_without_torch_is_told_by_the_module()
    {
        await using var worker = await place.OpenAsync(WorkerPlace.Quick with { Modules = [new WorkerModule("no_torch", "import sys\nsys.modules['torch'] = None")] });
        var arguments = new JsonObject { ["model_path"] = place.Folder.WriteFile("some.pt", "x"), ["prompt"] = "abc" };
        var failure = (await worker.CallAsync(WorkerCall.Of("pytorch_inference", arguments), default)).Fails(WorkerFailures.ModuleMissing);
        Assert.Contains("no module torch", failure.Message);
        Assert.Contains("Add the package that provides torch", failure.Remedy);
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Transformers_are_asked_offline_and_for_nothing_that_runs_code()
    {
        await using var worker = await place.OpenAsync(WorkerPlace.Quick with { Modules = [StandIns.Transformers] }, Python);
        place.Folder.WriteFile("tf/config.json", "{}");
        var pieces = new List<string>();
        var arguments = new JsonObject { ["model_path"] = place.Folder.Combine("tf"), ["prompt"] = "abc", ["system_prompt"] = "x", ["inference_settings"] = new JsonObject { ["max_tokens"] = 3 }, ["stream"] = true };
        var answer = (await worker.CallAsync(WorkerCall.Of("pytorch_inference", arguments) with { Progress = told => pieces.Add(told.Data.GetProperty("text").GetString()!) }, default)).Ok();
        Assert.Equal(("def", "d e f", "transformers"), (answer.Values.GetProperty("response").GetString(), string.Join(' ', pieces), answer.Values.GetProperty("model_ref").GetProperty("kind").GetString()));

        using var cancel = new CancellationTokenSource();
        arguments["max_tokens"] = 1_000_000;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => worker.CallAsync(WorkerCall.Of("pytorch_inference", arguments) with { Progress = _ => cancel.Cancel() }, cancel.Token));

        var bare = WorkerCall.Of("pytorch_inference", new JsonObject { ["model_path"] = place.Folder.Combine("tf") }) with { Tensors = [Tensor.Of("input_ids", [1L, 2])] };
        var hidden = (await worker.CallAsync(bare, default)).Ok().Find("last_hidden_state")!;
        Assert.Equal([2f, 4f], MemoryMarshal.Cast<byte, float>(hidden.Bytes.Span).ToArray());
        var hear = WorkerCall.Of("pytorch_inference", new JsonObject { ["model_path"] = place.Folder.Combine("tf"), ["sample_rate"] = 16000 }) with { Tensors = [Tensor.Of("audio", [0f, 0.5f, 1f])] };
        Assert.Equal("heard 3 samples", (await worker.CallAsync(hear, default)).Ok().Values.GetProperty("response").GetString());
        (await worker.CallAsync(WorkerCall.Of("pytorch_inference", new JsonObject { ["model_path"] = place.Folder.CreateFolder("empty"), ["kind"] = "transformers", ["prompt"] = "a" }), default)).Fails(WorkerFailures.ModelUnusable);
    }

    [RequiresFact(Capability.Transformers, Timeout = Limit)]
    public async Task Real_transformers_answer_from_a_local_directory()
    {
        var python = Environment.GetEnvironmentVariable("SLIPWAY_TEST_TRANSFORMERS")!;
        var folder = place.Folder.CreateFolder("gpt");
        await MakeAsync(python, $"""
            from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast
            from tokenizers import Tokenizer, models, pre_tokenizers
            tokens = Tokenizer(models.WordLevel(dict((c, i) for i, c in enumerate(["<u>", "a", "b", "c", "d"])), unk_token="<u>"))
            tokens.pre_tokenizer = pre_tokenizers.Split("", "isolated")
            PreTrainedTokenizerFast(tokenizer_object=tokens, unk_token="<u>").save_pretrained(r"{folder}")
            GPT2LMHeadModel(GPT2Config(vocab_size=5, n_positions=64, n_embd=8, n_layer=1, n_head=1, bos_token_id=0, eos_token_id=None)).save_pretrained(r"{folder}", safe_serialization=True)
            """);
        await using var worker = await place.OpenAsync(WorkerPlace.Quick, python);
        var pieces = new StringBuilder();
        var arguments = new JsonObject { ["model_path"] = folder, ["prompt"] = "abc", ["max_tokens"] = 6, ["stream"] = true, ["temperature"] = 1.0, ["seed"] = 1 };
        var answer = (await worker.CallAsync(WorkerCall.Of("pytorch_inference", arguments) with { Progress = told => pieces.Append(told.Data.GetProperty("text").GetString()) }, default)).Ok();
        Assert.Equal(answer.Values.GetProperty("response").GetString()!.Trim(), pieces.ToString().Trim());
        Assert.NotEmpty(pieces.ToString());
        var bare = WorkerCall.Of("pytorch_inference", new JsonObject { ["model_path"] = folder }) with { Tensors = [new Tensor("input_ids", TensorType.I64, [1, 2], new byte[16])] };
        Assert.Equal("1,2,8", string.Join(',', (await worker.CallAsync(bare, default)).Ok().Find("last_hidden_state")!.Shape));
    }

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Stable_audio_is_called_as_its_library_wants_to_be()
    {
        await using var worker = await place.OpenAsync(WorkerPlace.Quick with { Modules = [.. StandIns.StableAudio] }, Python);
        place.Folder.WriteFile("sa/model_config.json", "{\"model_type\":\"diffusion_cond\",\"sample_rate\":1000,\"sample_size\":4000,\"audio_channels\":2}");
        var arguments = new JsonObject { ["model_path"] = place.Folder.Combine("sa"), ["prompt"] = "rain", ["duration"] = 1.5, ["num_inference_steps"] = 4, ["guidance_scale"] = 2, ["seed"] = 5 };
        Assert.Contains("has no model.safetensors", (await worker.CallAsync(WorkerCall.Of("audio_generation", arguments), default)).Fails(WorkerFailures.ModelUnusable).Message);
        place.Folder.WriteFile("sa/model.safetensors", "1\n0.5\n");
        var first = (await worker.CallAsync(WorkerCall.Of("audio_generation", arguments), default)).Ok();
        Assert.Equal((1.5, 2, 1000, "stable_audio"), (first.Values.GetProperty("duration_seconds").GetDouble(), first.Values.GetProperty("channels").GetInt32(),
            first.Values.GetProperty("sample_rate").GetInt32(), first.Values.GetProperty("model_ref").GetProperty("kind").GetString()));
        Assert.Equal(44 + (1500 * 4), first.Find("audio")!.Bytes.Length);
        Assert.True((await worker.CallAsync(WorkerCall.Of("audio_generation", arguments), default)).Ok().Find("audio")!.Bytes.Span.SequenceEqual(first.Find("audio")!.Bytes.Span));
        arguments["duration"] = 5;
        Assert.Contains("the model makes 4 seconds at most", (await worker.CallAsync(WorkerCall.Of("audio_generation", arguments), default)).Fails(WorkerFailures.BadInput).Message);
    }

    [RequiresFact(Capability.StableAudio, Timeout = 10 * Limit)]
    public async Task Real_stable_audio_makes_a_sound()
    {
        await using var worker = await place.OpenAsync(WorkerPlace.Quick, Environment.GetEnvironmentVariable("SLIPWAY_TEST_STABLE_AUDIO")!);
        var arguments = new JsonObject { ["model_path"] = Environment.GetEnvironmentVariable("SLIPWAY_TEST_STABLE_AUDIO_MODEL"), ["prompt"] = "rain", ["duration"] = 1, ["num_inference_steps"] = 4, ["seed"] = 5 };
        Assert.True((await worker.CallAsync(WorkerCall.Of("audio_generation", arguments), default)).Ok().Find("audio")!.Bytes.Length > 44);
    }

    /// <summary>A model that says of each byte that the next one follows.</summary>
    private async Task<string> ModelAsync()
    {
        var path = place.Folder.Combine("next.pt");
        await MakeAsync(Python, $"""
            import torch

            class Next(torch.nn.Module):
                def forward(self, tokens):
                    return torch.nn.functional.one_hot((tokens + 1) % 256, 256).float() * 10

            torch.jit.script(Next()).save(r"{path}")
            """);
        return path;
    }

    private async Task MakeAsync(string python, string program)
    {
        var script = place.Folder.WriteFile($"make-{Guid.NewGuid():N}.py", program);
        var made = await CommandRunner.RunAsync(python, ["-I", script], new CommandOptions { Timeout = TimeSpan.FromMinutes(1) });
        Assert.True(made.ExitCode == 0, made.Stderr);
    }
}
