using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Renderers;

/// <summary>
/// The format of DeepSeek V3.1. Only the assistant's messages have an end, and one that follows a tool's has no mark of its own. Earlier answers lose their reasoning.
/// </summary>
/// <param name="isThinking">Whether the model reasons before it answers.</param>
/// <param name="systemAsUser">Whether a system message that is not the first is written as the user's; otherwise it is a failure.</param>
public sealed class DeepSeekRenderer(bool isThinking, bool systemAsUser = false) : Renderer(isThinking ? "deepseekv3_thinking" : "deepseekv3")
{
    /// <inheritdoc/>
    public override bool Extends => !isThinking;

    /// <inheritdoc/>
    public override StopCondition Stop { get; } = new(SpecialTexts.SentenceEnd, null);

    private protected override bool MustBeginWithPrompt => !isThinking;

    /// <inheritdoc/>
    public override Result<ParsedResponse> Parse(ImmutableArray<TokenText> parts, string? end) =>
        ResponseParts.BeforeStop(parts, SpecialTexts.SentenceEnd).Map(before => before.Parts is { } answer
            ? new ParsedResponse(Read(answer), Termination.StopSequence)
            : ResponseParts.Malformed(parts));

    private protected override ImmutableArray<TokenChunk> Begin(ITokenizer tokenizer) => [Special(SpecialTexts.SentenceBegin)];

    private protected override Result<RenderedMessage> Render(ImmutableArray<Message> messages, int index, bool isProduced)
    {
        var message = messages[index];
        if (Unsupported(index, message, thinking: true, tools: true) is { } failure)
        {
            return failure;
        }

        return message.Role switch
        {
            Role.System when index == 0 => new RenderedMessage(null, [Plain(message.Text)]),
            Role.System when !systemAsUser => Bad(index, message, "it is not the first"),
            Role.System or Role.User => new RenderedMessage(Special(SpecialTexts.User), [Plain(message.Text)]),
            Role.Tool => new RenderedMessage(null, [new([TokenText.Special(SpecialTexts.OutputBegin), TokenText.Plain(message.Text), TokenText.Special(SpecialTexts.OutputEnd)])]),
            _ => Assistant(message, FollowsTool(messages, index), isProduced),
        };
    }

    private protected override ImmutableArray<TokenChunk> AssistantStart(ImmutableArray<Message> messages) => (FollowsTool(messages, messages.Length), isThinking) switch
    {
        (true, _) => [],
        (_, true) => [Special(SpecialTexts.Assistant), Special(SpecialTexts.Think)],
        _ => [new([TokenText.Special(SpecialTexts.Assistant), TokenText.Special(SpecialTexts.EndThink)])],
    };

    private static bool FollowsTool(ImmutableArray<Message> messages, int index) => index > 0 && messages[index - 1].Role is Role.Tool;

    private RenderedMessage Assistant(Message message, bool followsTool, bool isProduced)
    {
        var parts = ImmutableArray.CreateBuilder<TokenText>();
        var text = InlineThinking.Strip(message.Text);
        var shows = isThinking && isProduced;
        if (shows)
        {
            (var reasoning, text) = InlineThinking.Split(message);
            if (!followsTool || !string.IsNullOrEmpty(reasoning))
            {
                parts.AddRange(TokenText.Special(SpecialTexts.Think), TokenText.Plain(reasoning ?? string.Empty), TokenText.Special(SpecialTexts.EndThink));
            }
        }

        parts.Add(TokenText.Plain(text));
        parts.AddRange(Calls(message.ToolCalls));
        if (text.Length > 0 || message.ToolCalls.Length > 0)
        {
            parts.Add(TokenText.Special(SpecialTexts.SentenceEnd));
        }

        TokenChunk header = new(shows ? [TokenText.Special(SpecialTexts.Assistant)] : [TokenText.Special(SpecialTexts.Assistant), TokenText.Special(SpecialTexts.EndThink)]);
        return new RenderedMessage(followsTool ? null : header, [new(parts.ToImmutable())]);
    }

    private static IEnumerable<TokenText> Calls(ImmutableArray<ToolCall> calls)
    {
        if (calls.IsEmpty)
        {
            yield break;
        }

        yield return TokenText.Special(SpecialTexts.CallsBegin);
        foreach (var call in calls)
        {
            yield return TokenText.Special(SpecialTexts.CallBegin);
            yield return TokenText.Plain(call.Name);
            yield return TokenText.Special(SpecialTexts.CallSeparator);
            yield return TokenText.Plain(call.Arguments);
            yield return TokenText.Special(SpecialTexts.CallEnd);
        }

        yield return TokenText.Special(SpecialTexts.CallsEnd);
    }

    private static Message Read(ImmutableArray<TokenText> answer)
    {
        // The prompt holds the token that begins the reasoning, so only its end is here.
        string? reasoning = null;
        if (ResponseParts.Find(answer, SpecialTexts.EndThink) is >= 0 and var close)
        {
            var open = answer[0] is { IsSpecial: true, Text: SpecialTexts.Think } ? 1 : 0;
            reasoning = ResponseParts.Text(answer[open..close]);
            answer = answer[(close + 1)..];
        }

        var first = ResponseParts.Find(answer, SpecialTexts.CallsBegin);
        var calls = first < 0 ? null : ReadCalls(answer[first..]);
        return calls is null
            ? ResponseParts.Of(reasoning, ResponseParts.Text(answer))
            : ResponseParts.Of(reasoning, ResponseParts.Text(answer[..first])) with { ToolCalls = [.. calls] };
    }

    // Null when they cannot be read: then they stay text.
    private static List<ToolCall>? ReadCalls(ImmutableArray<TokenText> parts)
    {
        var (calls, at) = (new List<ToolCall>(), 1);
        while (at < parts.Length && parts[at] is { IsSpecial: true, Text: SpecialTexts.CallBegin })
        {
            var (middle, end) = (ResponseParts.Find(parts, SpecialTexts.CallSeparator, at), ResponseParts.Find(parts, SpecialTexts.CallEnd, at));
            if (middle < 0 || end < middle)
            {
                return null;
            }

            calls.Add(new ToolCall(ResponseParts.Text(parts[(at + 1)..middle]), ResponseParts.Text(parts[(middle + 1)..end])));
            at = end + 1;
        }

        return calls.Count > 0 && at == parts.Length - 1 && parts[at] is { IsSpecial: true, Text: SpecialTexts.CallsEnd } ? calls : null;
    }
}
