using System.Collections.Immutable;
using System.CommandLine;
using Slipway.Cli.Terminal;

namespace Slipway.Cli.Commands.Completion;

/// <summary>A word that can be completed.</summary>
/// <param name="Name">The word.</param>
/// <param name="Help">One sentence.</param>
/// <param name="TakesValue">Whether the next word is its value.</param>
internal sealed record CompletionWord(string Name, string Help, bool TakesValue);

/// <summary>One command as a shell has to know it.</summary>
/// <param name="Path">The words that lead to it, the program's own name left out.</param>
/// <param name="Commands">Its subcommands.</param>
/// <param name="Options">Its options, with those of every command.</param>
/// <param name="TakesFiles">Whether its arguments are files.</param>
internal sealed record CompletionNode(
    ImmutableArray<string> Path, ImmutableArray<CompletionWord> Commands, ImmutableArray<CompletionWord> Options, bool TakesFiles);

/// <summary>All commands, parents first.</summary>
internal static class CompletionTree
{
    private static readonly string[] WithFiles = ["run", "plan", "why", "config"];

    public static ImmutableArray<CompletionNode> From(RootCommand root)
    {
        var nodes = ImmutableArray.CreateBuilder<CompletionNode>();
        Add(root, [], nodes);
        return nodes.ToImmutable();
    }

    private static void Add(Command command, ImmutableArray<string> path, ImmutableArray<CompletionNode>.Builder nodes)
    {
        var commands = command.Subcommands.Where(sub => !sub.Hidden).ToList();
        var options = command.Options.Where(option => !option.Hidden && !option.Recursive)
            .Concat(GlobalOptions.All)
            .Select(option => new CompletionWord(option.Name, option.Description ?? string.Empty, option.ValueType != typeof(bool)))
            .Where(option => option.Name.StartsWith("--", StringComparison.Ordinal))
            .Append(new CompletionWord("--help", "Show help.", TakesValue: false))
            .DistinctBy(option => option.Name, StringComparer.Ordinal);
        nodes.Add(new CompletionNode(
            path,
            [.. commands.Select(sub => new CompletionWord(sub.Name, HelpText.Summary(sub), TakesValue: false))],
            [.. options],
            WithFiles.Contains(command.Name, StringComparer.Ordinal)));
        foreach (var sub in commands)
        {
            Add(sub, path.Add(sub.Name), nodes);
        }
    }
}
