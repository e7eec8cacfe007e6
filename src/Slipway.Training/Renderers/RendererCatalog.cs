using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Training.Renderers;

/// <summary>The renderers by name, and which of them fits a model. A model that is not known is a failure and no guess: a wrong format trains without a complaint.</summary>
public static partial class RendererCatalog
{
    private static readonly ImmutableArray<Renderer> All =
    [
        new Llama3Renderer(), new QwenRenderer(QwenThinking.On), new QwenRenderer(QwenThinking.Disabled), new QwenRenderer(QwenThinking.Never),
        new DeepSeekRenderer(isThinking: false), new DeepSeekRenderer(isThinking: true), new RoleColonRenderer(),
    ];

    // The first that matches counts.
    private static readonly ImmutableArray<(Regex Model, string Renderer)> Families =
    [
        (TinyModel(), "role_colon"),
        (BaseModel(), "role_colon"),
        (LlamaChat(), "llama3"),
        (LlamaBase(), "role_colon"),
        (QwenInstruct(), "qwen3_instruct"),
        (QwenHybrid(), "qwen3"),
        (DeepSeek(), "deepseekv3"),
    ];

    /// <summary>The names of all renderers.</summary>
    public static ImmutableArray<string> Names { get; } = [.. All.Select(static renderer => renderer.Name)];

    /// <summary>The renderer of a name.</summary>
    public static Result<Renderer> Find(string name) => All.FirstOrDefault(renderer => renderer.Name == name) is { } found
        ? Result.Ok(found)
        : new Failure(TrainingFailures.UnknownRenderer, $"There is no renderer {Shown.Quote(name)}; there are {string.Join(", ", Names)}.")
        {
            Hint = NearestName.Of(name, Names) is { } near ? $"Did you mean {near}?" : null,
        };

    /// <summary>The renderer of a model, by its name, with or without its owner.</summary>
    public static Result<Renderer> ForModel(string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var name = model[(model.LastIndexOf('/') + 1)..];
        return Families.FirstOrDefault(family => family.Model.IsMatch(name)).Renderer is { } renderer
            ? Find(renderer)
            : new Failure(TrainingFailures.UnknownRenderer, $"It is not known how the model {Shown.Quote(model)} reads conversations.")
            {
                Hint = $"Name its renderer: {string.Join(", ", Names)}.",
            };
    }

    [GeneratedRegex(@"^tiny-byte(-teacher)?$", RegexOptions.CultureInvariant)]
    private static partial Regex TinyModel();

    [GeneratedRegex(@"^(Qwen3|DeepSeek-V3(\.1)?)-(.+-)?Base$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex BaseModel();

    [GeneratedRegex(@"^(Meta-)?Llama-3(\.[1-3])?-\d+B-Instruct$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex LlamaChat();

    [GeneratedRegex(@"^(Meta-)?Llama-3(\.[1-3])?-\d+B$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex LlamaBase();

    [GeneratedRegex(@"^Qwen3-[\dB.A-]+-Instruct-2507$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex QwenInstruct();

    [GeneratedRegex(@"^Qwen3-[\d.]+B(-A\d+B)?(-Thinking-2507)?$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex QwenHybrid();

    [GeneratedRegex(@"^DeepSeek-V3\.1$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex DeepSeek();
}
