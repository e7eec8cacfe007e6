using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Mcp.Tools;

/// <summary>How a tool is counted and what it needs before it starts.</summary>
public enum ToolEffect
{
    /// <summary>It changes nothing that lasts.</summary>
    Reads,

    /// <summary>It changes something here or ends something there.</summary>
    Changes,

    /// <summary>It runs code on a machine of the user: the policy's <c>[mcp] run</c> decides.</summary>
    Runs,

    /// <summary>It spends: a plan and its approval decide.</summary>
    Spends,
}

/// <summary>What a tool tells clients of its nature.</summary>
/// <param name="Destructive">Whether it can end or replace something.</param>
/// <param name="Idempotent">Whether calling twice is calling once.</param>
/// <param name="OpenWorld">Whether it reaches beyond this machine.</param>
public sealed record ToolHints(bool Destructive, bool Idempotent, bool OpenWorld);

/// <summary>One tool: what it takes, what it answers, and the verb of Slipway that it is.</summary>
/// <param name="Name">The name, in snake case.</param>
/// <param name="Title">The name for people.</param>
/// <param name="Description">What it does, for the assistant.</param>
/// <param name="Parameters">What it takes.</param>
/// <param name="Output">The JSON schema of its structured answer.</param>
/// <param name="Effect">What it does to the world.</param>
/// <param name="Hints">What clients are told.</param>
public sealed record McpTool(string Name, string Title, string Description, ImmutableArray<ToolParameter> Parameters, JsonElement Output, ToolEffect Effect, ToolHints Hints)
{
    /// <summary>The command line of the verb, without the program; null for a tool that is put together of several.</summary>
    public Func<ToolArguments, ImmutableArray<string>>? Words { get; init; }

    /// <summary>The parameter that names the directory in which the verb runs; null for the server's own.</summary>
    public string? Folder { get; init; }

    /// <summary>Whether the answer carries text that a workload or a server wrote.</summary>
    public bool QuotesOthers { get; init; }

    /// <summary>The JSON schema of what it takes.</summary>
    public JsonElement Input { get; } = ToolSchema.Input(Parameters);
}
