using Slipway.Projects.Checks;
using Slipway.Projects.Discovery;
using Slipway.Projects.UseCases;

namespace Slipway.Cli.Commands.Projects;

/// <summary>The words that documents and people read for the states of a project.</summary>
internal static class Words
{
    public static string Of(LockStanding standing) => standing switch
    {
        LockStanding.Used => "used",
        LockStanding.LeftOut => "out_of_date",
        LockStanding.Missing => "missing",
        LockStanding.Ignored => "ignored",
        LockStanding.Foreign => "foreign",
        _ => "not_needed",
    };

    public static string Of(EnvironmentState state) => state switch
    {
        EnvironmentState.Ready => "ready",
        EnvironmentState.Outdated => "outdated",
        EnvironmentState.NotSynced => "not_synced",
        EnvironmentState.Gone => "gone",
        EnvironmentState.Undeclared => "undeclared",
        _ => "unreadable",
    };

    public static string Of(CheckLevel level) => level switch
    {
        CheckLevel.Pass => "pass",
        CheckLevel.Note => "note",
        CheckLevel.Warning => "warning",
        _ => "error",
    };

    public static string Of(FileOutcome outcome) => outcome switch
    {
        FileOutcome.Created => "created",
        FileOutcome.Changed => "changed",
        FileOutcome.Unchanged => "unchanged",
        _ => "kept",
    };

    public static string Of(PurgeAction action) => action switch
    {
        PurgeAction.Remove => "remove",
        PurgeAction.TakeLinesOut => "take_lines_out",
        _ => "keep",
    };
}
