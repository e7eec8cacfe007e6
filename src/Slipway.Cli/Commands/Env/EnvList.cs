using System.CommandLine;
using Slipway.Cli.Commands.Projects;
using Slipway.Cli.Terminal;
using Slipway.Projects.Discovery;
using Slipway.Projects.UseCases;

namespace Slipway.Cli.Commands.Env;

/// <summary><c>env list</c>: all environments of the project, the one that is meant marked.</summary>
internal static class EnvList
{
    public static Command Define(Output output, Func<Services> services)
    {
        var command = new Command("list", "List the project's environments.\n\nExample: slipway env list");
        ProjectSession.Bind(command, output, services, _ => new RequestSettings(), async (_, session, token) =>
        {
            var environments = await session.Status.LookAsync(session.Project, session.Options, token).ConfigureAwait(false);
            if (output.IsJson)
            {
                output.Json(StatusDocument.From(session, environments), StatusJson.Default.StatusDocument);
                return 0;
            }

            TextTable.Write(output.Data, [" ", "NAME", "BACKEND", "PYTHON", "STATE"], [.. environments.Select(one => Row(session, one))]);
            return 0;
        });
        return command;
    }

    private static IReadOnlyList<string> Row(ProjectSession session, EnvironmentStatus environment) =>
    [
        session.Project.Meant == environment.Name ? "*" : " ",
        environment.Name.ToString(),
        environment.Declaration?.Backend.Kind ?? "-",
        environment.Plan?.Python?.FullVersion ?? "-",
        Words.Of(environment.State).Replace('_', ' ') + (session.Links.Active == environment.Name ? " [active]" : string.Empty),
    ];
}
