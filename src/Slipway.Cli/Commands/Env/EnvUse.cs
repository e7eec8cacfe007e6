using System.CommandLine;
using Slipway.Cli.Commands.Projects;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Projects;
using Slipway.Projects.Discovery;
using Slipway.Projects.Naming;
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
            var used = await session.Edits.DoAsync(
                session.Project.Layout.Directory,
                $"env use {found}",
                () => synced.Then(done => StillDeclared(session, found).Then(_ => session.Links.Remember(found)).Then(_ => session.Links.PointVenv(found)).Map(points => new Used(
                    done with { Venv = points ? VenvLink.Points : VenvLink.InTheWay },
                    new EnvrcUseCase(session.Finder).Follow(session.Project, found, done.Declaration.Backend.Kind)))),
                token).ConfigureAwait(false);
            if (!used.TryGet(out var active, out var failure))
            {
                return output.Fail(failure);
            }

            var environment = active.Environment;
            if (!active.Envrc.TryGet(out var isEnvrcNew, out failure))
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

    // Another command may have taken it out while it was made ready.
    private static Result<Unit> StillDeclared(ProjectSession session, EnvironmentName name) => session.Finder
        .Find(session.Project.Layout.Directory, new RequestSettings { IgnoreActive = true })
        .Then(now => now.Environments.Contains(name) ? Unit.Value : (Result<Unit>)new Failure(ProjectFailures.EnvironmentUnknown, $"The project declares no environment {name} any more."));

    /// <summary>The environment that is active now, and whether <c>.envrc</c> was changed to follow it.</summary>
    private sealed record Used(SyncedEnvironment Environment, Result<bool> Envrc);
}
