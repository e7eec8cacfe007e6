using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Slipway.Training.Loops;

/// <summary>Writes down what was drawn, for people and programs that want to see it.</summary>
internal static class RolloutRecords
{
    /// <summary>The rollouts of an iteration, a line each.</summary>
    public static void Write(StageContext context, int iteration, ImmutableArray<ImmutableArray<Rollout>> groups)
    {
        var text = new StringBuilder();
        for (var group = 0; group < groups.Length; group++)
        {
            foreach (var rollout in groups[group])
            {
                text.Append(Line(group, rollout)).Append('\n');
            }
        }

        // Not a part of the run: a disk that is full is told where metrics are written.
        _ = context.Record.Write($"iteration_{iteration:D6}/train_rollout_summaries.jsonl", text.ToString());
    }

    private static string Line(int group, Rollout rollout)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteNumber("group", group);
            writer.WriteString("prompt", rollout.Prompt.Messages[^1].Text);
            writer.WriteString("response", rollout.Messages[^1].Text);
            writer.WriteNumber("reward", rollout.Reward.Value);
            foreach (var (name, value) in rollout.Reward.Metrics)
            {
                writer.WriteNumber(name, value);
            }

            writer.WriteNumber("tokens", rollout.Turns.Sum(static turn => turn.Action.Length));
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
