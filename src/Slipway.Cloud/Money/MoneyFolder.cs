using Slipway.Core.Failures;
using Slipway.Machines.Files;

namespace Slipway.Cloud.Money;

/// <summary>Where money is kept: one private directory outside of any store, so that a new store is no new budget.</summary>
/// <param name="Path">Its absolute path; for people it is <c>$XDG_STATE_HOME/slipway/money</c>.</param>
public sealed record MoneyFolder(string Path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>What holds files of keys and records: their owner's alone.</summary>
    internal const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The record of reservations and settlements.</summary>
    public string LedgerFile => $"{Path}/ledger.jsonl";

    /// <summary>The directory of plans.</summary>
    public string Plans => $"{Path}/plans";

    /// <summary>The record of what became of plans.</summary>
    public string PlanLog => $"{Plans}/plans.jsonl";

    /// <summary>The one lock of everything here.</summary>
    internal string LockFile => $"{Path}/money.lock";

    internal string TicketKey => $"{Path}/tickets.key";

    internal string ApprovalKeyFile => $"{Path}/approval-key.json";

    internal string PinAttempts => $"{Path}/pin-attempts.json";

    /// <summary>The place for a user: <c>XDG_STATE_HOME</c> when absolute, else <c>~/.local/state</c>.</summary>
    public static MoneyFolder Of(string home, string? xdgStateHome) =>
        new($"{(xdgStateHome is ['/', ..] ? xdgStateHome.TrimEnd('/') : $"{home}/.local/state")}/slipway/money");

    /// <summary>Makes the directories and refuses ones that others may write.</summary>
    internal Result<Unit> Prepare() => LocalFiles.MakeDirectory(Plans, OwnerOnly).Then(_ =>
        LocalPaths.IsPrivateDirectory(Path) && LocalPaths.IsPrivateDirectory(Plans)
            ? Unit.Value
            : (Result<Unit>)new Failure(CloudFailures.MoneyFileNotPrivate, $"{Path} does not belong to this user alone."));
}
