using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Slipway.Core.Failures;
using Slipway.TestKit;
using Slipway.Workers.Connections;
using Slipway.Workers.Frames;
using Slipway.Workers.Tests.Support;

namespace Slipway.Workers.Tests.Training;

/// <summary>One worker with Debian's torch for the tests of a class, in which the tiny model is hardly trained: that takes no time, and most tests do not need more.</summary>
public sealed class TrainingPlace : IAsyncLifetime
{
    private const string Python = "/usr/bin/python3";
    private readonly LocalPlace _place = new();
    private WorkerConnection? _worker;

    private static WorkerModule Module { get; } = new("training_of_tests", """
        from slipway_worker import operation
        from slipway_worker.training import adam, losses, pretraining, tiny_base

        pretraining.STEPS = 3


        @operation("loss_of_tests")
        def loss_of_tests(call):
            rows = {name: tensor.torch() for name, tensor in call.tensors.items()}
            lp = rows.pop("lp").clone().requires_grad_(True)
            config = losses.check(call.args["loss_fn"], call.args["config"], list(rows))
            loss = losses.total(call.args["loss_fn"], lp, rows, config)
            loss.backward()
            return {"loss": float(loss)}, {"gradient": lp.grad}


        @operation("file_of_tests")
        def file_of_tests(call):
            # Their bytes have to be copied before they can be written, as those of a GPU have to be.
            import torch
            from slipway_worker.training import safetensors_file

            wanted = {str(size): torch.arange(size * size, dtype=torch.float32).reshape(size, size).t() for size in (3, 40, 600)}
            safetensors_file.write(call.args["path"], wanted)
            found, _ = safetensors_file.read(call.args["path"])
            return {"same": [name for name in wanted if torch.equal(wanted[name], found[name])]}


        @operation("adam_of_tests")
        def adam_of_tests(call):
            import torch

            p = {"p": torch.tensor([1, -2, 0.5], dtype=torch.float64)}
            optimiser, tensors = adam.Adam(p), {}
            for step, gradient in enumerate(([0.1, -0.2, 0], [0.3, 0.1, -0.4])):
                norms = optimiser.apply(p, {"p": torch.tensor(gradient, dtype=torch.float64)}, adam.settings(call.args))
                tensors["step%d" % (step + 1)] = p["p"].float()
            return {"grad_norm": norms[0]}, tensors


        RUN = tiny_base.TinyBase.run


        @operation("memory_of_tests")
        def memory_of_tests(call):
            def run(self, tokens, *args, **options):
                if tokens.numel() > call.args["tokens"]:
                    raise RuntimeError("CUDA out of memory. Tried to allocate 1 GiB")
                return RUN(self, tokens, *args, **options)

            tiny_base.TinyBase.run = run
        """);

    internal TempFolder Folder => _place.Folder;

    public Task InitializeAsync() => _place.InitializeAsync();

    public async Task DisposeAsync()
    {
        if (_worker is not null)
        {
            await _worker.DisposeAsync();
        }

        await _place.DisposeAsync();
    }

    /// <summary>Calls an operation, which goes well.</summary>
    internal async Task<WorkerAnswer> DoAsync(string operation, JsonObject arguments, params Tensor[] tensors) => (await CallAsync(operation, arguments, tensors)).Ok();

    /// <summary>Calls an operation, which fails.</summary>
    internal async Task<string> FailAsync(FailureCode code, string operation, JsonObject arguments, params Tensor[] tensors) =>
        (await CallAsync(operation, arguments, tensors)).Fails(code).Message;

    /// <summary>Makes a model on the tiny base, or another one.</summary>
    internal Task<WorkerAnswer> CreateAsync(string model, int rank = 4, int seed = 0, string based = "tiny-byte") => DoAsync("training_create_model", new JsonObject
    {
        ["model_id"] = model,
        ["base_model"] = based,
        ["cache_directory"] = Folder.Combine("models"),
        ["lora"] = new JsonObject { ["rank"] = rank, ["seed"] = seed },
        ["device"] = "cpu",
    });

    /// <summary>Learns from rows of bytes, each byte of which is to follow those before it.</summary>
    internal async Task LearnAsync(string model, double rate, params string[] texts)
    {
        await DoAsync("training_forward_backward", new JsonObject { ["model_id"] = model }, Datums(texts));
        await DoAsync("training_optim_step", new JsonObject { ["model_id"] = model, ["adam"] = new JsonObject { ["learning_rate"] = rate } });
    }

    /// <summary>The log-probabilities of rows of bytes under a model.</summary>
    internal async Task<float[]> ForwardAsync(string model, params string[] texts) =>
        Floats((await DoAsync("training_forward", new JsonObject { ["model_id"] = model }, Datums(texts))).Find("logprobs")!);

    /// <summary>The tensors of texts, whose bytes are tokens.</summary>
    internal static Tensor[] Datums(params string[] texts) =>
    [
        Tensor.Of("tokens", [.. texts.SelectMany(static text => text[..^1]).Select(static letter => (long)letter)]),
        Tensor.Of("lengths", [.. texts.Select(static text => text.Length - 1L)]),
        Tensor.Of("target_tokens", [.. texts.SelectMany(static text => text[1..]).Select(static letter => (long)letter)]),
    ];

    /// <summary>The tensors of prompts, whose bytes are tokens.</summary>
    internal static Tensor[] Prompts(params string[] texts) =>
    [
        Tensor.Of("prompts", [.. texts.SelectMany(static text => text).Select(static letter => (long)letter)]),
        Tensor.Of("prompt_lengths", [.. texts.Select(static text => (long)text.Length)]),
    ];

    internal static float[] Floats(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.Bytes.Span).ToArray();

    internal static long[] Longs(Tensor tensor) => MemoryMarshal.Cast<byte, long>(tensor.Bytes.Span).ToArray();

    private async Task<Result<WorkerAnswer>> CallAsync(string operation, JsonObject arguments, Tensor[] tensors)
    {
        _worker ??= await _place.OpenAsync(WorkerPlace.Quick with { Modules = [Module] }, Python);
        return await _worker.CallAsync(WorkerCall.Of(operation, arguments) with { Tensors = [.. tensors] }, default);
    }
}
