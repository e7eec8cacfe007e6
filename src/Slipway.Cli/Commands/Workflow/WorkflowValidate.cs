using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Loading;

namespace Slipway.Cli.Commands.Workflow;

/// <summary><c>workflow validate</c>: everything that is wrong with files.</summary>
internal static class WorkflowValidate
{
    public static Command Define(Output output, Func<Services> services)
    {
        var files = new Argument<string[]>("FILE") { Description = "Workflows.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("validate", "Tell everything that is wrong with workflows, each problem with its place.\n\nExample: slipway workflow validate speak.workflow.json") { files };
        WorkflowCommands.Bind(command, output, services, (parsed, context, _) =>
        {
            var loader = new WorkflowLoader(context.Catalogue);
            var entries = parsed.GetRequiredValue(files).Select(file => Entry(loader, file)).ToList();
            if (output.IsJson)
            {
                output.Json(new WorkflowValidationDocument("slipway.workflow-validation/1", entries.TrueForAll(static entry => entry.IsValid), [.. entries]), WorkflowJson.Default.WorkflowValidationDocument);
            }
            else
            {
                entries.ForEach(entry => Print(output, entry));
            }

            return Task.FromResult(entries.Select(static entry => entry.Exit).FirstOrDefault(static exit => exit != 0));
        });
        return command;
    }

    private static WorkflowValidation Entry(WorkflowLoader loader, string file)
    {
        if (!loader.Read(file).TryGet(out var read, out var failure))
        {
            return new WorkflowValidation(file, false, 0, [new WorkflowProblem(failure.Code.Id, string.Empty, failure.Message, failure.Remedy, true)]) { Exit = (int)failure.Code.Exit };
        }

        var loaded = loader.Check(read);
        return new WorkflowValidation(file, loaded.Objection is null, loaded.Graph.Nodes.Count, [.. loaded.Problems.Select(Problem)]) { Exit = loaded.Objection is null ? 0 : (int)ExitCode.BadData };
    }

    private static WorkflowProblem Problem(GraphProblem problem) => new(problem.Code.Id, problem.Pointer, problem.Message, problem.Hint ?? problem.Code.Remedy, problem.IsError);

    private static void Print(Output output, WorkflowValidation entry)
    {
        foreach (var problem in entry.Problems)
        {
            output.Data.WriteLine(Plain.Line($"{entry.File}: {(problem.IsError ? "error" : "warning")} {problem.Code}{(problem.Pointer.Length == 0 ? string.Empty : $" at {problem.Pointer}")}: {problem.Message}"));
        }

        if (entry.IsValid)
        {
            output.Data.WriteLine(Plain.Line($"{entry.File}: valid, {entry.Nodes} nodes"));
        }
    }
}
