using System.CommandLine;
using Slipway.Cli.Commands.Projects;
using Slipway.Cli.Terminal;
using Slipway.Projects.UseCases;

namespace Slipway.Cli.Commands.Env;

/// <summary><c>env use</c>: makes an environment the active one of the project: for <c>run</c>, for <c>.venv</c>, and for direnv.</summary>
internal static class EnvUse
{
    public static Command Define(Output output, Func<Services> services)
    {
        var name = EnvCommands.NameArgument("One of the project's environments.");
        var command = new Command("use", "Make an environment the active one: `slipway run` and .venv mean it from now on.\n\nExample: slipway env use gpu") { name };
        EnvCommands.Bind(command, name, output, services, async (_, session, found, token) =>
        {
            // Ready first: an active environment that cannot be had would break every run.
            var synced = await SyncCommand.OneAsync(output, session, found, default, token).ConfigureAwait(false);
            var used = synced.Then(done => session.Links.Remember(found).Then(_ => session.Links.PointVenv(found)).Map(points => done with { Venv = points ? VenvLink.Points : VenvLink.InTheWay }));
            if (!used.TryGet(out var environment, out var failure))
            {
                return output.Fail(failure);
            }

            if (!new EnvrcUseCase(session.Finder).Follow(session.Project, found, environment.Declaration.Backend.Kind).TryGet(out var isEnvrcNew, out failure))
            {
                return output.Fail(failure with { Hint = $"{failure.Remedy} {found} is active all the same." });
            }

            if (environment.Venv is VenvLink.InTheWay)
            {
                output.Say($"slipway: warning: {session.Project.Layout.Venv} is not a link of Slipway and stays as it is.");
            }

            if (output.IsJson)
            {
                output.Json(SyncDocument.From(session.Project.Layout.Directory, [environment]), SyncJson.Default.SyncDocument);
            }
            else
            {
                output.Say($"{found} is active.{(isEnvrcNew ? " `direnv allow` accepts the .envrc that says so." : string.Empty)}");
            }

            return 0;
        });
        return command;
    }
}
