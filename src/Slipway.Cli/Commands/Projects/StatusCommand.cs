using System.Collections.Immutable;
using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Projects.Discovery;
using Slipway.Projects.Layout;
using Slipway.Projects.UseCases;

namespace Slipway.Cli.Commands.Projects;

/// <summary><c>status</c>: the project and its environments at a glance. It reads only, and a project with faults is no failure of looking.</summary>
internal static class StatusCommand
{
    public static Command Define(Output output, Func<Services> services)
    {
        var env = ProjectSession.EnvOption();
        var explain = new Option<bool>("--explain") { Description = "Also say why each backend was chosen, and what a sync would do." };
        var command = new Command("status", "Show the project, its environments and how they stand.\n\nExample: slipway status --explain") { env, explain };
        command.SetAction(async (parsed, token) =>
        {
            var created = services();
            var opened = await ProjectSession.OpenAsync(created, new RequestSettings { Env = parsed.GetValue(env) }, acceptsDefaults: false, token).ConfigureAwait(false);
            if (!opened.TryGet(out var session, out var failure))
            {
                // Nothing to show, or nothing that can be read: said in the way of failures, and still no failure of this verb.
                _ = output.Fail(failure);
                return 0;
            }

            var environments = await session.Status.LookAsync(session.Project, session.Options with { Env = null }, token).ConfigureAwait(false);
            if (output.IsJson)
            {
                output.Json(StatusDocument.From(session, environments), StatusJson.Default.StatusDocument);
            }
            else
            {
                Print(output, session, environments, parsed.GetValue(explain));
            }

            return 0;
        });
        return command;
    }

    private static void Print(Output output, ProjectSession session, ImmutableArray<EnvironmentStatus> environments, bool explain)
    {
        var project = session.Project;
        output.Data.WriteLine(Plain.Line($"project   {project.Layout.Directory}"));
        foreach (var file in project.Configuration.Files)
        {
            output.Data.WriteLine(Plain.Line($"settings  {file}"));
        }

        output.Data.WriteLine(Plain.Line($"active    {project.Meant?.ToString() ?? "none of several"}{(session.Links.Active is null ? string.Empty : " (slipway env use)")}"));
        output.Data.WriteLine(Plain.Line($".venv     {Venv(project, session.Links)}"));
        output.Data.WriteLine();
        TextTable.Write(output.Data, ["ENVIRONMENT", "BACKEND", "PYTHON", "LOCK", "STATE"], [.. environments.Select(Row)]);
        foreach (var environment in explain ? environments : [])
        {
            output.Data.WriteLine();
            output.Data.WriteLine(Plain.Line($"{environment.Name}: {environment.Reason}"));
            if (environment.Declaration is { } declaration)
            {
                output.Data.WriteLine(Plain.Line($"  backend {declaration.Backend.Kind}: {declaration.Backend.Sentence}"));
                output.Data.WriteLine(Plain.Line($"  declared by {declaration.Origin}"));
            }
        }
    }

    private static IReadOnlyList<string> Row(EnvironmentStatus environment) =>
    [
        environment.Name.ToString(),
        environment.Declaration?.Backend.Kind ?? "-",
        environment.Plan?.Python?.FullVersion ?? "-",
        environment.Declaration is { } declaration ? Words.Of(declaration.LockStanding).Replace('_', ' ') : "-",
        environment.State is EnvironmentState.Ready ? Words.Of(environment.State) : $"{Words.Of(environment.State).Replace('_', ' ')}: {environment.Reason}",
    ];

    private static string Venv(Project project, EnvironmentLinks links) =>
        links.IsOwnVenv() ? $"leads to {Path.GetFileName(new FileInfo(project.Layout.Venv).LinkTarget)}"
        : Path.Exists(project.Layout.Venv) ? "is not a link of Slipway, and stays as it is"
        : "is not there";
}
