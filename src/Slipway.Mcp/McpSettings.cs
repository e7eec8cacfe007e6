using Slipway.Cloud.Money;
using Slipway.Machines;
using Slipway.Mcp.Calls;
using Slipway.Mcp.Tools;

namespace Slipway.Mcp;

/// <summary>What a server for assistants is made with.</summary>
/// <param name="Machine">This machine, as verbs are started on it.</param>
/// <param name="Executable">The absolute path of our own program.</param>
/// <param name="Money">Where plans, the ledger and keys are.</param>
/// <param name="Policy">The policy's file.</param>
/// <param name="AuditFolder">The directory of the record of calls.</param>
/// <param name="Guard">Cleans all that is answered or recorded.</param>
/// <param name="Time">The clock.</param>
/// <param name="Version">Slipway's version, for clients.</param>
public sealed record McpSettings(IMachine Machine, string Executable, MoneyFolder Money, PolicyFile Policy, string AuditFolder, TextGuard Guard, TimeProvider Time, string Version)
{
    /// <summary>What it may touch.</summary>
    public ToolScope Scope { get; init; } = ToolScope.All;
}
