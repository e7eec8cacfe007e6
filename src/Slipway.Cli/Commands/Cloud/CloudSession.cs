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
    /// <param name="command">The command.</param>
    /// <param name="output">Where it is told.</param>
    /// <param name="services">The rooms.</param>
    /// <param name="action">What it does.</param>
    /// <param name="tells">Whether what is mended is said; the answers of some verbs have it already.</param>
    public static void Bind(Command command, Output output, Func<Services> services, Func<ParseResult, CloudDesk, Services, CancellationToken, Task<int>> action, bool tells = true) =>
        command.SetAction(async (parsed, token) =>
        {
            var created = services();
            if (!Open(created, parsed, tells ? repair => output.Say($"slipway: {Line(repair)}") : static _ => { }).TryGet(out var desk, out var failure))
            {
                return output.Fail(failure);
            }

            using (desk)
            {
                return await action(parsed, desk, created, token).ConfigureAwait(false);
            }
        });

    /// <summary>What was mended, or could not be.</summary>
    public static string Line(Repair repair) => Plain.Line($"{(repair.IsProblem ? "look: " : string.Empty)}{(repair.Run is { } run ? $"{run}: " : string.Empty)}{repair.Text}");

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

    private static Result<CloudDesk> Open(Services services, ParseResult parsed, Action<Repair> told)
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
                    Told = told,
                })));
    }
}
