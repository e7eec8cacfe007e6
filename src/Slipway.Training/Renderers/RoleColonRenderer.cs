using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Renderers;

/// <summary>
/// Plain text for models without a chat format: <c>User: …</c>, <c>Assistant: …</c>, an empty line between. An answer ends where the next question would begin,
/// so a last answer is followed by <c>User:</c>, which is learned with it. A base model may as well end its text, which is as good an end.
/// </summary>
public sealed class RoleColonRenderer() : Renderer("role_colon")
{
    private const string Separator = "\n\n";
    private const string StopText = Separator + "User:";

    /// <inheritdoc/>
    public override bool Extends => true;

    /// <inheritdoc/>
    public override StopCondition Stop { get; } = new(null, StopText);

    /// <inheritdoc/>
    public override Result<ParsedResponse> Parse(ImmutableArray<TokenText> parts, string? end)
    {
        var at = end is null ? -1 : ResponseParts.Find(parts, end);
        var pieces = ResponseParts.Text(at < 0 ? parts : parts[..at]).Split(StopText);
        var termination = (pieces.Length, at) switch
        {
            (2, < 0) when pieces[1].Length == 0 => Termination.StopSequence,
            (1, >= 0) when at == parts.Length - 1 => Termination.Eos,
            _ => Termination.Malformed,
        };
        var text = pieces[0].StartsWith(' ') ? pieces[0][1..] : pieces[0];
        text = text.EndsWith(Separator, StringComparison.Ordinal) ? text[..^Separator.Length] : text;
        return new ParsedResponse(Message.Of(Role.Assistant, text), termination);
    }

    private protected override ImmutableArray<TokenChunk> Begin(ITokenizer tokenizer) =>
        [.. tokenizer.Specials.Where(special => special.Value == tokenizer.Begin).Take(1).Select(static special => Special(special.Key))];

    private protected override Result<RenderedMessage> Render(ImmutableArray<Message> messages, int index, bool isProduced)
    {
        var message = messages[index];
        return Unsupported(index, message, thinking: false, tools: false) is { } failure
            ? failure
            : new RenderedMessage(Header(message.Role), [Plain($" {message.Text}{Separator}")], message.Role is Role.Assistant ? Header(Role.User) : null);
    }

    private protected override ImmutableArray<TokenChunk> AssistantStart(ImmutableArray<Message> messages) => [Header(Role.Assistant)];

    private static TokenChunk Header(Role role) => Plain($"{role}:");
}
