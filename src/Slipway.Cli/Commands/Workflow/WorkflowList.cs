using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Workflows.Loading;

namespace Slipway.Cli.Commands.Workflow;

/// <summary><c>workflow list</c>: the workflows below a directory.</summary>
internal static class WorkflowList
{
    public static Command Define(Output output, Func<Services> services)
    {
        var folder = new Argument<string>("DIR") { Description = "The directory; the current one by default.", DefaultValueFactory = static _ => "." };
        var command = new Command("list", "List the workflows below a directory.\n\nExample: slipway workflow list examples") { folder };
        WorkflowCommands.Bind(command, output, services, (parsed, context, _) =>
        {
            var root = Path.GetFullPath(parsed.GetRequiredValue(folder));
            if (!Directory.Exists(root))
            {
                return Task.FromResult(output.Fail(new Failure(CliFailures.DocumentMissing, $"There is no directory {root}.") { Hint = "Name a directory that is there." }));
            }

            var loader = new WorkflowLoader(context.Catalogue);
            var entries = WorkflowLoader.Find(root).Select(path => Entry(loader, path, Path.GetRelativePath(root, path))).ToList();
            if (output.IsJson)
            {
                output.Json(new WorkflowListDocument("slipway.workflow-list/1", [.. entries]), WorkflowJson.Default.WorkflowListDocument);
            }
            else if (entries.Count == 0)
            {
                output.Say($"There are no workflows below {root}: files whose names end with .workflow.json.");
            }
            else
            {
                TextTable.Write(output.Data, ["FILE", "NAME", "NODES", "PROBLEMS"], [.. entries.Select(static entry => (IReadOnlyList<string>)
                    [entry.File, entry.Name, $"{entry.Nodes}", entry.Error ?? $"{entry.Problems}"])]);
            }

            return Task.FromResult(0);
        });
        return command;
    }

    private static WorkflowListEntry Entry(WorkflowLoader loader, string path, string shown) => loader.Read(path).TryGet(out var read, out var failure)
        ? new WorkflowListEntry(shown, read.Name, read.Graph.Nodes.Count, loader.Check(read).Problems.Count(static problem => problem.IsError), null)
        : new WorkflowListEntry(shown, WorkflowLoader.NameOf(path), 0, 1, $"{failure.Code.Id} {failure.Code.Summary}");
}
