using System.CommandLine;
using Slipway.Cli.Commands.Projects;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Projects;
using Slipway.Projects.Discovery;
using Slipway.Projects.Naming;
using Slipway.Projects.UseCases;

namespace Slipway.Cli.Commands.Env;

/// <summary><c>env remove</c>: takes an environment out of the settings and its links away. What is in the store stays for whoever shares it.</summary>
internal static class EnvRemove
{
    public static Command Define(Output output, Func<Services> services)
    {
        var name = EnvCommands.NameArgument("One of the project's environments, or a link that nothing declares any more.");
        var command = new Command("remove", "Take an environment out of the project; the store keeps what others may share, until `slipway store gc`.\n\nExample: slipway env remove old") { name };
        ProjectSession.Bind(command, output, services, _ => new RequestSettings { IgnoreActive = true }, (parsed, session, token) => ExecuteAsync(output, session, parsed.GetRequiredValue(name), token));
        return command;
    }

    private static async Task<int> ExecuteAsync(Output output, ProjectSession session, string text, CancellationToken cancellationToken)
    {
        if (!EnvironmentName.Parse(text, "NAME").TryGet(out var name, out var failure))
        {
            return output.Fail(failure);
        }

        var isDeclared = session.Project.IsNamed && session.Project.Environments.Contains(name);
        if (!isDeclared && !session.Links.Linked().Contains(name))
        {
            return output.Fail(new Failure(ProjectFailures.EnvironmentUnknown, $"The project has no environment {text}."));
        }

        string? file = null;
        if (isDeclared && !(await session.Declarations.RemoveAsync(session.Project, name, cancellationToken).ConfigureAwait(false)).TryGet(out file, out failure))
        {
            return output.Fail(failure);
        }

        var unlinked = await session.Edits.DoAsync(session.Project.Layout.Directory, $"env remove {name}", () => session.Links.Remove(name), cancellationToken).ConfigureAwait(false);
        if (!unlinked.TryGet(out _, out failure))
        {
            return output.Fail(failure);
        }

        if (output.IsJson)
        {
            output.Json(new EnvChangeDocument("slipway.env-change/1", name.ToString(), file), EnvChangeJson.Default.EnvChangeDocument);
        }
        else
        {
            output.Say(file is null ? $"{name} is no longer linked." : $"{name} is out of {file}, and no longer linked.");
        }

        return 0;
    }
}
