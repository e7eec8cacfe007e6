using System.CommandLine;
using Slipway.Cli.Commands.Projects;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Projects;
using Slipway.Projects.Discovery;
using Slipway.Projects.Naming;

namespace Slipway.Cli.Commands.Env;

/// <summary>The verb <c>env</c>: the named environments of a project.</summary>
internal static class EnvCommands
{
    public static Command Define(Output output, Func<Services> services)
    {
        var command = new Command("env", "The environments of a project.\n\nExample: slipway env list");
        command.Subcommands.Add(EnvList.Define(output, services));
        command.Subcommands.Add(EnvShow.Define(output, services));
        command.Subcommands.Add(EnvUse.Define(output, services));
        command.Subcommands.Add(EnvCreate.Define(output, services));
        command.Subcommands.Add(EnvRemove.Define(output, services));
        return command;
    }

    /// <summary>The argument that names an environment.</summary>
    internal static Argument<string> NameArgument(string description) => new("NAME") { Description = description };

    /// <summary>Binds a subverb that works on one environment, which must be one of the project's.</summary>
    internal static void Bind(Command command, Argument<string> name, Output output, Func<Services> services, Func<ParseResult, ProjectSession, EnvironmentName, CancellationToken, Task<int>> action) =>
        ProjectSession.Bind(command, output, services, _ => new RequestSettings { IgnoreActive = true }, async (parsed, session, token) =>
            Find(session, parsed.GetRequiredValue(name)).TryGet(out var found, out var failure) ? await action(parsed, session, found, token).ConfigureAwait(false) : output.Fail(failure));

    private static Result<EnvironmentName> Find(ProjectSession session, string text) => EnvironmentName.Parse(text, "NAME").Then(name => session.Project.Environments.Contains(name)
        ? session.Project.Environments.First(declared => declared == name)
        : (Result<EnvironmentName>)new Failure(ProjectFailures.EnvironmentUnknown, $"The project has no environment {text}: it has {string.Join(", ", session.Project.Environments)}."));
}
