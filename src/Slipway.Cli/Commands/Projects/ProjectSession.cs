using System.Collections.Immutable;
using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Environments.Provisioners.Micromamba;
using Slipway.Environments.Tools;
using Slipway.Projects.Backends;
using Slipway.Projects.Checks;
using Slipway.Projects.Discovery;
using Slipway.Projects.Editing;
using Slipway.Projects.Layout;
using Slipway.Projects.Naming;
using Slipway.Projects.UseCases;
using Slipway.Runs.Arguments;

namespace Slipway.Cli.Commands.Projects;

/// <summary>What the verbs of a project's life begin with: the project that the current directory lies in, and the store.</summary>
internal sealed class ProjectSession(Services services, BuildHost host, ProjectFinder finder, Project project, RequestSettings options)
{
    public Services Services => services;

    public BuildHost Host => host;

    public ProjectFinder Finder => finder;

    public Project Project => project;

    /// <summary>What the command line asks for.</summary>
    public RequestSettings Options => options;

    public EnvironmentLinks Links => new(project.Layout, host.Layout);

    public SyncUseCase Sync => new(host, services.Dependencies(host), finder);

    public StatusUseCase Status => new(host, services.Dependencies(host), finder);

    public CheckUseCase Check => new(host, Status, Locks, finder, services.Variable);

    public ProjectEdits Edits => new(host.Layout);

    public DeclarationUseCase Declarations => new(Edits, finder);

    public LockUseCase Locks => new(services.Dependencies(host), finder, new CondaLockTool(host, services.Time));

    /// <summary>Whether every default answer is taken without asking.</summary>
    public bool AcceptsDefaults { get; init; }

    /// <summary>Questions to the person who gave the command.</summary>
    public Prompt Prompt(Output output) => new(output, AcceptsDefaults);

    /// <summary>Finds the project that the current directory lies in, and opens the store.</summary>
    public static async Task<Result<ProjectSession>> OpenAsync(Services services, RequestSettings options, bool acceptsDefaults, CancellationToken cancellationToken)
    {
        var opened = await services.OpenHostAsync(cancellationToken).ConfigureAwait(false);
        return opened.Then(host =>
        {
            var finder = new ProjectFinder(services.Variable, () => ToolSearch.Has(host.Layout.Tools, services.Variable, BackendDetector.Uv));
            return finder.Find(Directory.GetCurrentDirectory(), options).Map(project => new ProjectSession(services, host, finder, project, options) { AcceptsDefaults = acceptsDefaults });
        });
    }

    /// <summary>The environments that a verb is about: all, or the one that is meant.</summary>
    public Result<ImmutableArray<EnvironmentName>> Chosen(bool all) => all ? project.Environments
        : project.Meant is { } meant ? ImmutableArray.Create(meant)
        : NoneMeant();

    /// <summary>Binds a verb to its action.</summary>
    public static void Bind(Command command, Output output, Func<Services> services, Func<ParseResult, RequestSettings> options, Func<ParseResult, ProjectSession, CancellationToken, Task<int>> action) =>
        command.SetAction(async (parsed, token) =>
        {
            var settings = options(parsed) with { Offline = GlobalOptions.Has(parsed, RunOptions.Offline) };
            var opened = await OpenAsync(services(), settings, GlobalOptions.Has(parsed, RunOptions.Yes), token).ConfigureAwait(false);
            return opened.TryGet(out var session, out var failure) ? await action(parsed, session, token).ConfigureAwait(false) : output.Fail(failure);
        });

    /// <summary>The option that names an environment.</summary>
    public static Option<string> EnvOption() => new(RunOptions.Env.Name) { Description = "The environment; else the active, configured or only one.", HelpName = "NAME" };

    /// <summary>The option that takes all environments.</summary>
    public static Option<bool> AllOption() => new("--all") { Description = "Every environment of the project." };

    private Failure NoneMeant() => new(
        Slipway.Projects.ProjectFailures.EnvironmentUnknown, $"The project has several environments, and none is chosen: {string.Join(", ", project.Environments)}.")
    {
        Hint = "Name one with --env, choose one with `slipway env use NAME`, or take --all.",
    };
}
