using Slipway.Core.Failures;
using Slipway.Training.Configuration;
using Slipway.Training.Data;
using Slipway.Training.Datasets;
using Slipway.Training.Ports;
using Slipway.Training.Renderers;
using Slipway.Training.Schedules;

namespace Slipway.Training.Loops;

/// <summary>What all loops read of a stage's settings.</summary>
internal sealed class StageSettings(RecipeConfig config)
{
    public RecipeConfig Config => config;

    public string Model => config.Text("model");

    public ulong Seed => (ulong)config.Whole("seed");

    public LoraSettings Lora => new(config.Whole("lora_rank"), config.Whole("seed"), config.Flag("train_mlp"), config.Flag("train_attn"), config.Flag("train_unembed"));

    public string? LoadPath => config.TextOrNone("load_checkpoint_path");

    public int Epochs => config.Whole("num_epochs");

    public int SaveEvery => config.Whole("save_every");


    public TimeSpan? Keep => config.WholeOrNone("ttl_seconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    public Result<Renderer> Renderer => config.Text("renderer") is var name && name is "auto" ? RendererCatalog.ForModel(Model) : RendererCatalog.Find(name);

    public DatasetRequest Dataset(string split) => new(config.Text("dataset"), config.TextOrNone("dataset_config"), split, config.TextOrNone("dataset_revision"));

    /// <summary>Adam's settings at a step of some.</summary>
    public Result<AdamParameters> Adam(int step, int total) =>
        LearningRate.Multiplier(LearningRate.Find(config.Text("lr_schedule"))!.Value, step, total, Math.Min(config.Whole("warmup_steps"), total - 1)).Map(multiplier => new AdamParameters(
            config.Number("learning_rate") * multiplier, config.Number("adam_beta1"), config.Number("adam_beta2"), config.Number("adam_eps"), config.Number("weight_decay"), config.Number("grad_clip_norm")));

    /// <summary>How many steps there are, when each pass over the data has so many.</summary>
    public int Steps(int perEpoch) => (int)Math.Min((long)perEpoch * Epochs, config.WholeOrNone("max_steps") ?? int.MaxValue);

    /// <summary>Whether an evaluation is due before a step; the first one is, where there are any.</summary>
    public bool IsEvaluated(int step) => config.Whole("eval_every") is > 0 and var every && step % every == 0;

    /// <summary>Whether something that is due every so many steps is due after some.</summary>
    public static bool IsDue(int steps, int every) => every > 0 && steps > 0 && steps % every == 0;
}
