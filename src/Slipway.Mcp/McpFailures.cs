using Slipway.Core.Failures;

namespace Slipway.Mcp;

/// <summary>The coded failures of the server for assistants.</summary>
public static class McpFailures
{
    /// <summary>An argument of a tool is missing or wrong.</summary>
    public static readonly FailureCode InvalidArgument = new(
        "MCP0101", ExitCode.Usage, "An argument of the tool is missing or wrong.", "Correct what is named; the tool's schema says what it takes.");
}
