using System.Collections.Immutable;
using System.Globalization;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Training.Configuration;
using Slipway.Training.Experiments;
using Slipway.Training.Schedules;
using static Slipway.Training.Recipes.CommonFields;

namespace Slipway.Training.Recipes;

/// <summary>The recipes that come with Slipway.</summary>
public static class BuiltinRecipes
{
    private const string TinyModel = "tiny-byte";

    /// <summary>All of them.</summary>
    public static ImmutableArray<Recipe> All { get; } = [SupervisedBasic(), Grpo(), Dpo(), Distill()];

    /// <summary>The recipe of a name.</summary>
    public static Result<Recipe> Find(string name)
    {
        if (All.FirstOrDefault(recipe => recipe.Name == name) is { } found)
        {
            return found;
        }

        var near = NearestName.Of(name, All.Select(static recipe => recipe.Name));
        return new Failure(TrainingFailures.UnknownRecipe, $"There is no recipe {Shown.Quote(name)}{(near is null ? string.Empty : $"; did you mean '{near}'?")}");
    }

    private static Recipe SupervisedBasic() => new(
        "sl_basic",
        "Learns from conversations: supervised fine-tuning of a low-rank adapter.",
        new ConfigSchema(
        [
            .. Model("meta-llama/Llama-3.2-1B", "llama3", 32),
            .. Rows("HuggingFaceH4/no_robots", null, "train"),
            .. SupervisedFields("all_assistant_messages", "mean", 128, 32_768),
            .. Optimizer(2e-4, LearningRateSchedule.Linear, 20, 8),
            .. Log(),
        ]),
        static config => ImmutableArray.Create(new StageSpec(StageKind.Supervised, "sl_basic", config)))
    {
        Presets = [Tiny("builtin:successor-plain", ("learning_rate", 5e-3), ("batch_size", 9), ("num_epochs", 100), ("max_length", 128), ("save_every", 25), ("eval_every", 25), ("max_steps", 100))],
    };

    private static Recipe Grpo() => new(
        "rl_grpo",
        "Learns from rewards of its own answers, each compared with others to the same question (GRPO without division by the deviation).",
        new ConfigSchema(
        [
            .. Model("meta-llama/Llama-3.1-8B", "auto", 32),
            .. Rows("openai/gsm8k", "main", "train"),
            Text("reward", "boxed", "how answers are rewarded: boxed (the last \\boxed{} is compared with the truth), or a .py file with a function reward"),
            Choice("grading", "normalized", ["normalized", "math"], "how a boxed answer is compared: normalized text, or as mathematics by a worker (needs sympy for what is no number)"),
            OptionalText("environment", "a .py file with a function environment, for conversations of several turns"),
            Whole("max_turns", 1, 1, 1000, "the most turns of a conversation with an environment"),
            Number("format_coef", 0.1, 0, 100, "what an answer loses that is not in \\boxed{} or does not end"),
            Whole("groups_per_batch", 128, 1, 1_000_000, "questions an iteration"),
            Whole("group_size", 16, 1, 100_000, "answers to each question"),
            .. ReinforcementFields(256),
            Choice("loss", "importance_sampling", ["importance_sampling", "ppo", "cispo", "dro"], "the loss"),
            Number("clip_low", 0.8, 0, 1000, "the lower bound of the ratio, for ppo and cispo"),
            Number("clip_high", 1.2, 0, 1000, "the upper bound of the ratio, for ppo and cispo"),
            Number("dro_beta", 0.05, 0, 1000, "beta of dro"),
            Number("kl_penalty_coef", 0, 0, 1000, "how much the distance to kl_reference costs; 0 for nothing"),
            Number("kl_discount_factor", 0, 0, 1, "how much of later distances a token is charged"),
            OptionalText("kl_reference", "the model, or start for the weights at the beginning, that kl_penalty_coef measures to"),
            Flag("remove_constant_reward_groups", false, "whether groups are left out whose answers all got the same"),
            .. Optimizer(4e-5, LearningRateSchedule.Constant, 20, 0),
            .. Log(),
        ]),
        static config => CheckReinforcement(config).Map(_ => ImmutableArray.Create(new StageSpec(StageKind.Reinforcement, "rl_grpo", config))))
    {
        Presets = [Tiny("builtin:successor", ("learning_rate", 5e-3), ("groups_per_batch", 9), ("group_size", 8), ("max_tokens", 20), ("num_epochs", 40), ("save_every", 10), ("eval_every", 20), ("question_suffix", string.Empty))],
    };

    private static Recipe Dpo() => new(
        "dpo",
        "Learns which of two answers is preferred, without a reward model (direct preference optimisation).",
        new ConfigSchema(
        [
            .. Model("meta-llama/Llama-3.2-1B", "auto", 32),
            .. Rows("Anthropic/hh-rlhf", null, "train"),
            Number("beta", 0.1, 1e-6, 1000, "how much the distance to the model at the beginning counts"),
            Whole("batch_size", 256, 1, 1_000_000, "pairs a step"),
            Whole("max_length", 8192, 2, 10_000_000, "the most tokens of a conversation; what is longer is cut"),
            Whole("num_epochs", 1, 1, 1_000_000, "how often the rows are gone through"),
            .. Optimizer(1e-5, LearningRateSchedule.Linear, 20, 10),
            .. Log(),
        ]),
        static config => ImmutableArray.Create(new StageSpec(StageKind.Preference, "dpo", config)))
    {
        Presets = [Tiny("builtin:successor-preferences", ("learning_rate", 2e-3), ("batch_size", 9), ("num_epochs", 30), ("max_length", 128), ("save_every", 10), ("eval_every", 10), ("max_steps", 30))],
    };

    private static Recipe Distill() => new(
        "distill",
        "Learns from a teacher: its judgement of the student's own samples (on_policy), its samples (hard), or its distribution (soft).",
        new ConfigSchema(
        [
            Choice("mode", "on_policy", ["on_policy", "hard", "soft"], "what is learned of the teacher"),
            .. Model("Qwen/Qwen3-8B-Base", "qwen3", 128),
            Text("teacher", "Qwen/Qwen3-8B", "the model that is learned from; its tokenizer must be the student's"),
            OptionalText("teacher_path", "a checkpoint on the teacher"),
            .. Rows("zwhe99/DeepMath-103K", null, "train"),
            Whole("groups_per_batch", 1024, 1, 1_000_000, "questions an iteration (on_policy)"),
            Whole("group_size", 4, 1, 100_000, "answers to each question (on_policy)"),
            .. ReinforcementFields(4096),
            Number("kl_penalty_coef", 1, 0, 1000, "how much the distance to the teacher counts (on_policy)"),
            Number("kl_discount_factor", 0, 0, 1, "how much of later distances a token is charged (on_policy)"),
            Whole("max_prompt_tokens", 1024, 1, 10_000_000, "longer questions are left out"),
            .. SupervisedFields("last_assistant_message", "mean", 64, 32_768).Where(static field => field.Key is not "num_epochs"),
            Whole("top_k", 20, 1, 1000, "how many of the teacher's likeliest tokens are learned (soft)"),
            .. Optimizer(1e-4, LearningRateSchedule.Constant, 20, 20),
            .. Log(),
        ]),
        static config => CheckReinforcement(config).Map(_ => ImmutableArray.Create(
            new StageSpec(config.Text("mode") is "on_policy" ? StageKind.Reinforcement : StageKind.Supervised, $"distill_{config.Text("mode")}", config))))
    {
        Presets = [Tiny("builtin:successor", ("teacher", "tiny-byte-teacher"), ("learning_rate", 5e-3), ("groups_per_batch", 9), ("group_size", 8), ("max_tokens", 20), ("num_epochs", 30), ("batch_size", 9), ("max_length", 128), ("save_every", 10), ("eval_every", 0), ("question_suffix", string.Empty))],
    };

    private static ImmutableArray<ConfigField> SupervisedFields(string trainOn, string reduction, int batch, int length) =>
    [
        Choice("train_on_what", trainOn, [.. Renderers.TrainOnWhatNames.All.Select(Renderers.TrainOnWhatNames.Name)], "which messages are learned"),
        Choice("reduction", reduction, ["mean", "none"], "whether each conversation counts alike (mean), or each token (none)"),
        Whole("batch_size", batch, 1, 1_000_000, "conversations a step"),
        Whole("max_length", length, 2, 10_000_000, "the most tokens of a conversation; what is longer is cut"),
        Whole("num_epochs", 1, 1, 1_000_000, "how often the rows are gone through"),
    ];

    private static ImmutableArray<ConfigField> ReinforcementFields(int maxTokens) =>
    [
        Whole("max_tokens", maxTokens, 1, 10_000_000, "the most tokens of an answer"),
        Number("temperature", 1, 0, 100, "of the samples that are trained on"),
        Flag("allow_temperature_bias", false, "whether a temperature other than 1 is taken, though it biases what is learned"),
        Whole("num_substeps", 1, 1, 10_000, "steps of the optimiser an iteration"),
        Whole("num_epochs", 1, 1, 1_000_000, "how often the rows are gone through"),
        Text("question_suffix", Grading.MathPrompts.BoxedSuffix, "is put behind each question"),
    ];

    private static Result<Unit> CheckReinforcement(RecipeConfig config)
    {
        if (config.Schema.Find("kl_reference") is not null && config.Number("kl_penalty_coef") > 0 && config.TextOrNone("kl_reference") is null)
        {
            return new Failure(TrainingFailures.SettingsClash, "kl_penalty_coef is above 0, and there is no kl_reference to measure to.") { Hint = "Set kl_reference=start for the weights at the beginning, or name a model." };
        }

        return !config.Flag("allow_temperature_bias") && !config.Number("temperature").Equals(1)
            ? new Failure(TrainingFailures.SettingsClash, $"temperature is {config.Number("temperature").ToString(CultureInfo.InvariantCulture)}: the sampler then tells other log-probabilities than the trainer, which biases what is learned.")
            {
                Hint = "Keep temperature=1, or set allow_temperature_bias=true.",
            }
            : default(Unit);
    }

    // For a machine without a GPU: minutes, on a model that is made for it.
    private static ConfigLayer Tiny(string dataset, params ReadOnlySpan<(string Key, object Value)> settings)
    {
        var all = new List<(string, ConfigValue?)>
        {
            ("model", ConfigValue.Of(TinyModel)), ("renderer", ConfigValue.Of("role_colon")), ("lora_rank", ConfigValue.Of(8L)), ("dataset", ConfigValue.Of(dataset)), ("dataset_config", null),
        };
        foreach (var (key, value) in settings)
        {
            all.Add((key, value switch
            {
                int whole => ConfigValue.Of((long)whole),
                double number => ConfigValue.Of(number),
                _ => ConfigValue.Of((string)value),
            }));
        }

        return ConfigLayer.Of("tiny", [.. all]);
    }
}
