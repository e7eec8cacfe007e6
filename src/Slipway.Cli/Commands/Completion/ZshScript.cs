using System.Collections.Immutable;
using System.Text;

namespace Slipway.Cli.Commands.Completion;

/// <summary>The script for zsh.</summary>
internal static class ZshScript
{
    public static string Render(ImmutableArray<CompletionNode> tree)
    {
        var text = new StringBuilder();
        text.Append("#compdef slipway\n# Completion of slipway for zsh: source <(slipway completion zsh)\n");
        text.Append("_slipway() {\n    local path_so_far=\"\" word\n    local -a offered\n");
        text.Append("    for word in \"${(@)words[2,CURRENT-1]}\"; do\n        case \"$path_so_far $word\" in\n");
        foreach (var node in tree.Where(node => !node.Path.IsEmpty))
        {
            text.Append($"            ({Quote(Key(node.Path))}) path_so_far=\"$path_so_far $word\" ;;\n");
        }

        text.Append("        esac\n    done\n    case \"$path_so_far\" in\n");
        foreach (var node in tree)
        {
            text.Append($"        ({Quote(Key(node.Path))})\n");
            text.Append("            if [[ ${words[CURRENT]} == -* ]]; then\n                offered=(\n");
            Words(text, node.Options);
            text.Append("                )\n                _describe option offered\n            else\n");
            text.Append("                offered=(\n");
            Words(text, node.Commands);
            text.Append($"                )\n                {(node.Commands.IsEmpty ? "_files" : "_describe command offered")}\n            fi ;;\n");
        }

        text.Append("    esac\n}\ncompdef _slipway slipway\n");
        return text.ToString();
    }

    private static void Words(StringBuilder text, ImmutableArray<CompletionWord> words)
    {
        foreach (var word in words)
        {
            text.Append($"                    {Quote($"{word.Name}:{word.Help.Replace(":", "\\:", StringComparison.Ordinal)}")}\n");
        }
    }

    private static string Key(ImmutableArray<string> path) => string.Concat(path.Select(word => " " + word));

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
