using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Cli;

/// <summary>Says what is wrong with a command line, and what was probably meant.</summary>
internal static class UsageErrors
{
    /// <summary>Reports the errors of a parse and returns the exit code.</summary>
    public static int Report(ParseResult parsed, Output output)
    {
        var command = parsed.CommandResult.Command;
        if (command.Subcommands.Count > 0 && parsed.UnmatchedTokens.Count == 0 && !output.IsJson)
        {
            output.People.Write(HelpText.Render(command));
            return (int)ExitCode.Usage;
        }

        var path = command is RootCommand ? "slipway" : $"slipway {string.Join(' ', Names(command))}";
        return output.Fail(new Failure(CliFailures.Usage, Message(parsed, command, path)) { Hint = $"`{path} -h` shows how it is used." });
    }

    private static string Message(ParseResult parsed, Command command, string path)
    {
        if (parsed.UnmatchedTokens.Count == 0)
        {
            return command.Subcommands.Count > 0 ? $"`{path}` needs a command." : string.Join(' ', parsed.Errors.Select(error => error.Message));
        }

        var word = parsed.UnmatchedTokens[0];
        var isOption = word.StartsWith('-');
        var known = isOption
            ? command.Options.Select(option => option.Name).Concat(GlobalOptions.All.Select(option => option.Name))
            : command.Subcommands.Select(sub => sub.Name);
        var kind = isOption ? "an option" : command.Subcommands.Count > 0 ? "a command" : "an argument";
        var nearest = NearestName.Of(word, known);
        return $"'{word}' is not {kind} of `{path}`{(nearest is null ? "." : $"; did you mean {nearest}?")}";
    }

    private static IEnumerable<string> Names(Command command) => command.Parents.OfType<Command>().FirstOrDefault() is { } parent
        ? Names(parent).Append(command.Name)
        : [];
}
