using System.Collections.Immutable;
using System.CommandLine;
using Slipway.Cli.Commands.Run;
using Slipway.Cli.Terminal;
using Slipway.Runs.Arguments;

namespace Slipway.Cli;

/// <summary>The options that every verb takes.</summary>
internal static class GlobalOptions
{
    private static readonly ImmutableArray<RunOption> Table =
        [RunOptions.Json, RunOptions.Verbose, RunOptions.Quiet, RunOptions.NoColor, RunOptions.Offline, RunOptions.Yes];

    /// <summary>The options for the parser.</summary>
    public static ImmutableArray<Option<bool>> All { get; } =
        [.. Table.Select(option => new Option<bool>(option.Name) { Description = option.Help, Recursive = true })];

    /// <summary>Whether an option of the parser was given.</summary>
    public static bool Has(ParseResult parsed, RunOption option) =>
        parsed.GetValue(All[Table.IndexOf(option)]);

    /// <summary>The global options that stand before the verb, and the rest.</summary>
    public static (string[] Leading, string[] Words) CutLeading(string[] words)
    {
        var count = words.TakeWhile(word => Table.Any(option => string.Equals(option.Name, word, StringComparison.Ordinal))).Count();
        return (words[..count], words[count..]);
    }

    /// <summary>
    /// How to talk, decided before anything is parsed, so that a parse error is already told in the right way. For <c>run</c>,
    /// <c>serve</c> and <c>plan</c> only the head counts; the splitter's answer replaces this one there.
    /// </summary>
    public static Output ToOutput(string[] words)
    {
        var (leading, rest) = CutLeading(words);
        var mine = RunCommands.Are(rest) ? leading : [.. words.TakeWhile(static word => word is not "--")];
        return Create(name => mine.Contains(name, StringComparer.Ordinal));
    }

    /// <summary>How to talk.</summary>
    /// <param name="has">Whether an option was given.</param>
    public static Output Create(Func<string, bool> has)
    {
        // https://no-color.org: any non-empty value switches colour off.
        var color = !has(RunOptions.NoColor.Name)
            && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && !string.Equals(Environment.GetEnvironmentVariable("TERM"), "dumb", StringComparison.Ordinal);
        return new Output(has(RunOptions.Json.Name), has(RunOptions.Quiet.Name), has(RunOptions.Verbose.Name), color);
    }
}
