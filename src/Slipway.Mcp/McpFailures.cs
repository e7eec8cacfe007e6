using Slipway.Core.Failures;

namespace Slipway.Mcp;

/// <summary>The coded failures of the server for assistants.</summary>
public static class McpFailures
{
    /// <summary>An argument of a tool is missing or wrong.</summary>
    public static readonly FailureCode InvalidArgument = new(
        "MCP0101", ExitCode.Usage, "An argument of the tool is missing or wrong.", "Correct what is named; the tool's schema says what it takes.");

    /// <summary>The server was started for other hosts or backends.</summary>
    public static readonly FailureCode OutOfScope = new(
        "MCP0102", ExitCode.Refused, "This server was started for other hosts or backends.", "Name one that the server may use; only a person starts it with other `--hosts` or `--backends`.");

    /// <summary>The policy lets no assistant run anything.</summary>
    public static readonly FailureCode RunForbidden = new(
        "MCP0103", ExitCode.Refused, "The policy lets no assistant run anything here.", "Have a person run it in a terminal; only a person changes `[mcp] run` in the policy.");

    /// <summary>A person has to say yes to a run.</summary>
    public static readonly FailureCode RunNeedsPerson = new(
        "MCP0104", ExitCode.WaitsForPerson, "A person has to say yes to this run, and cannot be asked here.", "Show the command that is given to the person, who can run it in a terminal.");

    /// <summary>A person said no to a run.</summary>
    public static readonly FailureCode RunDeclined = new(
        "MCP0105", ExitCode.Refused, "A person said no to this run.", "Ask the person what to do instead.");

    /// <summary>The state of a question is not ours, not about this call, or used.</summary>
    public static readonly FailureCode AnswerInvalid = new(
        "MCP0106", ExitCode.Refused, "The answer does not belong to a question that was asked.", "Call the tool again without a state, and answer the new question.");

    /// <summary>Too many calls.</summary>
    public static readonly FailureCode TooManyCalls = new(
        "MCP0107", ExitCode.Busy, "Too many calls in a minute.", "Wait for as long as is said; `wait` of get_training_status asks once for what many calls would ask.");

    /// <summary>The record of calls cannot be written.</summary>
    public static readonly FailureCode AuditUnwritable = new(
        "MCP0108", ExitCode.StoreNotWritable, "The record of an assistant's calls cannot be written.", "Make the file that is named yours and writable, with mode 0600.");

    /// <summary>A verb answered what is no JSON document.</summary>
    public static readonly FailureCode AnswerUnreadable = new(
        "MCP0109", ExitCode.Defect, "A verb of Slipway gave no readable answer.", "Run the command that is named in a terminal and report what it says.");

    /// <summary>The call was ended by its client.</summary>
    public static readonly FailureCode CallCancelled = new(
        "MCP0110", ExitCode.Cancelled, "The call was cancelled.", "Call again; a job that was started by then goes on.");
}
