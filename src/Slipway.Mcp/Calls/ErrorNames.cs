using System.Collections.Frozen;
using Slipway.Core.Failures;

namespace Slipway.Mcp.Calls;

/// <summary>The names of errors for assistants. One that has no name of its own is told by what its exit code means; the code itself is in the details.</summary>
public static class ErrorNames
{
    /// <summary>A defect of Slipway, or what no other name fits.</summary>
    public const string Internal = "INTERNAL";

    /// <summary>No run or job of that id.</summary>
    public const string RunNotFound = "RUN_NOT_FOUND";

    /// <summary>A person has to approve.</summary>
    public const string ApprovalRequired = "APPROVAL_REQUIRED";

    private static readonly FrozenDictionary<string, string> Names = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["CLD0101"] = "BACKEND_UNREACHABLE",
        ["CLD0104"] = "AUTH_REQUIRED",
        ["CLD0105"] = "VERSION_MISMATCH",
        ["CLD0107"] = "CANCELLED",
        ["CLD0109"] = "NO_CAPACITY",
        ["CLD0110"] = "CLOUD_NOT_ENABLED",
        ["CLD0111"] = "AUTH_REQUIRED",
        ["CLD0115"] = "POLICY_FORBIDS",
        ["CLD0118"] = "QUOTA",
        ["CLD0202"] = "NO_OFFER",
        ["CLD0203"] = "NO_SPOT_OFFER",
        ["CLD0204"] = "PRICE_UNKNOWN",
        ["CLD0205"] = "PRICE_STALE",
        ["CLD0208"] = "MODEL_TOO_LARGE",
        ["CLD0302"] = "POLICY_FORBIDS",
        ["CLD0303"] = "POLICY_FORBIDS",
        ["CLD0304"] = "POLICY_FORBIDS",
        ["CLD0305"] = "POLICY_FORBIDS",
        ["CLD0306"] = "BUDGET_EXCEEDED",
        ["CLD0307"] = "LEDGER_CORRUPT",
        ["CLD0311"] = "PLAN_EXPIRED",
        ["CLD0312"] = "PLAN_STALE",
        ["CLD0313"] = "PLAN_MISMATCH",
        ["CLD0314"] = "PLAN_EXPIRED",
        ["CLD0315"] = ApprovalRequired,
        ["CLD0316"] = "APPROVAL_DECLINED",
        ["CLD0317"] = "PLAN_EXPIRED",
        ["CLD0318"] = ApprovalRequired,
        ["CLD0319"] = ApprovalRequired,
        ["CLD0321"] = ApprovalRequired,
        ["CLD0322"] = "PLAN_MISMATCH",
        ["CLD0323"] = ApprovalRequired,
        ["CLD0401"] = "UNKNOWN_WORKFLOW",
        ["CLD0403"] = "DATASET_COLUMN_MISSING",
        ["CLD0501"] = RunNotFound,
        ["CLD0505"] = "QUOTA",
        ["CLD0601"] = "GUARD_NOT_IN_FORCE",
        ["CLD0602"] = "STILL_BILLING",
        ["MCP0102"] = "POLICY_FORBIDS",
        ["MCP0103"] = "POLICY_FORBIDS",
        ["MCP0104"] = ApprovalRequired,
        ["MCP0105"] = "APPROVAL_DECLINED",
        ["MCP0106"] = "PLAN_MISMATCH",
        ["MCP0107"] = "QUOTA",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The name for a code.</summary>
    /// <param name="code">A code of Slipway, or already a name of this list.</param>
    /// <param name="exit">The exit code that goes with it.</param>
    public static string Of(string code, int exit) => Names.TryGetValue(code, out var name) ? name
        : code.Contains('_', StringComparison.Ordinal) ? code
        : (ExitCode)exit switch
        {
            ExitCode.Usage or ExitCode.BadData or ExitCode.NotFound or ExitCode.CommandNotFound => "INVALID_ARGUMENT",
            ExitCode.Unavailable => "BACKEND_UNREACHABLE",
            ExitCode.Busy => "QUOTA",
            ExitCode.Refused => "POLICY_FORBIDS",
            ExitCode.WaitsForPerson => ApprovalRequired,
            ExitCode.Cancelled => "CANCELLED",
            _ => Internal,
        };

    /// <summary>Whether the same call may do better later.</summary>
    public static bool IsRetryable(int exit) => (ExitCode)exit is ExitCode.Unavailable or ExitCode.Busy;
}
