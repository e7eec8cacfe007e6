using System.Collections.Immutable;
using Slipway.Training.Configuration;

namespace Slipway.Cloud.Templates;

/// <summary>Parameters that several templates share.</summary>
internal static class TemplateFields
{
    public const string EmptyList = "[]";
    public const string EmptyTable = "{}";

    public static ConfigField Secrets { get; } = Text("secrets", EmptyList, "names of variables that hold secrets, such as HF_TOKEN for a gated model; a list. Their values are read when the run is submitted, and are written nowhere");

    public static ImmutableArray<ConfigField> Rows(string dataset) =>
    [
        Text("dataset", dataset, "the rows: owner/name of the Hugging Face hub, or a .jsonl file below the working directory"),
        OptionalText("dataset_config", "the configuration of a dataset that has several"),
        Text("split", "train", "the split that is trained on; a file is the split"),
        OptionalText("text_column", "the column that is learned whole; text when no other column is named"),
        OptionalText("prompt_column", "the column with what is asked, which is not learned; together with completion_column"),
        OptionalText("completion_column", "the column with the answer, which alone is learned"),
        OptionalText("messages_column", "the column with conversations, a list of {role, content}, written with the model's own chat template; the assistant's messages are learned"),
        Flag("chat_template", true, "whether prompts are written with the model's chat template, where it has one"),
        OptionalWhole("max_rows", 1, int.MaxValue, "at most so many rows"),
    ];

    public static ImmutableArray<ConfigField> Length(int batch, int accumulation) =>
    [
        OptionalWhole("max_steps", 1, 10_000_000, "so many steps; none for whole epochs", 60),
        Number("epochs", 1, 0.001, 1000, "so many times through the rows, where max_steps is none"),
        Whole("max_seq_length", 1024, 8, 1_048_576, "the most tokens of a row; what is longer is cut"),
        Whole("batch_size", batch, 1, 4096, "rows on one card at once"),
        Whole("gradient_accumulation", accumulation, 1, 65_536, "batches of a card that make one step; a step learns from batch_size x gradient_accumulation x cards rows"),
    ];

    public static ImmutableArray<ConfigField> Optimizer(double rate) =>
    [
        Number("learning_rate", rate, 1e-8, 1, "the learning rate after the warm-up; it then falls along half a cosine"),
        Whole("warmup_steps", 5, 0, 1_000_000, "so many steps the learning rate first rises"),
        Number("weight_decay", 0.01, 0, 1, "AdamW's decay of weights"),
        Number("max_grad_norm", 1, 0.001, 1000, "longer gradients are cut to this length"),
        Whole("seed", 42, 0, int.MaxValue, "of adapter and order: the same seed takes the same rows"),
        Whole("save_every", 50, 1, 1_000_000, "steps between checkpoints; the two newest are kept"),
        Flag("resume", true, "whether a run that finds a checkpoint of itself goes on from it"),
        Choice("precision", "bf16", ["bf16", "fp16", "fp32"], "the type that is computed in on cards; bf16 needs a card of the generation of A100 or later"),
        Flag("gradient_checkpointing", true, "whether activations are computed again to save memory"),
        OptionalNumber("parameters", 1, 1e14, "how many parameters the model has, for its memory; where its config.json does not tell"),
        Secrets,
    ];

    public static ImmutableArray<ConfigField> Adapter =>
    [
        Whole("lora_r", 16, 1, 1024, "the rank of the adapter"),
        Number("lora_alpha", 32, 0.01, 65_536, "the adapter counts lora_alpha / lora_r"),
        Number("lora_dropout", 0, 0, 0.9, "the share of the adapter's inputs that is dropped in a step"),
    ];

    public static ConfigField Model(string model) => Text("model", model, "the model: owner/name of the Hugging Face hub, or a folder below the working directory, beginning with ./");

    public static ConfigField Processes => OptionalWhole("processes", 1, 64, "processes that train, one for each card; as many as there are cards when none is said");

    public static ConfigField Text(string key, string value, string help) => new(key, ConfigKind.Text, ConfigValue.Of(value), help);

    public static ConfigField OptionalText(string key, string help) => new(key, ConfigKind.Text, Default: null, help) { IsOptional = true };

    public static ConfigField Flag(string key, bool value, string help) => new(key, ConfigKind.Flag, ConfigValue.Of(value), help);

    private static ConfigField Whole(string key, long value, double least, double most, string help) => new(key, ConfigKind.Whole, ConfigValue.Of(value), help) { Least = least, Most = most };

    private static ConfigField Number(string key, double value, double least, double most, string help) => new(key, ConfigKind.Number, ConfigValue.Of(value), help) { Least = least, Most = most };

    private static ConfigField OptionalNumber(string key, double least, double most, string help) => new(key, ConfigKind.Number, Default: null, help) { Least = least, Most = most, IsOptional = true };

    private static ConfigField Choice(string key, string value, ImmutableArray<string> choices, string help) => new(key, ConfigKind.Text, ConfigValue.Of(value), help) { Choices = choices };

    private static ConfigField OptionalWhole(string key, double least, double most, string help, long? value = null) =>
        new(key, ConfigKind.Whole, value is { } known ? ConfigValue.Of(known) : null, help) { Least = least, Most = most, IsOptional = true };
}
