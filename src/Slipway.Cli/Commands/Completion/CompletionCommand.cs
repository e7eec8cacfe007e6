using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;

namespace Slipway.Cli.Commands.Completion;

/// <summary><c>completion</c>: a script that teaches a shell the commands and options. It is static: completing starts nothing.</summary>
internal static class CompletionCommand
{
    private static readonly string[] Shells = ["bash", "zsh", "fish"];

    public static Command Define(Output output, Func<RootCommand> root)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." };
        var command = new Command("completion", "Print a script that completes commands and options in a shell.\n\nExample: source <(slipway completion bash)") { shell };
        command.SetAction(parsed =>
        {
            var name = parsed.GetRequiredValue(shell);
            var tree = CompletionTree.From(root());
            var script = name switch
            {
                "bash" => BashScript.Render(tree),
                "zsh" => ZshScript.Render(tree),
                "fish" => FishScript.Render(tree),
                _ => null,
            };
            if (script is null)
            {
                return output.Fail(new Failure(CliFailures.Usage, $"'{name}' is not a shell that can be taught.") { Hint = $"The shells are: {string.Join(", ", Shells)}." });
            }

            output.Data.Write(script);
            return 0;
        });
        return command;
    }
}
