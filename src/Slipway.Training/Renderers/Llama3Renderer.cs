using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Renderers;

/// <summary>The format of Llama 3's chat models: each message with its role in a header, ended by <c>&lt;|eot_id|&gt;</c>. No date is put before it; no tools, no reasoning.</summary>
public sealed class Llama3Renderer() : Renderer("llama3")
{
    /// <inheritdoc/>
    public override bool Extends => true;

    /// <inheritdoc/>
    public override StopCondition Stop { get; } = new(SpecialTexts.EndOfTurn, null);

    /// <inheritdoc/>
    public override Result<ParsedResponse> Parse(ImmutableArray<TokenText> parts, string? end) =>
        ResponseParts.BeforeStop(parts, SpecialTexts.EndOfTurn).Map(before => before.Parts is { } answer
            ? new ParsedResponse(Message.Of(Role.Assistant, ResponseParts.Text(answer)), Termination.StopSequence)
            : ResponseParts.Malformed(parts));

    private protected override ImmutableArray<TokenChunk> Begin(ITokenizer tokenizer) => [Special(SpecialTexts.BeginOfText)];

    private protected override Result<RenderedMessage> Render(ImmutableArray<Message> messages, int index, bool isProduced)
    {
        var message = messages[index];
        return Unsupported(index, message, thinking: false, tools: false) is { } failure
            ? failure
            : new RenderedMessage(Header(message.Role), [new([TokenText.Plain(message.Text), TokenText.Special(SpecialTexts.EndOfTurn)])]);
    }

    private protected override ImmutableArray<TokenChunk> AssistantStart(ImmutableArray<Message> messages) => [Header(Role.Assistant)];

    private static TokenChunk Header(Role role) =>
        new([TokenText.Special(SpecialTexts.StartHeader), TokenText.Plain(role.Name()), TokenText.Special(SpecialTexts.EndHeader), TokenText.Plain("\n\n")]);
}
