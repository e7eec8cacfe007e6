using System.CommandLine;
using Slipway.Cli.Commands.Projects;
using Slipway.Cli.Commands.Run;
using Slipway.Cli.Terminal;

namespace Slipway.Cli.Commands.Env;

/// <summary><c>env show</c>: one environment: what it is declared to need, what that is now, and why.</summary>
internal static class EnvShow
{
    public static Command Define(Output output, Func<Services> services)
    {
        var name = EnvCommands.NameArgument("One of the project's environments.");
        var command = new Command("show", "Show what an environment is declared to need, and what that is now.\n\nExample: slipway env show dev") { name };
        EnvCommands.Bind(command, name, output, services, async (_, session, found, token) =>
        {
            var all = await session.Status.LookAsync(session.Project, session.Options, token).ConfigureAwait(false);
            var status = all.First(one => one.Name == found);
            if (output.IsJson)
            {
                output.Json(StatusDocument.From(session, [status]), StatusJson.Default.StatusDocument);
                return 0;
            }

            if (status.Failure is { } failure)
            {
                return output.Fail(failure);
            }

            output.Data.WriteLine(Plain.Line($"{found}: {Words.Of(status.State).Replace('_', ' ')}"));
            output.Data.WriteLine(Plain.Line($"backend   {status.Declaration!.Backend.Kind}: {status.Declaration.Backend.Sentence}"));
            output.Data.WriteLine(Plain.Line($"link      {session.Project.Layout.Link(found)}"));
            output.Data.WriteLine(Plain.Line($"lock      {Words.Of(status.Declaration.LockStanding).Replace('_', ' ')}{(status.Declaration.LockPath is { } path ? $": {path}" : string.Empty)}"));
            output.Data.Write(PlanText.Render(status.Plan!, status.Declaration));
            return 0;
        });
        return command;
    }
}
