using Slipway.Core.Failures;

namespace Slipway.Workflows;

/// <summary>The coded failures of workflows.</summary>
public static class WorkflowsFailures
{
    /// <summary>A file is not a workflow.</summary>
    public static readonly FailureCode Malformed = new(
        "WFL0101", ExitCode.BadData, "The file is not a workflow.", "Correct what is named; `slipway workflow validate` lists everything.");

    /// <summary>A file was written by a newer Slipway.</summary>
    public static readonly FailureCode UnknownSchema = new(
        "WFL0102", ExitCode.BadData, "The workflow's schema is not known here.", "Use a Slipway that knows it.");

    /// <summary>A workflow has problems.</summary>
    public static readonly FailureCode Invalid = new(
        "WFL0103", ExitCode.BadData, "The workflow cannot be run as it is.", "Correct what is named; `slipway workflow validate` lists everything.");

    /// <summary>A node's type is not known.</summary>
    public static readonly FailureCode UnknownType = new(
        "WFL0104", ExitCode.BadData, "The type of a node is not known.", "`slipway workflow nodes` lists the types.");

    /// <summary>A node was written for a version of its type that there is no way from.</summary>
    public static readonly FailureCode UnknownVersion = new(
        "WFL0105", ExitCode.BadData, "The version of a node's type is not known.", "Use a Slipway that knows it.");

    /// <summary>A port is not one of its node.</summary>
    public static readonly FailureCode UnknownPort = new(
        "WFL0106", ExitCode.BadData, "A node has no such port.", "`slipway workflow nodes TYPE` lists the ports of a type.");

    /// <summary>An edge leads to or from a node that is not there.</summary>
    public static readonly FailureCode UnknownNode = new(
        "WFL0107", ExitCode.BadData, "A node is not in the graph.", "Correct the node's name, or add the node.");

    /// <summary>Ports of types that do not fit are connected.</summary>
    public static readonly FailureCode IncompatibleTypes = new(
        "WFL0108", ExitCode.BadData, "The types of two connected ports do not fit.", "Connect ports of fitting types, or put a node between that converts.");

    /// <summary>A graph has a cycle.</summary>
    public static readonly FailureCode Cycle = new(
        "WFL0109", ExitCode.BadData, "The graph has a cycle.", "Remove one of the edges that are named; what repeats is a `run-workflow` node with `items`.");

    /// <summary>A required input has neither an edge nor a value.</summary>
    public static readonly FailureCode MissingInput = new(
        "WFL0110", ExitCode.BadData, "A required input is missing.", "Connect it, give it a value in the file, or use --set node.port=value.");

    /// <summary>Several edges lead to an input that takes one.</summary>
    public static readonly FailureCode TooManyEdges = new(
        "WFL0111", ExitCode.BadData, "An input has more edges than it takes.", "Remove all edges to it but one; a `merge` node takes the first that is there.");

    /// <summary>A value does not fit its port.</summary>
    public static readonly FailureCode BadValue = new(
        "WFL0112", ExitCode.BadData, "A value does not fit its port.", "Correct the value.");

    /// <summary>A node is connected to nothing.</summary>
    public static readonly FailureCode Orphan = new(
        "WFL0113", ExitCode.BadData, "A node is connected to nothing.", "Connect it, or remove it.");

    /// <summary>A value that must not be saved is in a file.</summary>
    public static readonly FailureCode SavedSecret = new(
        "WFL0114", ExitCode.BadData, "A secret's value is in the file.", "Name the variable that holds it, and give it with --secret.");

    /// <summary>There is no such file.</summary>
    public static readonly FailureCode FileMissing = new(
        "WFL0115", ExitCode.NotFound, "The workflow's file is not there.", "`slipway workflow list DIR` lists the workflows below a directory.");

    /// <summary>A file is nothing that can be imported.</summary>
    public static readonly FailureCode NotImportable = new(
        "WFL0116", ExitCode.BadData, "The file is no workflow that can be imported.", "Name a workflow that Pantograph saved.");

    /// <summary>A node failed by itself.</summary>
    public static readonly FailureCode NodeFailed = new(
        "WFL0201", ExitCode.BadData, "A node failed.", "Its own words say why.");

    /// <summary>A node took too long.</summary>
    public static readonly FailureCode TimedOut = new(
        "WFL0202", ExitCode.Unavailable, "A node took longer than it may.", "Give it longer (`policy.timeout_s`), or find what it waits for.");

    /// <summary>A node waits for a person.</summary>
    public static readonly FailureCode Waiting = new(
        "WFL0203", ExitCode.WaitsForPerson, "The workflow waits for a person.", "Answer with `slipway workflow resume RUN --set node.port=value`.");

    /// <summary>A run cannot be found.</summary>
    public static readonly FailureCode UnknownRun = new(
        "WFL0204", ExitCode.NotFound, "There is no such run of a workflow.", "`slipway workflow runs` lists them.");

    /// <summary>A run cannot be resumed.</summary>
    public static readonly FailureCode NotResumable = new(
        "WFL0205", ExitCode.BadData, "The run cannot be resumed.", "Start the workflow anew.");

    /// <summary>Nodes of a run failed.</summary>
    public static readonly FailureCode RunFailed = new(
        "WFL0206", ExitCode.BadData, "Nodes of the workflow failed.", "Mend what they name; `slipway workflow resume RUN` continues at them.");

    /// <summary>A run was cancelled.</summary>
    public static readonly FailureCode Cancelled = new(
        "WFL0207", ExitCode.Cancelled, "The workflow was cancelled.", "`slipway workflow resume RUN` continues it.");

    /// <summary>A run is not over.</summary>
    public static readonly FailureCode StillRunning = new(
        "WFL0208", ExitCode.Busy, "The run is not over.", "Wait for its end, or end it with `slipway workflow cancel RUN`.");

    /// <summary>A workflow that runs code was not trusted yet.</summary>
    public static readonly FailureCode NotTrusted = new(
        "WFL0209", ExitCode.Refused, "The workflow runs code, and was not trusted yet.", "Read what it runs; then say so with --trust.");

    /// <summary>A secret was not given.</summary>
    public static readonly FailureCode SecretMissing = new(
        "WFL0210", ExitCode.BadData, "A secret is not there.", "Set the variable that --secret names.");
}
