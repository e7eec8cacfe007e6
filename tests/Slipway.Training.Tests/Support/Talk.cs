using System.Collections.Immutable;
using Slipway.Training.Renderers;

namespace Slipway.Training.Tests.Support;

/// <summary>Conversations and what renderers make of them.</summary>
internal static class Talk
{
    internal static readonly ImmutableArray<Message> C =
    [
        Message.Of(Role.System, "Be brief."), Message.Of(Role.User, "Hi"), Message.Of(Role.Assistant, "Hello!"), Message.Of(Role.User, "2+2?"), Message.Of(Role.Assistant, "4"),
    ];

    internal static readonly ImmutableArray<Message> Reasoned =
        [Message.Of(Role.User, "2+2?"), new(Role.Assistant, [new ThinkingPart("2 and 2 is 4"), new TextPart("4")])];

    internal static Renderer Renderer(string name) => RendererCatalog.Find(name).Ok();

    internal static async Task<WeightedTokens> Weighted(string renderer, ImmutableArray<Message> messages, TrainOnWhat mode)
    {
        var tokenizer = Tokenizer(renderer);
        var example = Renderer(renderer).BuildSupervised(messages, mode, tokenizer).Ok();
        return (await Rendering.EncodeAsync(tokenizer, [example], CancellationToken.None)).Ok()[0];
    }

    internal static async Task<string> Marked(string renderer, ImmutableArray<Message> messages, TrainOnWhat mode) => Mark(await Weighted(renderer, messages, mode));

    internal static string Mark(WeightedTokens tokens)
    {
        var (text, inside) = (new System.Text.StringBuilder(), false);
        for (var i = 0; i <= tokens.Tokens.Length; i++)
        {
            var trained = i < tokens.Tokens.Length && tokens.Weights[i] > 0;
            text.Append((inside, trained) switch { (false, true) => "⟦", (true, false) => "⟧", _ => string.Empty });
            text.Append(i < tokens.Tokens.Length ? new CharTokenizer().Decode([tokens.Tokens[i]]) : string.Empty);
            inside = trained;
        }

        return text.ToString();
    }

    internal static async Task<string> Prompt(string renderer, ImmutableArray<Message> messages, string? prefill = null)
    {
        var tokenizer = Tokenizer(renderer);
        var prompt = Renderer(renderer).BuildGenerationPrompt(messages, tokenizer, prefill).Ok();
        return tokenizer.Decode((await Rendering.EncodePromptsAsync(tokenizer, [prompt], CancellationToken.None)).Ok()[0].ToTokens());
    }

    internal static CharTokenizer Tokenizer(string renderer) => new(begins: renderer is "role_colon");

    internal static async Task<Slipway.Core.Failures.Result<ParsedResponse>> Parse(string renderer, string answer)
    {
        var tokenizer = Tokenizer(renderer);
        return (await ResponseReader.ReadAsync(Renderer(renderer), tokenizer, [tokenizer.Spelled(answer)], CancellationToken.None)).Ok()[0];
    }
}
