using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Slipway.Training.Logs;
using Slipway.Training.Renderers;

namespace Slipway.Training.Loops;

/// <summary>Writes down what was drawn, for people and programs that want to see it.</summary>
internal static class RolloutRecords
{
    private const int GroupsShown = 8;

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
        var tree = Tree(context, iteration, groups);
        _ = context.Record.Write($"iteration_{iteration:D6}/train_rollout_summaries.jsonl", text.ToString());
        _ = context.Record.Write($"iteration_{iteration:D6}/train_logtree.json", tree.ToJson());
        _ = context.Record.Write($"iteration_{iteration:D6}/train.html", tree.ToHtml());
    }

    // Some groups, to read: all of them are in the lines.
    private static Logtree Tree(StageContext context, int iteration, ImmutableArray<ImmutableArray<Rollout>> groups)
    {
        var tree = new Logtree($"{context.Stage.Name}: iteration {iteration}", context.Time);
        foreach (var group in groups.Take(GroupsShown))
        {
            using var section = tree.Section(group[0].Prompt.Messages[^1].Text);
            foreach (var rollout in group)
            {
                using var details = tree.Details(string.Create(CultureInfo.InvariantCulture, $"reward {rollout.Reward.Value:0.###}"));
                foreach (var message in rollout.Messages.Skip(rollout.Prompt.Messages.Length))
                {
                    tree.Verbatim(message.Text, message.Role.Name());
                }
            }
        }

        return tree;
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
