using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Data;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Renderers;

/// <summary>What ends an answer: a special token, or a text.</summary>
/// <param name="Token">The special token; null where it is a text.</param>
/// <param name="Text">The text; null where it is a token.</param>
public sealed record StopCondition(string? Token, string? Text)
{
    /// <summary>The parameters with this as their stop.</summary>
    /// <returns>The parameters; a failure when the tokenizer has no such token.</returns>
    public Result<SamplingParameters> Apply(SamplingParameters parameters, ITokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (Token is null)
        {
            return parameters with { StopTexts = [Text!], StopTokens = [] };
        }

        return tokenizer.Specials.TryGetValue(Token, out var id)
            ? parameters with { StopTexts = [], StopTokens = [id] }
            : new Failure(TrainingFailures.UnknownSpecial, $"The tokenizer of {tokenizer.Name} has no special token '{Token}', which ends an answer.");
    }
}

/// <summary>A message as pieces: who speaks, what was said, and what of the next message belongs to it when it is the last.</summary>
/// <param name="Header">Who speaks; null for nothing.</param>
/// <param name="Output">What was said.</param>
/// <param name="Overlap">What a model writes to end its turn though it belongs to the next; null for nothing.</param>
public sealed record RenderedMessage(TokenChunk? Header, ImmutableArray<TokenChunk> Output, TokenChunk? Overlap = null);

/// <summary>
/// Writes conversations as a family of models reads them, and reads what they answer. Each piece is encoded by itself, so the borders of pieces are borders of
/// tokens. Text never becomes a special token, whatever it says; a format of plain text cannot tell a speaker from a text that looks like one.
/// </summary>
public abstract class Renderer
{
    private protected Renderer(string name) => Name = name;

    /// <summary>Its name in settings.</summary>
    public string Name { get; }

    /// <summary>Whether the prompt of a later turn begins with prompt and answer of an earlier one. It does not where history loses its reasoning.</summary>
    public abstract bool Extends { get; }

    /// <summary>What ends an answer.</summary>
    public abstract StopCondition Stop { get; }

    private protected virtual bool MustBeginWithPrompt => false;

    /// <summary>A conversation to learn from.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="mode">What is learned.</param>
    /// <param name="tokenizer">Of which only is asked how a text begins.</param>
    public Result<RenderedExample> BuildSupervised(ImmutableArray<Message> messages, TrainOnWhat mode, ITokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return Check(messages, mode).Then(_ => Supervised(messages, mode, index => IsTrained(messages, index, mode), tokenizer));
    }

    /// <summary>
    /// The same as several conversations where one cannot show each answer as it is given: one for each answer that is learned, which ends with it, and what was
    /// learned in an earlier one is not learned again.
    /// </summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="mode">What is learned.</param>
    /// <param name="tokenizer">Of which only is asked how a text begins.</param>
    public Result<ImmutableArray<RenderedExample>> BuildSupervisedExamples(ImmutableArray<Message> messages, TrainOnWhat mode, ITokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (!Check(messages, mode).TryGet(out _, out var failure))
        {
            return failure;
        }

        var ends = Enumerable.Range(0, messages.Length).Where(index => messages[index].Role is Role.Assistant && IsTrained(messages, index, mode)).ToList();
        if (Extends || ends.Count == 0)
        {
            return BuildSupervised(messages, mode, tokenizer).Map(static example => ImmutableArray.Create(example));
        }

        if (Enumerable.Range(ends[^1] + 1, messages.Length - ends[^1] - 1).Any(index => IsTrained(messages, index, mode)))
        {
            ends.Add(messages.Length - 1);
        }

        var (examples, from) = (ImmutableArray.CreateBuilder<RenderedExample>(ends.Count), 0);
        var single = mode is TrainOnWhat.AllAssistantMessages ? TrainOnWhat.LastAssistantMessage : mode;
        foreach (var end in ends)
        {
            var start = from;
            if (!Supervised(messages[..(end + 1)], single, index => index >= start && IsTrained(messages, index, mode), tokenizer).TryGet(out var example, out failure))
            {
                return failure;
            }

            examples.Add(example);
            from = end + 1;
        }

        return examples.MoveToImmutable();
    }

    /// <summary>What a model is given for its answer.</summary>
    /// <param name="messages">The conversation so far.</param>
    /// <param name="tokenizer">Of which only is asked how a text begins.</param>
    /// <param name="prefill">How the answer begins; null for free choice.</param>
    public Result<ImmutableArray<TokenChunk>> BuildGenerationPrompt(ImmutableArray<Message> messages, ITokenizer tokenizer, string? prefill = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        var prompt = ImmutableArray.CreateBuilder<TokenChunk>();
        prompt.AddRange(Begin(tokenizer));
        for (var i = 0; i < messages.Length; i++)
        {
            if (!Render(messages, i, isProduced: false).TryGet(out var rendered, out var failure))
            {
                return failure;
            }

            if (rendered.Header is { } header)
            {
                prompt.Add(header);
            }

            prompt.AddRange(rendered.Output);
        }

        prompt.AddRange(AssistantStart(messages));
        if (!string.IsNullOrEmpty(prefill))
        {
            prompt.Add(Plain(prefill));
        }

        return prompt.ToImmutable();
    }

    /// <summary>Reads an answer. Parts are special tokens and the text between them, as <see cref="ResponseReader"/> makes them.</summary>
    /// <param name="parts">The answer.</param>
    /// <param name="end">The token that ends a text, by its text; null where there is none.</param>
    /// <returns>The message and how it ended; a failure when it ends more than once.</returns>
    public abstract Result<ParsedResponse> Parse(ImmutableArray<TokenText> parts, string? end);

    /// <summary>How a conversation begins; nothing for most.</summary>
    private protected virtual ImmutableArray<TokenChunk> Begin(ITokenizer tokenizer) => [];

    /// <summary>A message as pieces.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="index">Which message.</param>
    /// <param name="isProduced">Whether it is the last message of an example, which a model is to write.</param>
    private protected abstract Result<RenderedMessage> Render(ImmutableArray<Message> messages, int index, bool isProduced);

    /// <summary>How the assistant's next message begins, with what the renderer writes for it.</summary>
    private protected abstract ImmutableArray<TokenChunk> AssistantStart(ImmutableArray<Message> messages);

    private protected static TokenChunk Plain(string text) => new([TokenText.Plain(text)]);

    private protected static TokenChunk Special(string text) => new([TokenText.Special(text)]);

    private protected Failure Bad(int index, Message message, string problem) =>
        new(TrainingFailures.BadConversation, $"Message {index} ({message.Role.Name()}): {problem}, which {Name} cannot write.");

    /// <summary>A failure where a message has what only other renderers write.</summary>
    private protected Failure? Unsupported(int index, Message message, bool thinking, bool tools) => message switch
    {
        _ when message.Parts.Any(static part => part is ImagePart) => Bad(index, message, "it has an image"),
        _ when !thinking && message.Thinking is not null => Bad(index, message, "it has reasoning"),
        _ when !tools && message.ToolCalls.Length > 0 => Bad(index, message, "it calls a tool"),
        _ when !tools && message.Role is Role.Tool => Bad(index, message, "it is a tool's"),
        _ => null,
    };

    private Result<RenderedExample> Supervised(ImmutableArray<Message> messages, TrainOnWhat mode, Func<int, bool> isTrained, ITokenizer tokenizer)
    {
        var pieces = Begin(tokenizer).Select(static chunk => new RenderedPiece(chunk, IsTrained: false)).ToImmutableArray().ToBuilder();
        for (var i = 0; i < messages.Length; i++)
        {
            var isLast = i == messages.Length - 1;
            if (!Render(messages, i, isProduced: isLast && messages[i].Role is Role.Assistant).TryGet(out var rendered, out var failure))
            {
                return failure;
            }

            var trained = isTrained(i);
            if (rendered.Header is { } header)
            {
                pieces.Add(new RenderedPiece(header, trained && mode is TrainOnWhat.AllTokens));
            }

            pieces.AddRange(rendered.Output.Select(chunk => new RenderedPiece(chunk, trained)));
            if (isLast && rendered.Overlap is { } overlap)
            {
                pieces.Add(new RenderedPiece(overlap, trained));
            }
        }

        var example = new RenderedExample(pieces.ToImmutable());
        var first = Enumerable.Range(0, messages.Length).Where(isTrained).Select(static index => (int?)index).FirstOrDefault();
        return mode is TrainOnWhat.LastAssistantMessage or TrainOnWhat.LastAssistantTurn && first is { } start
            ? BuildGenerationPrompt(messages[..start], tokenizer).Map(prompt => example with { Supplied = prompt, MustBeginWithSupplied = MustBeginWithPrompt && start == messages.Length - 1 })
            : example;
    }

    private static bool IsTrained(ImmutableArray<Message> messages, int index, TrainOnWhat mode) => mode switch
    {
        TrainOnWhat.LastAssistantMessage => index == messages.Length - 1 && messages[index].Role is Role.Assistant,
        TrainOnWhat.LastAssistantTurn => messages[index].Role is Role.Assistant && !messages[index..].Any(static message => message.Role is Role.User),
        TrainOnWhat.AllAssistantMessages => messages[index].Role is Role.Assistant,
        TrainOnWhat.AllUserAndSystemMessages => messages[index].Role is Role.User or Role.System,
        TrainOnWhat.Customized => messages[index].Trainable is true,
        _ => true,
    };

    private static Result<Unit> Check(ImmutableArray<Message> messages, TrainOnWhat mode)
    {
        if (messages.IsEmpty)
        {
            return new Failure(TrainingFailures.BadConversation, "A conversation has no message.");
        }

        var wrong = messages.Select(static (message, index) => (message, index)).Where(pair => pair.message.Trainable is null == mode is TrainOnWhat.Customized).Select(static pair => (int?)pair.index).FirstOrDefault();
        return (wrong, mode) switch
        {
            (null, _) => default(Unit),
            (_, TrainOnWhat.Customized) => new Failure(TrainingFailures.BadConversation, $"Message {wrong} does not say 'trainable', which 'customized' needs of every message."),
            _ => new Failure(TrainingFailures.BadConversation, $"Message {wrong} says 'trainable', which only 'customized' reads; the mode is '{mode.Name()}'."),
        };
    }
}
