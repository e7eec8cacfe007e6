using System.CommandLine;
using Slipway.Cli.Commands.Run;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Projects.Backends;
using Slipway.Projects.Configuration;
using Slipway.Projects.Discovery;
using Slipway.Projects.Naming;
using Slipway.Runs.Arguments;

namespace Slipway.Cli.Commands.Projects;

/// <summary><c>shell</c>: the user's own shell in an environment, until they leave it.</summary>
internal static class ShellCommand
{
    public static Command Define(Output output, Func<Services> services)
    {
        var env = ProjectSession.EnvOption();
        var command = new Command("shell", "Start your shell in the project's environment; `exit` leaves it.\n\nExample: slipway shell --env gpu") { env };
        ProjectSession.Bind(command, output, services, parsed => new RequestSettings { Env = parsed.GetValue(env) }, (_, session, token) => ExecuteAsync(output, session, token));
        return command;
    }

    private static async Task<int> ExecuteAsync(Output output, ProjectSession session, CancellationToken cancellationToken)
    {
        if (output.IsJson || Console.IsInputRedirected)
        {
            return output.Fail(new Failure(CliFailures.NeedsAnswer, "`shell` needs a terminal.") { Hint = "Run one command with `slipway run COMMAND`." });
        }

        if (!session.Chosen(all: false).TryGet(out var names, out var failure)
            || !session.Finder.Declare(session.Project, names[0], session.Options).TryGet(out var declaration, out failure)
            || !Start(session).TryGet(out var start, out failure))
        {
            return output.Fail(failure);
        }

        var format = session.Project.Configuration[SettingKey.Prompt]?.Texts[0] ?? PromptFormat.Default;
        string[] variables = [.. start.Variables, $"SLIPWAY_PROMPT={PromptFormat.Render(format, declaration.Backend.Kind, names[0])}", $"SLIPWAY_SHELL={names[0]}", $"SLIPWAY_SHELL_TREE={(declaration.Backend.Kind is BackendDetector.Micromamba ? "CONDA_PREFIX" : "VIRTUAL_ENV")}"];
        var arguments = new RunArguments(
            [.. Environment(session, names[0]), .. variables.Select(text => new GivenOption(RunOptions.EnvVar, text))],
            new RunTarget(TargetForm.Word, start.Executable),
            start.Arguments,
            HelpAsked: false);
        var useCase = session.Services.Run(session.Host);
        return useCase.Discover(arguments).TryGet(out var discovered, out failure)
            ? await new RunCommand(output, session.Services, session.Host, report: null).ExecuteAsync(useCase, arguments, discovered, cancellationToken).ConfigureAwait(false)
            : output.Fail(failure);
    }

    private static IEnumerable<GivenOption> Environment(ProjectSession session, EnvironmentName name) =>
        session.Project.Declared(name) is { } declared ? [new GivenOption(RunOptions.Env, declared.ToString())] : [];

    private static Result<ShellStart> Start(ProjectSession session)
    {
        var shell = session.Services.Variable("SHELL") is { Length: > 0 } named && Path.IsPathRooted(named) && File.Exists(named) ? named : "/bin/sh";
        return ShellStart.Of(shell, $"{session.Host.Layout.Cache}/shell", session.Services.Variable);
    }
}
