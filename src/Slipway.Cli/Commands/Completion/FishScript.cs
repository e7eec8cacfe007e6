using System.Collections.Immutable;
using System.Text;

namespace Slipway.Cli.Commands.Completion;

/// <summary>The script for fish.</summary>
internal static class FishScript
{
    public static string Render(ImmutableArray<CompletionNode> tree)
    {
        var text = new StringBuilder("# Completion of slipway for fish: slipway completion fish | source\n");
        foreach (var node in tree)
        {
            var condition = Condition(node);
            foreach (var word in node.Commands)
            {
                text.Append($"complete -c slipway -f -n {Quote(condition)} -a {word.Name} -d {Quote(word.Help)}\n");
            }

            foreach (var word in node.Options)
            {
                text.Append($"complete -c slipway -n {Quote(condition)} -l {word.Name[2..]}{(word.TakesValue ? " -r" : string.Empty)} -d {Quote(word.Help)}\n");
            }
        }

        return text.ToString();
    }

    private static string Condition(CompletionNode node)
    {
        var seen = node.Path.Select(word => $"__fish_seen_subcommand_from {word}");
        var notYet = node.Commands.IsEmpty ? [] : new[] { $"not __fish_seen_subcommand_from {string.Join(' ', node.Commands.Select(word => word.Name))}" };
        return string.Join("; and ", seen.Concat(notYet));
    }

    private static string Quote(string text) => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
