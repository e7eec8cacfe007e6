using System.Globalization;
using Slipway.Cli.Terminal;
using Slipway.Workflows.Caching;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Runs;

namespace Slipway.Cli.Commands.Workflow;

/// <summary>A run for people and for programs: the same view, whether it just ended or is looked at later.</summary>
internal static class WorkflowReport
{
    /// <summary>Prints a run.</summary>
    /// <param name="output">How to talk.</param>
    /// <param name="view">The run.</param>
    /// <param name="context">Where its content lies.</param>
    /// <param name="isEnd">Whether it just ended: then nodes that are well were told before.</param>
    public static void Print(Output output, WorkflowRunView view, WorkflowContext context, bool isEnd)
    {
        var blobs = new BlobStore(context.Host.Layout.Blobs);
        var document = WorkflowRunDocument.From(view, blob => blobs.PathOf(blob.Digest));
        if (output.IsJson)
        {
            output.Json(document, WorkflowJson.Default.WorkflowRunDocument);
            return;
        }

        if (!isEnd)
        {
            Head(output, view);
        }

        foreach (var node in view.Nodes.Where(static node => node.IsTarget && node.Outputs is not null))
        {
            foreach (var (port, value) in node.Outputs!.Values)
            {
                Write(output, $"{node.Id}.{port}", value, blobs);
            }
        }

        foreach (var failure in document.Failures)
        {
            output.People.Write(FailureText.Render(new Core.Failures.Failure(new(failure.Code, Core.Failures.ExitCode.BadData, string.Empty, failure.Hint ?? string.Empty), $"{failure.Node}: {failure.Message}") { Detail = failure.Detail }));
        }

        foreach (var question in document.Questions)
        {
            output.People.WriteLine(Plain.Line($"slipway: {question.Node} waits: {question.Question}"));
            output.People.WriteLine(Plain.Line($"  answer: {question.Answer}"));
        }

        if (isEnd)
        {
            output.Say(Last(view));
        }
    }

    private static string Last(WorkflowRunView view) => view.State switch
    {
        "finished" => $"slipway: {view.Run.Record.Name} finished; `slipway workflow show {view.Run.Id}` tells it again",
        "waiting" => $"slipway: {view.Run.Record.Name} waits for a person",
        var state => $"slipway: {view.Run.Record.Name}: {state}; `slipway workflow resume {view.Run.Id}` goes on from here",
    };

    private static void Head(Output output, WorkflowRunView view)
    {
        output.Data.WriteLine(Plain.Line($"run     {view.Run.Id} of {view.Run.Record.Name}: {view.State}"));
        output.Data.WriteLine(Plain.Line($"file    {view.Run.Record.Workflow!.File}"));
        output.Data.WriteLine($"began   {WorkflowCommands.Time(view.Run.Record.CreatedAt)}{(view.Run.Exit is { } exit ? $", ended {WorkflowCommands.Time(exit.EndedAt)}" : string.Empty)}");
        output.Data.WriteLine(Plain.Line($"record  {view.Folder}"));
        TextTable.Write(output.Data, ["NODE", "TYPE", "STATE", "TOOK", "SAID LAST"], [.. view.Nodes.Select(static node => (IReadOnlyList<string>)
            [node.Id.ToString(), node.Type, node.State, node.Seconds is { } took ? $"{took.ToString("0.0", CultureInfo.InvariantCulture)} s" : "-", node.Message ?? string.Empty])]);
    }

    private static void Write(Output output, string name, PortValue value, BlobStore blobs)
    {
        if (value.Blob is { } blob)
        {
            output.Data.WriteLine(Plain.Line($"{name}: {blobs.PathOf(blob.Digest)} ({blob.MediaType}, {Sizes.Text(blob.Size)})"));
            return;
        }

        var lines = value.AsText().ReplaceLineEndings("\n").Split('\n');
        output.Data.WriteLine(Plain.Line(lines.Length == 1 ? $"{name}: {lines[0]}" : $"{name}:"));
        foreach (var line in lines.Length == 1 ? [] : lines)
        {
            output.Data.WriteLine(Plain.Line($"  {line}"));
        }
    }
}
