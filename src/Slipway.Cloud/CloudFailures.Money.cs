using Slipway.Core.Failures;

namespace Slipway.Cloud;

/// <content>03: money: amounts, policy, ledger, plans and approval.</content>
public static partial class CloudFailures
{
    /// <summary>A text or a number is no amount of money.</summary>
    public static readonly FailureCode AmountInvalid = new(
        "CLD0301", ExitCode.BadData, "An amount of money is malformed or out of range.", "Write dollars as text with up to six decimals, such as \"6.84\".");

    /// <summary>There is no policy, so nothing may be spent.</summary>
    public static readonly FailureCode PolicyMissing = new(
        "CLD0302", ExitCode.Refused, "There is no spending policy, so nothing is rented.", "Write the policy file that is named; only a person can.");

    /// <summary>The policy file is malformed.</summary>
    public static readonly FailureCode PolicyInvalid = new(
        "CLD0303", ExitCode.Configuration, "The spending policy cannot be read.", "Correct the key that is named.");

    /// <summary>Others may write the policy file or a file of money.</summary>
    public static readonly FailureCode MoneyFileNotPrivate = new(
        "CLD0304", ExitCode.Refused, "A file that decides over money is not its owner's alone.", "Make it yours and give it mode 0600, and its directory 0700.");

    /// <summary>The policy forbids a plan (POLICY_FORBIDS).</summary>
    public static readonly FailureCode PolicyForbids = new(
        "CLD0305", ExitCode.Refused, "The spending policy forbids this.", "Change the request so that it keeps the limit that is named; only a person changes the policy.");

    /// <summary>A limit of money is used up (BUDGET_EXCEEDED).</summary>
    public static readonly FailureCode BudgetExceeded = new(
        "CLD0306", ExitCode.Refused, "The budget does not allow this.", "Ask for less, wait for runs to end or for the next period, or have a person raise the limit.");

    /// <summary>The ledger is damaged (LEDGER_CORRUPT).</summary>
    public static readonly FailureCode LedgerCorrupt = new(
        "CLD0307", ExitCode.Refused, "The record of what was spent is damaged, so nothing is rented.", "A person looks at the file that is named and runs `slipway cloud ledger repair`, which keeps a copy of it.");

    /// <summary>A run already has an entry in the ledger.</summary>
    public static readonly FailureCode RunAlreadyReserved = new(
        "CLD0308", ExitCode.Refused, "Money was already reserved for this run.", "Start a new run: one run is paid for once.");

    /// <summary>A run has no open reservation.</summary>
    public static readonly FailureCode NoReservation = new(
        "CLD0309", ExitCode.NotFound, "The run has no open reservation.", "Look at the run with `slipway cloud status`: it may have been settled before.");

    /// <summary>The record is whole.</summary>
    public static readonly FailureCode NothingToRepair = new(
        "CLD0310", ExitCode.Usage, "The record of money is not damaged.", "Nothing is to be done.");

    /// <summary>No such plan.</summary>
    public static readonly FailureCode PlanNotFound = new(
        "CLD0311", ExitCode.NotFound, "There is no such plan.", "Plan again; plans are named p- and ten digits.");

    /// <summary>Prices moved since the plan was made (PLAN_STALE).</summary>
    public static readonly FailureCode PlanStale = new(
        "CLD0312", ExitCode.Refused, "The offer changed since the plan was made.", "Plan again: the new ceiling needs its own approval.");

    /// <summary>A digest is not the plan's (PLAN_MISMATCH).</summary>
    public static readonly FailureCode PlanMismatch = new(
        "CLD0313", ExitCode.Refused, "What was shown is not what the plan holds.", "Look at the plan again and answer for what it says now.");

    /// <summary>A plan's time is over (PLAN_EXPIRED).</summary>
    public static readonly FailureCode PlanExpired = new(
        "CLD0314", ExitCode.Refused, "The plan has expired.", "Plan again.");

    /// <summary>A plan waits for a person (APPROVAL_REQUIRED).</summary>
    public static readonly FailureCode ApprovalRequired = new(
        "CLD0315", ExitCode.WaitsForPerson, "A person has to approve the plan.", "In a terminal of your own: `slipway cloud approve PLAN`.");

    /// <summary>A person declined (APPROVAL_DECLINED).</summary>
    public static readonly FailureCode ApprovalDeclined = new(
        "CLD0316", ExitCode.Refused, "A person declined the plan.", "Make another plan, or ask the person.");

    /// <summary>A plan was used, or replaced by another.</summary>
    public static readonly FailureCode PlanUsed = new(
        "CLD0317", ExitCode.Refused, "The plan is used up.", "Plan again: one approval starts one run.");

    /// <summary>An approval came through a channel that is not a person's.</summary>
    public static readonly FailureCode ApprovalChannel = new(
        "CLD0318", ExitCode.Refused, "This is not a place where a person approves.", "Run `slipway cloud approve PLAN` in a terminal that you opened yourself.");

    /// <summary>The ceiling that was typed is another.</summary>
    public static readonly FailureCode CeilingMismatch = new(
        "CLD0319", ExitCode.Refused, "The amount that was typed is not the plan's ceiling.", "Type the ceiling as it is shown.");

    /// <summary>The PIN is wrong, missing, or asked for too soon again.</summary>
    public static readonly FailureCode PinRefused = new(
        "CLD0321", ExitCode.Refused, "The PIN was not accepted.", "Wait as long as is said, then type the PIN again.");

    /// <summary>A ticket of an assistant's question is not ours, not for this, or used.</summary>
    public static readonly FailureCode TicketInvalid = new(
        "CLD0322", ExitCode.Refused, "The answer does not belong to a question that was asked.", "Plan again and answer the new question, or approve in a terminal.");

    /// <summary>An approval or the policy lacks its signature.</summary>
    public static readonly FailureCode SignatureInvalid = new(
        "CLD0323", ExitCode.Refused, "An approval or the policy is not signed with the PIN.", "Sign the policy, or approve the plan, with the PIN.");

    /// <summary>The record of plans is damaged.</summary>
    public static readonly FailureCode PlanBookDamaged = new(
        "CLD0324", ExitCode.BadData, "The record of plans is damaged, so no plan is valid.", "Move the directory of plans away and plan again: no money is recorded in it.");

    /// <summary>A launch has no priced ceiling or another value that money cannot be reserved for.</summary>
    public static readonly FailureCode PlanInvalid = new(
        "CLD0325", ExitCode.BadData, "A plan cannot be read, or holds a value that is out of range.", "Plan again.");
}
