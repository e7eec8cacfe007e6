using Slipway.Core.Failures;

namespace Slipway.Workflows.Nodes;

/// <summary>The coded failures of the types of nodes that come with Slipway.</summary>
public static class NodeFailures
{
    /// <summary>A variable that holds a secret is not set.</summary>
    public static readonly FailureCode MissingSecret = new(
        "WFL0301", ExitCode.Configuration, "The environment variable of a secret is not set.", "Set it, and run the workflow again; its value is in no file.");

    /// <summary>A script ended badly.</summary>
    public static readonly FailureCode ScriptFailed = new(
        "WFL0302", ExitCode.BadData, "A script ended with a failure.", "The end of what it wrote to its standard error says why.");

    /// <summary>What a script left is not what was asked for.</summary>
    public static readonly FailureCode ScriptOutputs = new(
        "WFL0303", ExitCode.BadData, "A script left outputs that cannot be used.", "It writes {\"outputs\": {…}, \"files\": {…}} to the path in $SLIPWAY_OUTPUTS.");

    /// <summary>A model catalogue cannot be read.</summary>
    public static readonly FailureCode CatalogueMalformed = new(
        "WFL0304", ExitCode.BadData, "A model catalogue is malformed.", "Correct what is named.");

    /// <summary>A model is not in its catalogue.</summary>
    public static readonly FailureCode UnknownModel = new(
        "WFL0305", ExitCode.NotFound, "The model is not in the catalogue.", "Name one that is, or add it to the catalogue.");

    /// <summary>A workflow runs itself, or too many lie in one another.</summary>
    public static readonly FailureCode Nesting = new(
        "WFL0306", ExitCode.BadData, "Workflows run one another without end.", "Take one of the `run-workflow` nodes that are named out.");

    /// <summary>A workflow inside of another one did not end well.</summary>
    public static readonly FailureCode InnerFailed = new(
        "WFL0307", ExitCode.BadData, "A workflow that a node ran failed.", "Mend what is named; what was done there is kept, and is not done again.");

    /// <summary>What a node started was cancelled by somebody else.</summary>
    public static readonly FailureCode RunCancelled = new(
        "WFL0308", ExitCode.Cancelled, "A run that a node started was cancelled.", "Run the workflow again, or go on with that run by itself.");
}
