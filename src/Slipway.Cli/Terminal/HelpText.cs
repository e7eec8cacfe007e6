using System.CommandLine;
using System.Text;

namespace Slipway.Cli.Terminal;

/// <summary>Help of any command, made from its definition. Options stand before arguments, because that is where they belong.</summary>
internal static class HelpText
{
    private const string ExampleMark = "\n\nExample: ";
    private const int WidestLabel = 28;

    /// <summary>A command's description without its example.</summary>
    public static string Summary(Command command) => Split(command).Summary;

    /// <summary>A command's example; null when it has none.</summary>
    public static string? Example(Command command) => Split(command).Example;

    /// <summary>The help of a command.</summary>
    public static string Render(Command command)
    {
        var text = new StringBuilder();
        text.Append(Summary(command)).Append("\n\n").Append("Usage: ").Append(Usage(command)).Append('\n');
        Section(text, "Commands", command.Subcommands.Where(sub => !sub.Hidden).Select(sub => (sub.Name, Summary(sub))));
        Section(text, "Arguments", command.Arguments.Select(argument => (argument.Name, argument.Description ?? string.Empty)));
        var own = command is RootCommand ? [] : command.Options.Where(option => !option.Hidden && !option.Recursive);
        Section(text, "Options", own.Select(option => (Label(option), option.Description ?? string.Empty)));
        Section(text, "Options of every command", GlobalOptions.All.Select(option => (option.Name, option.Description ?? string.Empty))
            .Append(("-h, --help", "Show this help."))
            .Concat(command is RootCommand ? [("--version", "Show the version.")] : []));
        if (Example(command) is { } example)
        {
            text.Append("\nExample: ").Append(example).Append('\n');
        }

        return text.ToString();
    }

    private static (string Summary, string? Example) Split(Command command)
    {
        var description = command.Description ?? string.Empty;
        var mark = description.IndexOf(ExampleMark, StringComparison.Ordinal);
        return mark < 0 ? (description, null) : (description[..mark], description[(mark + ExampleMark.Length)..]);
    }

    private static string Usage(Command command)
    {
        var names = new List<string>();
        for (var current = command; current is not RootCommand; current = current.Parents.OfType<Command>().First())
        {
            names.Insert(0, current.Name);
        }

        var words = command.Subcommands.Count > 0 ? ["COMMAND"] : command.Arguments.Select(Word);
        return string.Join(' ', ["slipway", .. names, "[OPTIONS]", .. words]);
    }

    private static string Word(Argument argument) => (argument.Arity.MinimumNumberOfValues, argument.Arity.MaximumNumberOfValues) switch
    {
        (0, 1) => $"[{argument.Name}]",
        (0, _) => $"[{argument.Name}...]",
        (_, 1) => argument.Name,
        _ => $"{argument.Name}...",
    };

    private static string Label(Option option) => option.HelpName is null ? option.Name : $"{option.Name} {option.HelpName}";

    private static void Section(StringBuilder text, string title, IEnumerable<(string Label, string Words)> rows)
    {
        var lines = rows.ToList();
        if (lines.Count == 0)
        {
            return;
        }

        text.Append('\n').Append(title).Append(":\n");
        var width = Math.Min(WidestLabel, lines.Max(line => line.Label.Length));
        foreach (var (label, words) in lines)
        {
            text.Append("  ").Append(label.PadRight(width)).Append("  ").Append(words).Append('\n');
        }
    }
}
