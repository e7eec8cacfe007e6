using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Cloud;
using Slipway.Cloud.Backends;
using Slipway.Cloud.Launching;
using Slipway.Core.Failures;

namespace Slipway.Cli.Commands.Cloud;

/// <summary><c>cloud stop</c> and <c>cloud fetch</c>.</summary>
internal static class CloudStop
{
    public static Command DefineStop(Output output, Func<Services> services)
    {
        var run = new Argument<string>("RUN") { Description = "The run, as `slipway cloud launch` printed it.", Arity = ArgumentArity.ZeroOrOne };
        var mode = new Option<string>("--mode") { Description = "How: cancel lets it keep a checkpoint, finish waits for its end, terminate deletes its machines at once.", HelpName = "MODE", DefaultValueFactory = static _ => "cancel" };
        mode.AcceptOnlyFromAmong("finish", "cancel", "terminate");
        var fetch = new Option<string>("--fetch") { Description = "What is brought here before: results, logs or none.", HelpName = "WHAT", DefaultValueFactory = static _ => "results" };
        fetch.AcceptOnlyFromAmong("results", "logs", "none");
        var to = ToOption();
        var orphan = new Option<string>("--orphan") { Description = "Delete machines that `slipway cloud list` shows as an orphan.", HelpName = "NAME" };
        var command = new Command("stop", "End a run: results first, then its machines, and see that nothing bills any more.\n\nExample: slipway cloud stop 20261122t022900-7f3a9c21") { run };
        foreach (var option in (Option[])[mode, fetch, to, orphan])
        {
            command.Options.Add(option);
        }

        CloudSession.Bind(command, output, services, async (parsed, desk, created, token) =>
        {
            if (parsed.GetValue(orphan) is { } name)
            {
                var gone = await desk.DownOrphanAsync(name, created.Variable(CloudMoney.CallerVariable), token).ConfigureAwait(false);
                return CloudSession.Print(output, gone, "orphan", view => output.Data.WriteLine(Plain.Line($"{view.Name} is gone")));
            }

            if (!CloudSession.Run(parsed.GetValue(run) ?? string.Empty).TryGet(out var id, out var failure))
            {
                return output.Fail(failure);
            }

            var stopped = await desk.StopAsync(id, Enum.Parse<StopMode>(parsed.GetRequiredValue(mode), ignoreCase: true), Enum.Parse<StopFetch>(parsed.GetRequiredValue(fetch), ignoreCase: true), Full(parsed.GetValue(to)), token).ConfigureAwait(false);
            var code = CloudSession.Print(output, stopped, "stop", result => Tell(output, result));
            return stopped is { IsOk: true, Value.StillBills.IsEmpty: false } ? (int)CloudFailures.StillBilling.Exit : code;
        });
        return command;
    }

    public static Command DefineFetch(Output output, Func<Services> services)
    {
        var run = CloudStatus.RunArgument();
        var to = ToOption();
        var command = new Command("fetch", "Bring results and logs of a run here.\n\nExample: slipway cloud fetch --to results 20261122t022900-7f3a9c21") { run };
        command.Options.Add(to);
        CloudSession.Bind(command, output, services, async (parsed, desk, _, token) => CloudSession.Run(parsed.GetRequiredValue(run)).TryGet(out var id, out var failure)
            ? CloudSession.Print(output, await desk.FetchAsync(id, Full(parsed.GetValue(to)), token).ConfigureAwait(false), "fetch", result => Tell(output, result))
            : output.Fail(failure));
        return command;
    }

    private static Option<string> ToOption() => new("--to") { Description = "The directory; the run's own by default.", HelpName = "DIR" };

    private static string? Full(string? folder) => folder is null ? null : Path.GetFullPath(folder);

    private static void Tell(Output output, StopResult result)
    {
        foreach (var done in result.Done)
        {
            output.Data.WriteLine(Plain.Line(done));
        }

        if (result.Fetched is { } fetched)
        {
            Tell(output, fetched);
        }

        foreach (var bill in result.StillBills)
        {
            output.People.WriteLine(Plain.Line($"slipway: STILL BILLING: {bill}"));
        }

        CloudText.Line(output, "state", result.State.Word());
        CloudText.Line(output, "settled", CloudText.Money(result.Settled, isPriced: false));
    }

    private static void Tell(Output output, FetchResult result)
    {
        CloudText.Line(output, "fetched", $"{result.Files.Length} files, {Sizes.Text(result.Files.Sum(static file => file.Bytes))}, to {result.Destination}");
        CloudText.Notes(output, result.Notes);
    }
}
