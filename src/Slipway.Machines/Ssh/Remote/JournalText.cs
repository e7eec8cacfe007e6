using Slipway.Machines.Processes;

namespace Slipway.Machines.Ssh.Remote;

/// <summary>The record of a command as lines of the worker, which becomes the command, and of the supervisor, which sees its end.</summary>
internal static class JournalText
{
    /// <summary>The worker's lines, just before the command.</summary>
    public static string Begin(CommandJournal? journal) => journal is null
        ? string.Empty
        : $$"""
        {{Function(journal)}}sw_journal begin $$ $PPID
        say() {
            tell "$@"
            [ "$1" = start ] || sw_journal refused "$1" ''
        }

        """;

    /// <summary>The supervisor's.</summary>
    public static string End(CommandJournal? journal) => journal is null ? string.Empty : $"{Function(journal)}sw_journal end \"$sw_code\" \"$sw_ended\"\n";

    // In a shell of its own, so that no name of either is the other's.
    private static string Function(CommandJournal journal) =>
        $"sw_journal() {{ ( set -- \"$@\" {string.Join(' ', journal.Arguments.Select(ShellText.Quote))}\n{journal.Script}) </dev/null >/dev/null 2>&1; }}\n";
}
