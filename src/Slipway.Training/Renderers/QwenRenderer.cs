using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Renderers;

/// <summary>
/// The format of Qwen 3, ChatML with blocks of reasoning and of tools. Only the answer that is being written shows its reasoning: earlier ones lose theirs.
/// </summary>
/// <param name="thinking">How the model reasons.</param>
public sealed class QwenRenderer(QwenThinking thinking) : Renderer(thinking switch
{
    QwenThinking.On => "qwen3",
    QwenThinking.Disabled => "qwen3_disable_thinking",
    _ => "qwen3_instruct",
})
{
    /// <inheritdoc/>
    public override bool Extends => thinking is QwenThinking.Never;

    /// <inheritdoc/>
    public override StopCondition Stop { get; } = new(SpecialTexts.MessageEnd, null);

    private protected override bool MustBeginWithPrompt => thinking is QwenThinking.Disabled;

    /// <inheritdoc/>
    public override Result<ParsedResponse> Parse(ImmutableArray<TokenText> parts, string? end) =>
        ResponseParts.BeforeStop(parts, SpecialTexts.MessageEnd).Map(before => before.Parts is { } answer
            ? new ParsedResponse(Read(answer), Termination.StopSequence)
            : ResponseParts.Malformed(parts));

    private protected override Result<RenderedMessage> Render(ImmutableArray<Message> messages, int index, bool isProduced)
    {
        var message = messages[index];
        if (Unsupported(index, message, thinking is not QwenThinking.Never, tools: true) is { } failure)
        {
            return failure;
        }

        var content = ImmutableArray.CreateBuilder<TokenText>();
        var text = message.Text;
        if (isProduced && thinking is not QwenThinking.Never && messages.Any(static other => other.Role is Role.User))
        {
            (var reasoning, text) = InlineThinking.Split(message);
            reasoning = reasoning?.Trim('\n') ?? string.Empty;
            text = text.TrimStart('\n');
            if (thinking is QwenThinking.Disabled && reasoning.Length > 0)
            {
                return Bad(index, message, "it has reasoning");
            }

            content.AddRange(Block(reasoning));
        }

        if (message.Role is Role.Tool)
        {
            content.AddRange(TokenText.Special(SpecialTexts.ToolResponse), TokenText.Plain($"\n{text}\n"), TokenText.Special(SpecialTexts.EndToolResponse));
        }
        else
        {
            content.Add(TokenText.Plain(text));
        }

        return Calls(message, index, text.Length > 0).Map(calls => new RenderedMessage(
            Header(message.Role is Role.Tool ? Role.User : message.Role, index), [new([.. content, .. calls]), Special(SpecialTexts.MessageEnd)]));
    }

    private protected override ImmutableArray<TokenChunk> AssistantStart(ImmutableArray<Message> messages) => thinking is QwenThinking.Disabled
        ? [Header(Role.Assistant, messages.Length), new(Block(string.Empty))]
        : [Header(Role.Assistant, messages.Length)];

    private static TokenChunk Header(Role role, int index) => index > 0
        ? new([TokenText.Plain("\n"), TokenText.Special(SpecialTexts.MessageStart), TokenText.Plain($"{role.Name()}\n")])
        : new([TokenText.Special(SpecialTexts.MessageStart), TokenText.Plain($"{role.Name()}\n")]);

    private static ImmutableArray<TokenText> Block(string reasoning) =>
    [
        TokenText.Special(SpecialTexts.Think), TokenText.Plain(reasoning.Length > 0 ? $"\n{reasoning}\n" : "\n\n"),
        TokenText.Special(SpecialTexts.EndThink), TokenText.Plain("\n\n"),
    ];

    private Result<ImmutableArray<TokenText>> Calls(Message message, int index, bool followsText)
    {
        var parts = ImmutableArray.CreateBuilder<TokenText>();
        foreach (var call in message.ToolCalls)
        {
            if (SpacedJson.Parse(call.Arguments) is not { } arguments)
            {
                return Bad(index, message, $"the arguments of the tool {Core.Text.Shown.Quote(call.Name)} are no JSON");
            }

            if (followsText || parts.Count > 0)
            {
                parts.Add(TokenText.Plain("\n"));
            }

            parts.Add(TokenText.Special(SpecialTexts.ToolCall));
            parts.Add(TokenText.Plain($"\n{{\"name\": {SpacedJson.Quote(call.Name)}, \"arguments\": {SpacedJson.Text(arguments)}}}\n"));
            parts.Add(TokenText.Special(SpecialTexts.EndToolCall));
        }

        return parts.ToImmutable();
    }

    private static Message Read(ImmutableArray<TokenText> answer)
    {
        string? reasoning = null;
        var (open, close) = (ResponseParts.Find(answer, SpecialTexts.Think), ResponseParts.Find(answer, SpecialTexts.EndThink));
        if (close >= 0 && open <= 0)
        {
            reasoning = ResponseParts.Text(answer[(open + 1)..close]).Trim('\n');
            answer = answer[(close + 1)..];
        }

        var first = ResponseParts.Find(answer, SpecialTexts.ToolCall);
        var calls = first < 0 ? null : ReadCalls(answer[first..]);
        var text = ResponseParts.Text(calls is null ? answer : answer[..first]);
        text = reasoning is null ? text : text.TrimStart('\n');
        return calls is null
            ? ResponseParts.Of(reasoning, text)
            : ResponseParts.Of(reasoning, text.EndsWith('\n') ? text[..^1] : text) with { ToolCalls = [.. calls] };
    }

    // Null when they cannot be read: then they stay text.
    private static List<ToolCall>? ReadCalls(ImmutableArray<TokenText> parts)
    {
        var calls = new List<ToolCall>();
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i] is { IsSpecial: false } blank && string.IsNullOrWhiteSpace(blank.Text))
            {
                continue;
            }

            var end = ResponseParts.Find(parts, SpecialTexts.EndToolCall, i);
            if (!parts[i].IsSpecial || parts[i].Text != SpecialTexts.ToolCall || end < 0 || ReadCall(ResponseParts.Text(parts[(i + 1)..end])) is not { } call)
            {
                return null;
            }

            calls.Add(call);
            i = end;
        }

        return calls;
    }

    private static ToolCall? ReadCall(string json) => SpacedJson.Parse(json) is { ValueKind: JsonValueKind.Object } call
        && call.TryGetProperty("name", out var name) && name.ValueKind is JsonValueKind.String && call.TryGetProperty("arguments", out var arguments)
            ? new ToolCall(name.GetString()!, arguments.GetRawText())
            : null;
}
