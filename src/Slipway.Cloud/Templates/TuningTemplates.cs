using System.Collections.Immutable;
using Slipway.Cloud.Cost;
using Slipway.Core.Failures;
using Slipway.Training.Configuration;

namespace Slipway.Cloud.Templates;

/// <summary>The templates that train a model of the hub on rows: <c>unsloth</c>, <c>lora</c> and <c>full</c>.</summary>
internal static class TuningTemplates
{
    // Each default fits the card that is named in BestFor, by VramSizing with the model's own dimensions.
    private const string Rows = "tatsu-lab/alpaca";

    private static readonly string[] ColumnKeys = ["messages_column", "prompt_column", "completion_column", "text_column"];

    public static LaunchTemplate Unsloth { get; } = Define(
        "unsloth", "Trains a LoRA adapter on a model in 4 bits with Unsloth.", "Models of 7 to 14 thousand million parameters on one card of 24 to 48 GB; the least memory of all.", TrainingMethod.Qlora,
        [TemplateFields.Model("Qwen/Qwen2.5-7B-Instruct"), .. TemplateFields.Rows(Rows), .. TemplateFields.Adapter, .. TemplateFields.Length(2, 4), .. TemplateFields.Optimizer(2e-4)]);

    public static LaunchTemplate Lora { get; } = Define(
        "lora", "Trains a LoRA adapter on a model in 16 bits with transformers and PEFT.", "Models that fit one card in 16 bits, such as 7 thousand million parameters on 24 GB or more; several cards learn from more rows at once.", TrainingMethod.Lora,
        [TemplateFields.Model("Qwen/Qwen2.5-1.5B-Instruct"), .. TemplateFields.Rows(Rows), .. TemplateFields.Adapter, .. TemplateFields.Length(2, 4), .. TemplateFields.Optimizer(2e-4), TemplateFields.Processes]);

    public static LaunchTemplate Full { get; } = Define(
        "full", "Trains all parameters of a model with transformers.", "Small models, of which each card holds everything: 16 bytes a parameter, so up to 4 thousand million on 80 GB.", TrainingMethod.Full,
        [TemplateFields.Model("Qwen/Qwen2.5-0.5B"), .. TemplateFields.Rows(Rows), .. TemplateFields.Length(1, 8), .. TemplateFields.Optimizer(2e-5), TemplateFields.Processes]);

    /// <summary>The columns that are read, whichever are named.</summary>
    public static ImmutableArray<string> Columns(RecipeConfig config) =>
        [.. ColumnKeys.Select(config.TextOrNone).OfType<string>()];

    private static LaunchTemplate Define(string name, string summary, string bestFor, TrainingMethod method, ImmutableArray<ConfigField> fields) => new(name, summary, bestFor, new ConfigSchema(fields))
    {
        Survives = true,
        Lists = ["secrets"],
        Make = (config, folder) => Make(name, method, config, folder),
    };

    private static Result<TemplateParts> Make(string name, TrainingMethod method, RecipeConfig given, string folder)
    {
        if (!LocalInput.HubOrPath("model", given.Text("model"), folder).TryGet(out var model, out var failure)
            || !LocalInput.HubOrPath("dataset", given.Text("dataset"), folder).TryGet(out var dataset, out failure)
            || !WithColumns(given).Then(one => TemplateParameters.With(one, ("model", ConfigValue.Of(model)), ("dataset", ConfigValue.Of(dataset)))).TryGet(out var config, out failure))
        {
            return failure;
        }

        var secrets = TemplateParameters.List(config, "secrets");
        if ((TemplateParameters.WrongName("secrets", secrets) ?? WrongKind(model, dataset, folder)) is { } wrong)
        {
            return wrong;
        }

        return new TemplateParts(config, ["run", "--report", "out/report.json", "--no-lock", .. secrets.SelectMany(static secret => (string[])["--secret", secret]), "entry.py"])
        {
            Scripts = EntryScripts.Training(name),
            Carried = [.. new[] { model, dataset }.Where(LocalInput.IsCarried).Select(static path => path[2..])],
            SecretNames = secrets,
            Method = method,
            Model = model,
            Dataset = dataset,
        };
    }

    private static Result<RecipeConfig> WithColumns(RecipeConfig given)
    {
        var (text, prompt, completion, messages) = (given.TextOrNone("text_column"), given.TextOrNone("prompt_column"), given.TextOrNone("completion_column"), given.TextOrNone("messages_column"));
        if (prompt is null != completion is null)
        {
            return new Failure(CloudFailures.TemplateParameter, "prompt_column and completion_column go together: one of them is missing.");
        }

        return ((text is null ? 0 : 1) + (prompt is null ? 0 : 1) + (messages is null ? 0 : 1)) switch
        {
            0 => TemplateParameters.With(given, ("text_column", ConfigValue.Of("text"))),
            1 => given,
            _ => new Failure(CloudFailures.TemplateParameter, "Only one of text_column, prompt_column with completion_column, and messages_column may be named."),
        };
    }

    private static Failure? WrongKind(string model, string dataset, string folder) =>
        LocalInput.IsCarried(model) && !File.Exists(Path.Combine(folder, model, "config.json")) ? new Failure(CloudFailures.TemplateParameter, $"model: {model} is no folder with a config.json.")
        : LocalInput.IsCarried(dataset) && !(dataset.EndsWith(".jsonl", StringComparison.Ordinal) && File.Exists(Path.Combine(folder, dataset))) ? new Failure(CloudFailures.TemplateParameter, $"dataset: {dataset} is no .jsonl file.")
        : null;
}
