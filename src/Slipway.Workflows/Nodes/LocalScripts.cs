using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Environments;
using Slipway.Environments.Tools;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;
using Slipway.Projects.Backends;
using Slipway.Projects.Discovery;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;

namespace Slipway.Workflows.Nodes;

/// <summary>A script that a node runs on this machine.</summary>
/// <param name="Declaration">What it needs.</param>
/// <param name="Path">Its absolute path.</param>
/// <param name="Folder">The working directory.</param>
internal sealed record LocalScript(WorkloadDeclaration Declaration, string Path, string Folder)
{
    /// <summary>Its arguments.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>What it reads; null for nothing.</summary>
    public ReadOnlyMemory<byte>? Input { get; init; }

    /// <summary>Variables of its own.</summary>
    public ImmutableSortedDictionary<string, string> Variables { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
}

/// <summary>Runs scripts on this machine as <c>slipway run</c> does: what they declare becomes an environment by the one pipeline, and a lease holds it while they run.</summary>
/// <param name="services">What nodes are made with.</param>
internal sealed class LocalScripts(NodeServices services)
{
    private const int Rounds = 3;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>The absolute path of a script that an input names.</summary>
    public static Result<string> PathOf(NodeCall call, string port)
    {
        var named = call[port].AsText();
        var path = Path.GetFullPath(named, call.Place.WorkflowFolder);
        return !named.EndsWith(".py", StringComparison.Ordinal) ? new Failure(WorkflowsFailures.BadValue, $"{call.Node.Id}.{port} is {Shown.Quote(named)}, and should be a script, whose name ends in .py.")
            : File.Exists(path) ? path
            : new Failure(WorkflowsFailures.BadValue, $"{call.Node.Id}.{port} names {path}, and there is no such file.") { Hint = "Paths in a workflow are relative to its file." };
    }

    /// <summary>An input that is a list of texts; empty when it is absent.</summary>
    public static Result<ImmutableArray<string>> Texts(NodeCall call, string port) =>
        call.Find(port) is not { } value ? ImmutableArray<string>.Empty
        : value.Json.ValueKind is JsonValueKind.Array && value.Json.EnumerateArray().All(static item => item.ValueKind is JsonValueKind.String)
            ? value.Json.EnumerateArray().Select(static item => item.GetString()!).ToImmutableArray()
            : new Failure(WorkflowsFailures.BadValue, $"{call.Node.Id}.{port} is {WorkflowText.Kind(value.Json)}, and should be a list of texts.");

    /// <summary>Finds out what a script needs.</summary>
    public Result<LocalScript> Discover(string script, string folder, RequestSettings settings) =>
        new WorkloadDiscovery(services.Variable, () => ToolSearch.Has(services.Here.Layout.Tools, services.Variable, BackendDetector.Uv))
            .Discover(script, folder, settings)
            .Map(declaration => new LocalScript(declaration, script, folder));

    /// <summary>What the environment would be; it is resolved where it has to be, and not installed.</summary>
    public async Task<Result<EnvironmentPlan>> ResolveAsync(LocalScript script, IBuildProgress progress, CancellationToken cancellationToken)
    {
        var declared = script.Declaration;
        var resolved = await services.Dependencies(services.Here)
            .ResolveAsync(declared.Request, declared.Subject, new EnsureOptions(Offline: declared.IsOffline), progress, cancellationToken).ConfigureAwait(false);
        return resolved.IsOk ? resolved : declared.WithPlaces(resolved.Failure);
    }

    /// <summary>Has the environment ready and runs the script to its end.</summary>
    /// <param name="script">The script.</param>
    /// <param name="progress">Watches the build.</param>
    /// <param name="output">Receives what it writes.</param>
    /// <param name="cancellationToken">Ends it, and all that it started.</param>
    public async Task<Result<ProcessOutcome>> RunAsync(LocalScript script, IBuildProgress progress, IOutputSink output, CancellationToken cancellationToken)
    {
        var (declared, layout) = (script.Declaration, services.Here.Layout);
        for (var round = 0; round < Rounds; round++)
        {
            var ensured = await services.Dependencies(services.Here)
                .EnsureAsync(declared.Request, declared.Subject, new EnsureOptions(Offline: declared.IsOffline), progress, cancellationToken).ConfigureAwait(false);
            if (!ensured.TryGet(out var environment, out var failure))
            {
                return declared.WithPlaces(failure);
            }

            if (environment.Plan.Python is null)
            {
                return new Failure(NodeFailures.ScriptFailed, $"The environment {environment.Slot} has no Python to run {script.Path} with.") { Hint = "Name python among the dependencies." };
            }

            var guards = new MachineProgram($"run {script.Path}", [new Step.Lease(layout.LeaseFile(environment.Slot)), new Step.RequireExists(layout.Meta(environment.Slot))]);
            var ran = await services.Here.Machine.RunGuardedAsync(guards, Command(script, environment), output, cancellationToken).ConfigureAwait(false);
            if (!ran.TryGet(out var ended, out failure))
            {
                return failure;
            }

            // None: the environment was collected between the build and the lease.
            if (ended.Process is { } process)
            {
                return process;
            }
        }

        return new Failure(EnvironmentFailures.KeepsVanishing, $"The environment vanished {Rounds} times before {script.Path} could be started.");
    }

    private static ProcessCommand Command(LocalScript script, ReadyEnvironment environment)
    {
        var none = EnvironmentChanges.None;
        return new ProcessCommand(environment.Python, [script.Path, .. script.Arguments])
        {
            WorkingDirectory = script.Folder,
            StandardInput = script.Input,
            CaptureLimit = 0,
            Grace = Grace,

            // Output goes through a pipe, and Python would keep it back.
            Environment = environment.Activation.Then(none with
            {
                Set = none.Set.Add("PYTHONUNBUFFERED", "1").SetItems(script.Variables),
                Prepend = script.Declaration.ProjectPath is { } project ? none.Prepend.Add("PYTHONPATH", project) : none.Prepend,
            }),
        };
    }
}
