using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Slipway.Core.Failures;
using Slipway.Training.Grading;
using Slipway.Training.Renderers;

namespace Slipway.Training.Datasets;

/// <summary>A question with an answer that can be checked.</summary>
/// <param name="Question">The question.</param>
/// <param name="Answer">The answer alone.</param>
public sealed record MathProblem(string Question, string Answer);

/// <summary>
/// What the rows of datasets are. A failure names the row as a line, which it is where a dataset was read from a file and not put in another order: read before
/// shuffling.
/// </summary>
public static partial class DatasetRows
{
    /// <summary>Conversations: rows with <c>messages</c>, as no_robots has them.</summary>
    public static Result<ImmutableArray<ImmutableArray<Message>>> Conversations(Dataset dataset) => Each(dataset, static (row, at) => MessageJson.Read(row, "messages", at));

    /// <summary>Comparisons: rows that <see cref="Comparison.Read"/> reads.</summary>
    public static Result<ImmutableArray<Comparison>> Comparisons(Dataset dataset) => Each(dataset, Comparison.Read);

    /// <summary>Problems with <c>question</c> and <c>answer</c>, the answer alone.</summary>
    public static Result<ImmutableArray<MathProblem>> Problems(Dataset dataset) => Each(dataset, static (row, at) =>
        RowFields.Need(row, "question", at).Then(question => RowFields.Need(row, "answer", at).Map(answer => new MathProblem(question, answer))));

    /// <summary>Problems of GSM8K (Cobbe et al., 2021), whose answers are solutions that end in a line <c>#### 72</c>.</summary>
    public static Result<ImmutableArray<MathProblem>> Gsm8k(Dataset dataset) => Each(dataset, static (row, at) =>
        RowFields.Need(row, "question", at).Then(question => RowFields.Need(row, "answer", at).Then(solution => MathAnswers.ExtractGsm8k(solution) is { IsOk: false } failed
            ? failed.Failure with { Location = at }
            : MathAnswers.ExtractGsm8k(solution).Map(answer => new MathProblem(question, answer)))));

    /// <summary>Prompts of DeepMath: the <c>question</c> of each row.</summary>
    public static Result<ImmutableArray<ImmutableArray<Message>>> DeepMathPrompts(Dataset dataset) => Each(dataset, static (row, at) =>
        RowFields.Need(row, "question", at).Map(static question => ImmutableArray.Create(Message.Of(Role.User, question))));

    /// <summary>Prompts of Tulu 3: the first message of the user of each row.</summary>
    public static Result<ImmutableArray<ImmutableArray<Message>>> TuluPrompts(Dataset dataset) => Each<ImmutableArray<Message>>(dataset, static (row, at) =>
        MessageJson.Read(row, "messages", at).Then<ImmutableArray<Message>>(messages => messages.FirstOrDefault(static message => message.Role is Role.User) is { } first
            ? ImmutableArray.Create(first)
            : RowFields.Bad("messages has none of the user", at)));

    /// <summary>
    /// Comparisons of HH-RLHF (Bai et al., 2022), whose <c>chosen</c> and <c>rejected</c> are conversations of plain text. Rows are left out whose two conversations
    /// do not differ in the last answer alone.
    /// </summary>
    public static Result<ImmutableArray<Comparison>> HelpfulHarmless(Dataset dataset) => Each(dataset, static (row, at) =>
        RowFields.Need(row, "chosen", at).Then(chosen => RowFields.Need(row, "rejected", at).Map(rejected => Compare(Talk(chosen), Talk(rejected)))))
        .Map(static rows => rows.SelectMany(static row => row).ToImmutableArray());

    /// <summary>The messages of a conversation of plain text, in which <c>Human:</c> and <c>Assistant:</c> begin them; what is before the first is left out.</summary>
    public static ImmutableArray<Message> Talk(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var speakers = Speaker().Matches(text);
        return
        [
            .. speakers.Select((speaker, i) => Message.Of(
                speaker.Value is "Human:" ? Role.User : Role.Assistant,
                text[(speaker.Index + speaker.Length)..(i + 1 < speakers.Count ? speakers[i + 1].Index : text.Length)].Trim())),
        ];
    }

    private static ImmutableArray<Comparison> Compare(ImmutableArray<Message> chosen, ImmutableArray<Message> rejected) =>
        chosen.Length == rejected.Length && chosen.Length > 1 && chosen[^1].Role is Role.Assistant && rejected[^1].Role is Role.Assistant
        && chosen[..^1].AsSpan().SequenceEqual(rejected[..^1].AsSpan()) && chosen[^1] != rejected[^1]
            ? [new Comparison(chosen[..^1], chosen[^1..], rejected[^1..], Preference.A)]
            : [];

    private static Result<ImmutableArray<T>> Each<T>(Dataset dataset, Func<JsonElement, FailureLocation, Result<T>> read)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var items = ImmutableArray.CreateBuilder<T>(dataset.Count);
        for (var i = 0; i < dataset.Count; i++)
        {
            if (!read(dataset.Rows[i], new FailureLocation(dataset.Origin, i + 1)).TryGet(out var item, out var failure))
            {
                return failure;
            }

            items.Add(item);
        }

        return items.MoveToImmutable();
    }

    [GeneratedRegex("Human:|Assistant:", RegexOptions.CultureInvariant)]
    private static partial Regex Speaker();
}
