using System.Collections.Immutable;
using Slipway.Training.Configuration;
using Slipway.Training.Schedules;

namespace Slipway.Training.Recipes;

/// <summary>Settings that several recipes share.</summary>
internal static class CommonFields
{
    public static ImmutableArray<ConfigField> Model(string model, string renderer, int rank) =>
    [
        Text("model", model, "the base model: a built-in one, a local directory, or a name that the training service knows"),
        Choice("renderer", renderer, ["auto", .. Renderers.RendererCatalog.Names], "how conversations are written for the model; auto chooses by the model's name"),
        Whole("lora_rank", rank, 1, 4096, "the rank of the adapter that is trained"),
        Flag("train_mlp", true, "whether feed-forward layers are adapted"),
        Flag("train_attn", true, "whether attention is adapted"),
        Flag("train_unembed", true, "whether the last layer is adapted"),
        Whole("seed", 0, 0, int.MaxValue, "of adapter, order and samples: the same seed gives the same run on one machine's CPU"),
        OptionalText("load_checkpoint_path", "a checkpoint whose weights the run begins with, with a fresh optimiser"),
    ];

    public static ImmutableArray<ConfigField> Rows(string dataset, string? configuration, string split) =>
    [
        Text("dataset", dataset, "the rows: owner/name of a hub, a .jsonl file, a .py file with a function dataset, or builtin:NAME"),
        new ConfigField("dataset_config", ConfigKind.Text, configuration is null ? null : ConfigValue.Of(configuration), "the configuration of a dataset that has several") { IsOptional = true },
        OptionalText("dataset_revision", "the revision of a hub's dataset; what was used is written down"),
        Text("split", split, "the split that is trained on"),
        OptionalText("test_split", "the split that evaluations read"),
        OptionalWhole("max_rows", 1, int.MaxValue, "at most so many rows are trained on"),
        new ConfigField("test_rows", ConfigKind.Whole, ConfigValue.Of(0L), "so many of the shuffled rows are kept apart for evaluations, where there is no test_split") { Least = 0, Most = int.MaxValue },
    ];

    public static ImmutableArray<ConfigField> Optimizer(double rate, LearningRateSchedule schedule, int saveEvery, int evalEvery) =>
    [
        Number("learning_rate", rate, 0, 10, "the learning rate of the first step after any warm-up"),
        Choice("lr_schedule", LearningRate.Name(schedule), [.. LearningRate.Names], "how the learning rate changes over the run"),
        Whole("warmup_steps", 0, 0, int.MaxValue, "so many steps the learning rate first rises from 0"),
        Number("adam_beta1", 0.9, 0, 1, "decay of Adam's first moment"),
        Number("adam_beta2", 0.95, 0, 1, "decay of Adam's second moment"),
        Number("adam_eps", 1e-8, 0, 1, "added to the root of Adam's second moment"),
        Number("weight_decay", 0, 0, 10, "decoupled weight decay"),
        Number("grad_clip_norm", 0, 0, 1e9, "the most that the norm of all gradients may be; 0 for no limit"),
        OptionalWhole("max_steps", 1, int.MaxValue, "at most so many steps are taken"),
        Whole("save_every", saveEvery, 0, int.MaxValue, "a checkpoint after every so many steps; 0 for the last one only"),
        Whole("eval_every", evalEvery, 0, int.MaxValue, "an evaluation before every so many steps; 0 for none"),
        OptionalWhole("ttl_seconds", 60, 31_536_000, "how long a service keeps checkpoints", 604_800),
    ];

    public static ImmutableArray<ConfigField> Log() =>
    [
        OptionalText("log_path", "the directory for what the run writes; its own record's by default"),
        Choice("behavior_if_log_dir_exists", "raise", ["ask", "delete", "resume", "raise"], "what happens when log_path holds a run already; nobody is asked where there is no terminal"),
    ];

    public static ConfigField Text(string key, string value, string help) => new(key, ConfigKind.Text, ConfigValue.Of(value), help);

    public static ConfigField OptionalText(string key, string help) => new(key, ConfigKind.Text, null, help) { IsOptional = true };

    public static ConfigField Flag(string key, bool value, string help) => new(key, ConfigKind.Flag, ConfigValue.Of(value), help);

    public static ConfigField Whole(string key, long value, double least, double most, string help) => new(key, ConfigKind.Whole, ConfigValue.Of(value), help) { Least = least, Most = most };

    public static ConfigField OptionalWhole(string key, double least, double most, string help, long? value = null) =>
        new(key, ConfigKind.Whole, value is { } known ? ConfigValue.Of(known) : null, help) { Least = least, Most = most, IsOptional = true };

    public static ConfigField Number(string key, double value, double least, double most, string help) => new(key, ConfigKind.Number, ConfigValue.Of(value), help) { Least = least, Most = most };

    public static ConfigField Choice(string key, string value, ImmutableArray<string> choices, string help) => new(key, ConfigKind.Text, ConfigValue.Of(value), help) { Choices = choices };
}
