using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Cloud.Launching;
using Slipway.Cloud.SkyPilot;
using Slipway.Core.Failures;
using Slipway.Runs.Distant;
using Slipway.Runs.Jobs;
using Slipway.Store.Layout;

namespace Slipway.Cli.Commands.Cloud;

/// <summary>What verbs of <c>cloud</c> have in common: the desk, and how its answers are printed.</summary>
internal static class CloudSession
{
    private static readonly Option<string> Server = new("--server")
    {
        Description = "The SkyPilot API server; else SKYPILOT_API_SERVER_ENDPOINT, what `slipway cloud connect` kept, or this machine's.",
        HelpName = "URL",
        Recursive = true,
    };

    /// <summary>Adds what every verb takes.</summary>
    public static void AddTo(Command cloud) => cloud.Options.Add(Server);

    /// <summary>Gives a command an action with the desk. What an earlier process left unfinished is mended first, and said.</summary>
    public static void Bind(Command command, Output output, Func<Services> services, Func<ParseResult, CloudDesk, Services, CancellationToken, Task<int>> action, bool mends = true) =>
        command.SetAction(async (parsed, token) =>
        {
            var created = services();
            if (!Open(created, parsed).TryGet(out var desk, out var failure))
            {
                return output.Fail(failure);
            }

            using (desk)
            {
                if (mends && (await desk.ReconcileAsync(token).ConfigureAwait(false)).TryGet(out var mended, out _))
                {
                    foreach (var repair in mended.Repairs)
                    {
                        output.Say($"slipway: {(repair.IsProblem ? "look: " : string.Empty)}{(repair.Run is { } run ? $"{run}: " : string.Empty)}{repair.Text}");
                    }
                }

                return await action(parsed, desk, created, token).ConfigureAwait(false);
            }
        });

    /// <summary>Prints an answer: a document with its schema, or text for people.</summary>
    public static int Print<T>(Output output, Result<T> answer, string kind, Action<T> people)
        where T : ICloudResult
    {
        if (!answer.TryGet(out var found, out var failure))
        {
            return output.Fail(failure);
        }

        if (output.IsJson)
        {
            output.Json(CloudDocument.Of(kind, found.WriteTo), CloudDocumentJson.Default.JsonElement);
        }
        else
        {
            people(found);
        }

        return 0;
    }

    /// <summary>The run that a word names: its id.</summary>
    public static Result<RunId> Run(string text) => RunId.Parse(text) is { } id ? id
        : new Failure(CliFailures.Usage, $"{Core.Text.Shown.Quote(text)} is no run: it looks like 20261122t022900-7f3a9c21.") { Hint = "`slipway cloud list` shows the runs." };

    private static Result<CloudDesk> Open(Services services, ParseResult parsed)
    {
        var home = services.Variable("HOME") ?? "/";
        var money = CloudMoney.Of(services);
        return CloudServerFile.Of(home, services.Variable("XDG_CONFIG_HOME")).Read(parsed.GetValue(Server))
            .Then(choice => StoreHome.Locate(services.Variable).Map(located => new CloudDesk(
                new CloudDeskSettings(located.Home, money.Folder, money.Policy, new TemplatedWorks(CarriedProgram.Own.Path))
                {
                    Server = choice,
                    Sky = new SkyOptions { Time = services.Time, UserName = Environment.UserName },
                    Variable = services.Variable,
                    Here = services.OpenHostAsync,
                    Hosts = services.Hosts,
                    Version = Services.Version,
                })));
    }
}
