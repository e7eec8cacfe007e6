using System.Collections.Immutable;
using System.Text;

namespace Slipway.Cli.Commands.Completion;

/// <summary>The script for bash.</summary>
internal static class BashScript
{
    public static string Render(ImmutableArray<CompletionNode> tree)
    {
        var text = new StringBuilder();
        text.Append("# Completion of slipway for bash: source <(slipway completion bash)\n");
        text.Append("_slipway() {\n");
        text.Append("    local current=\"${COMP_WORDS[COMP_CWORD]}\" path=\"\" words=\"\" word i\n");
        text.Append("    COMPREPLY=()\n");
        text.Append("    for ((i = 1; i < COMP_CWORD; i++)); do\n");
        text.Append("        word=\"${COMP_WORDS[i]}\"\n");
        text.Append("        case \"$path $word\" in\n");
        foreach (var node in tree.Where(node => !node.Path.IsEmpty))
        {
            text.Append($"            \"{Key(node.Path)}\") path=\"$path $word\" ;;\n");
        }

        foreach (var node in tree.Where(node => node.TakesFiles))
        {
            AppendTargets(text, node);
        }

        text.Append("        esac\n    done\n");
        text.Append("    case \"$path\" in\n");
        foreach (var node in tree)
        {
            var commands = string.Join(' ', node.Commands.Select(word => word.Name));
            var options = string.Join(' ', node.Options.Select(word => word.Name));
            text.Append($"        \"{Key(node.Path)}\") words=\"{commands}\"; [[ $current == -* ]] && words=\"{options}\" ;;\n");
        }

        text.Append("    esac\n");
        text.Append("    while IFS= read -r word; do COMPREPLY+=(\"$word\"); done < <(compgen -W \"$words\" -- \"$current\")\n");
        text.Append("}\n");
        text.Append("complete -o default -o bashdefault -F _slipway slipway\n");
        return text.ToString();
    }

    // What follows the target belongs to the workload: nothing of ours is offered there.
    private static void AppendTargets(StringBuilder text, CompletionNode node)
    {
        var valued = node.Options.Where(option => option.TakesValue).Select(option => $"\"{Key(node.Path)} {option.Name}\"").ToList();
        if (valued.Count > 0)
        {
            text.Append($"            {string.Join(" | ", valued)}) i=$((i + 1)) ;;\n");
        }

        text.Append($"            \"{Key(node.Path)} -\"?*) ;;\n");
        text.Append($"            \"{Key(node.Path)} \"*) return ;;\n");
    }

    private static string Key(ImmutableArray<string> path) => string.Concat(path.Select(word => " " + word));
}
