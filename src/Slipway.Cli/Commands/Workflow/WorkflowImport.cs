using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Workflows;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Import;
using Slipway.Workflows.Loading;

namespace Slipway.Cli.Commands.Workflow;

/// <summary><c>workflow import</c>: a workflow of Pantograph becomes one of ours, with a report of what could not be carried over.</summary>
internal static class WorkflowImport
{
    private const UnixFileMode Ordinary = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public static Command Define(Output output, Func<Services> services)
    {
        var file = new Argument<string>("FILE") { Description = "A workflow that Pantograph saved." };
        var into = new Option<string?>("--output", "-o") { Description = "The file to write, which must not be there yet; standard output without it.", HelpName = "OUT" };
        var command = new Command("import", "Make a workflow of one that Pantograph saved, and tell what could not be carried over.\n\nExample: slipway workflow import voice.json -o voice.workflow.json") { file, into };
        WorkflowCommands.Bind(command, output, services, (parsed, context, _) =>
            Task.FromResult(Do(output, new PantographImport(context.Catalogue), parsed.GetRequiredValue(file), parsed.GetValue(into))));
        return command;
    }

    private static int Do(Output output, PantographImport import, string file, string? into)
    {
        var path = Path.GetFullPath(file);
        var read = File.Exists(path)
            ? LocalFiles.Read(path, WorkflowLoader.MaxBytes).Then(bytes => import.Read(bytes, file))
            : new Failure(WorkflowsFailures.FileMissing, $"There is no file {file}.");
        if (!read.TryGet(out var imported, out var failure))
        {
            return output.Fail(failure);
        }

        var bytes = WorkflowTextOf(imported.Graph);
        if (into is not null && Write(into, bytes) is { } refused)
        {
            return output.Fail(refused);
        }

        if (output.IsJson)
        {
            output.Json(
                new WorkflowImportDocument(
                    "slipway.workflow-import/1", file, into, imported.Graph.Nodes.Count, imported.Graph.Edges.Length,
                    [.. imported.Remarks.Select(static remark => new WorkflowImportRemark(remark.Kind.ToString().ToLowerInvariant(), remark.Node, remark.Message))]),
                WorkflowJson.Default.WorkflowImportDocument);
            return 0;
        }

        if (into is null)
        {
            output.Data.Write(System.Text.Encoding.UTF8.GetString(bytes));
        }

        foreach (var remark in imported.Remarks)
        {
            output.Say($"slipway: {remark.Kind.ToString().ToLowerInvariant()}: {(remark.Node is null ? string.Empty : $"{remark.Node}: ")}{remark.Message}");
        }

        output.Say($"slipway: {imported.Graph.Nodes.Count} nodes, {imported.Graph.Edges.Length} edges{(into is null ? string.Empty : $", written to {into}; `slipway workflow validate {into}` tells what is missing")}");
        return 0;
    }

    private static byte[] WorkflowTextOf(WorkflowGraph graph) => Slipway.Workflows.Graphs.WorkflowText.Write(graph);

    private static Failure? Write(string into, byte[] bytes)
    {
        var path = Path.GetFullPath(into);
        return File.Exists(path) || Directory.Exists(path)
            ? new Failure(WorkflowsFailures.NotImportable, $"{into} is there already, and is not written over.") { Hint = "Name another file, or remove it first." }
            : LocalFiles.Write(path, bytes, Ordinary) is { IsOk: false } written ? written.Failure : null;
    }
}
