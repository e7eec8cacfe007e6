using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Cloud.Backends;
using Slipway.Core.Failures;
using Slipway.Runs.Jobs;

namespace Slipway.Cli.Commands.Cloud;

/// <summary><c>cloud list</c>, <c>cloud status</c> and <c>cloud logs</c>.</summary>
internal static class CloudStatus
{
    public static Command DefineList(Output output, Func<Services> services)
    {
        var all = new Option<bool>("--all") { Description = "Those that are over too." };
        var command = new Command("list", "List launched runs, and machines of ours that belong to none.\n\nExample: slipway cloud list --all");
        command.Options.Add(all);
        CloudSession.Bind(command, output, services, tells: false, action: async (parsed, desk, _, token) =>
            CloudSession.Print(output, await desk.ListAsync(parsed.GetValue(all), token).ConfigureAwait(false), "list", found =>
            {
                TextTable.Write(output.Data, ["RUN", "WHAT", "BACKEND", "STATE", "SO FAR", "CEILING", "GONE BY"], [.. found.Runs.Select(static run => (IReadOnlyList<string>)
                [
                    run.Run.ToString(), run.Workflow, run.Backend, run.State.Word(), CloudText.Money(run.SpentSoFar, isPriced: false), CloudText.Money(run.Ceiling, isPriced: false),
                    run.EndsBy is { } end ? CloudText.Time(end) : string.Empty,
                ])]);
                foreach (var orphan in found.Orphans)
                {
                    output.Data.WriteLine(Plain.Line($"ORPHAN {orphan.Name} is {orphan.State} in {orphan.Where}: {orphan.Why}; `slipway cloud stop --orphan {orphan.Name}` deletes it"));
                }

                CloudText.Notes(output, found.Notes);
            }));
        return command;
    }

    public static Command DefineStatus(Output output, Func<Services> services)
    {
        var run = RunArgument();
        var wait = new Option<string>("--wait") { Description = "Wait so long for its state to change: 30s, 5m.", HelpName = "TIME" };
        var lines = new Option<int>("--lines") { Description = "Show so many of the last lines of its log.", HelpName = "N", DefaultValueFactory = static _ => 5 };
        var command = new Command("status", "Say how a run stands, what it costs, and whether its guards hold.\n\nExample: slipway cloud status 20261122t022900-7f3a9c21") { run };
        command.Options.Add(wait);
        command.Options.Add(lines);
        CloudSession.Bind(command, output, services, async (parsed, desk, _, token) =>
        {
            TimeSpan? longest = null;
            if (!CloudSession.Run(parsed.GetRequiredValue(run)).TryGet(out var id, out var failure) || (parsed.GetValue(wait) is { } text && !Wait(text, wait.Name, out longest, out failure)))
            {
                return output.Fail(failure!);
            }

            return CloudSession.Print(output, await desk.StatusAsync(id, longest, parsed.GetValue(lines), token).ConfigureAwait(false), "status", view => CloudText.Run(output, view));
        });
        return command;
    }

    public static Command DefineLogs(Output output, Func<Services> services)
    {
        const int Megabyte = 1024 * 1024;
        var run = RunArgument();
        var tail = new Option<int>("--tail") { Description = "Begin with so many of the last lines.", HelpName = "N", DefaultValueFactory = static _ => 100 };
        var cursor = new Option<string>("--cursor") { Description = "Go on where an earlier answer ended.", HelpName = "CURSOR" };
        var bytes = new Option<int>("--max-bytes") { Description = "At most so many bytes.", HelpName = "N", DefaultValueFactory = static _ => Megabyte };
        var command = new Command("logs", "Print what a run wrote.\n\nExample: slipway cloud logs --tail 20 20261122t022900-7f3a9c21") { run };
        foreach (var option in (Option[])[tail, cursor, bytes])
        {
            command.Options.Add(option);
        }

        CloudSession.Bind(command, output, services, async (parsed, desk, _, token) =>
        {
            if (!CloudSession.Run(parsed.GetRequiredValue(run)).TryGet(out var id, out var failure))
            {
                return output.Fail(failure);
            }

            if (parsed.GetValue(cursor) is { } text && LogCursor.Parse(text) is null)
            {
                return output.Fail(new Failure(CliFailures.Usage, $"{Core.Text.Shown.Quote(text)} is no cursor: it is what an earlier answer calls next_cursor."));
            }

            var page = await desk.LogsAsync(id, LogCursor.Parse(parsed.GetValue(cursor)), parsed.GetValue(tail), parsed.GetValue(bytes), token).ConfigureAwait(false);
            if (!page.TryGet(out var found, out failure))
            {
                return output.Fail(failure);
            }

            if (output.IsJson)
            {
                output.Json(CloudDocument.Of("logs", found.WriteTo), CloudDocumentJson.Default.JsonElement);
                return 0;
            }

            foreach (var line in found.Lines)
            {
                output.Data.WriteLine(Plain.Line(line));
            }

            if (found.Truncated)
            {
                output.Say($"slipway: there is more; `slipway cloud logs --cursor {found.Next} {id}` goes on");
            }

            return 0;
        });
        return command;
    }

    internal static Argument<string> RunArgument() => new("RUN") { Description = "The run, as `slipway cloud launch` printed it." };

    private static bool Wait(string text, string option, out TimeSpan? wait, out Failure? failure)
    {
        wait = Duration.Parse(text, option).TryGet(out var parsed, out failure) ? parsed : null;
        return wait is not null;
    }
}
