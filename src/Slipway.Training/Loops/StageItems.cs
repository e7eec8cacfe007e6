using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Training.Datasets;
using Slipway.Training.Renderers;

namespace Slipway.Training.Loops;

/// <summary>A question to a model.</summary>
/// <param name="Row">The row that it is of.</param>
/// <param name="Messages">What the model is asked.</param>
/// <param name="Truth">The answer that would be right; null where the row says none.</param>
internal sealed record PromptItem(JsonElement Row, ImmutableArray<Message> Messages, string? Truth);

/// <summary>What rows are for each loop, by what they hold and by the names of datasets that have a form of their own.</summary>
internal static class StageItems
{
    /// <summary>Comparisons: HH-RLHF in its own form, else rows with <c>comparison</c> and <c>label</c>. Where neither answer is better, nothing is learned.</summary>
    public static Result<ImmutableArray<Comparison>> Comparisons(Dataset rows, string id) =>
        (id is "Anthropic/hh-rlhf" ? DatasetRows.HelpfulHarmless(rows) : DatasetRows.Comparisons(rows)).Map(static all => all.Where(static one => one.Pair is not null).ToImmutableArray());

    /// <summary>Questions, with a text behind each.</summary>
    public static Result<ImmutableArray<PromptItem>> Prompts(Dataset rows, string id, string suffix)
    {
        if (id is "openai/gsm8k")
        {
            return DatasetRows.Gsm8k(rows).Map(problems => problems.Zip(rows.Rows, (problem, row) => Ask(row, problem.Question, problem.Answer, suffix)).ToImmutableArray());
        }

        var items = ImmutableArray.CreateBuilder<PromptItem>(rows.Count);
        for (var i = 0; i < rows.Count; i++)
        {
            var at = new FailureLocation(rows.Origin, i + 1);
            if (!Prompt(rows.Rows[i], suffix, at).TryGet(out var item, out var failure))
            {
                return failure;
            }

            items.Add(item);
        }

        return items.MoveToImmutable();
    }

    private static Result<PromptItem> Prompt(JsonElement row, string suffix, FailureLocation at)
    {
        if ((Text(row, "question") ?? Text(row, "prompt")) is { } question)
        {
            return Ask(row, question, Text(row, "answer") ?? Text(row, "final_answer"), suffix);
        }

        // Of a conversation, what comes before its last answer is asked.
        return MessageJson.Read(row, "messages", at).Then<PromptItem>(messages => (messages is [.., { Role: Role.Assistant }] ? messages[..^1] : messages) is { IsEmpty: false } asked
            ? new PromptItem(row, asked, Text(row, "answer"))
            : RowFields.Bad("a question, a prompt or messages with one of the user is needed", at));
    }

    private static PromptItem Ask(JsonElement row, string question, string? truth, string suffix) => new(row, [Message.Of(Role.User, question + suffix)], truth);

    private static string? Text(JsonElement row, string field) => RowFields.Text(row, field);
}
