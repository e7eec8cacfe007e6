using System.CommandLine;
using Slipway.Cli.Terminal;

namespace Slipway.Cli.Tests;

public sealed class CommandTreeTests
{
    private static readonly RootCommand Root = CommandLine.Root(new Output(IsJson: false, IsQuiet: false, IsVerbose: false, UsesColor: false));

    [Fact]
    public void Every_command_has_a_sentence_and_an_example_that_names_it() => Assert.All(All(Root), command =>
    {
        Assert.EndsWith(".", HelpText.Summary(command), StringComparison.Ordinal);
        var example = HelpText.Example(command);
        Assert.NotNull(example);
        Assert.Contains("slipway", example, StringComparison.Ordinal);
        Assert.Contains(command is RootCommand ? "slipway" : command.Name, example, StringComparison.Ordinal);
    });

    [Fact]
    public void Every_option_and_argument_has_a_sentence() => Assert.All(
        All(Root).SelectMany(command => command.Options.Where(option => option is not (System.CommandLine.Help.HelpOption or VersionOption)).Select(option => (option.Name, option.Description))
            .Concat(command.Arguments.Select(argument => (argument.Name, argument.Description)))),
        named => Assert.True(named.Description is { Length: > 5 } && named.Description.EndsWith('.'), $"{named.Name}: {named.Description}"));

    [Fact]
    public void Help_never_is_wider_than_a_wide_terminal() =>
        Assert.All(All(Root).SelectMany(command => HelpText.Render(command).Split('\n')), line => Assert.True(line.Length <= 170, line));

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);
}
