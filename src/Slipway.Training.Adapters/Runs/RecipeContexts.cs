using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Environments.Tools;
using Slipway.Projects.Backends;
using Slipway.Projects.Discovery;
using Slipway.Runs.Hosts;
using Slipway.Runs.Jobs;
using Slipway.Training.Adapters.Environments;
using Slipway.Training.Ports;
using Slipway.Workers.Connections;

namespace Slipway.Training.Adapters.Runs;

/// <summary>Puts together what runs of recipes are made with: this machine for records and users' code, and one that trains.</summary>
/// <param name="machines">What machines are found with.</param>
/// <param name="progress">Watches environments that are built.</param>
/// <param name="say">Is told which interpreter was chosen.</param>
public sealed class RecipeContexts(RecipeMachines machines, IBuildProgress progress, Action<string> say) : IDisposable
{
    private static readonly PortManifest Mathematics = new("mathematics", ImmutableSortedDictionary<Port, string>.Empty) { Requirements = ["sympy>=1.11"] };
    private OpenedHost? _place;

    /// <summary>What a run is made with.</summary>
    /// <param name="where">Where training runs.</param>
    /// <param name="id">The run that is begun; null for none.</param>
    /// <param name="run">The run that is taken up or looked at; null for none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Result<RecipeContext>> OpenAsync(RecipePlace where, RunId? id, string? run, CancellationToken cancellationToken)
    {
        if (!(await machines.Here(cancellationToken).ConfigureAwait(false)).TryGet(out var here, out var failure))
        {
            return failure;
        }

        ArgumentNullException.ThrowIfNull(where);

        // A run's checkpoints lie on the machine that trained.
        var known = run is null ? null
            : (await new RecipeRuns(here, machines.Time).FindAsync(run, machines.WorkingDirectory, cancellationToken).ConfigureAwait(false)).TryGet(out var found, out _) ? found : null;
        var on = where.On ?? known?.Job.Record.Spec.Host ?? HostName.Local;
        if (!(await OpenedHost.OpenAsync(on, _ => Task.FromResult<Result<BuildHost>>(here), machines.Hosts, cancellationToken).ConfigureAwait(false)).TryGet(out _place, out failure))
        {
            return failure;
        }

        var host = _place.Host;
        var isHere = _place.Remote is null;
        var named = known?.Job.Id ?? id;
        return new RecipeContext(
            here,
            folder => new PortFactory(Place(here, host, where, isHere ? $"{folder}/checkpoints" : $"{host.Layout.Run(named?.ToString() ?? "none")}/checkpoints")),
            machines.Time,
            machines.Version,
            machines.WorkingDirectory,
            on);
    }

    /// <inheritdoc/>
    public void Dispose() => _place?.Dispose();

    private PortPlace Place(BuildHost here, BuildHost host, RecipePlace where, string checkpoints) => new()
    {
        CheckpointRoot = checkpoints,
        ModelCache = host.Layout.Models,
        DatasetCache = here.Layout.Datasets,
        BlobRoot = here.Layout.TrainingBlobs,
        Variable = machines.Variable,
        Time = machines.Time,
        OpenTraining = (manifest, token) => OpenTrainingAsync(host, manifest, where, token),
        OpenUser = (path, modules, token) => OpenUserAsync(here, path, modules, where, token),
        OpenMath = token => OpenTrainingAsync(here, Mathematics, where with { Python = null, IsBuilt = false }, token),
    };

    private async Task<Result<WorkerConnection>> OpenTrainingAsync(BuildHost host, PortManifest manifest, RecipePlace where, CancellationToken cancellationToken)
    {
        var wanted = where.IsBuilt ? manifest with { Prefer = EnvironmentChoice.Build } : manifest;
        var environments = new TrainingEnvironments(host, machines.Time, progress);
        var ready = await environments.EnsureAsync(wanted, where.Python, new EnsureOptions(Offline: where.IsOffline), say, cancellationToken).ConfigureAwait(false);
        return ready.TryGet(out var environment, out var failure)
            ? await WorkerConnection.OpenAsync(host, environment, new WorkerOptions { Time = machines.Time }, cancellationToken).ConfigureAwait(false)
            : failure;
    }

    private async Task<Result<WorkerConnection>> OpenUserAsync(BuildHost here, string path, ImmutableArray<WorkerModule> modules, RecipePlace where, CancellationToken cancellationToken)
    {
        var discovery = new WorkloadDiscovery(machines.Variable, () => ToolSearch.Has(here.Layout.Tools, machines.Variable, BackendDetector.Uv));
        if (!discovery.Discover(path, Path.GetDirectoryName(path)!, new RequestSettings { Offline = where.IsOffline }).TryGet(out var declared, out var failure))
        {
            return failure;
        }

        var ensured = await DependencyService.For(here, machines.Time).EnsureAsync(declared.Request, declared.Subject, new EnsureOptions(Offline: declared.IsOffline), progress, cancellationToken).ConfigureAwait(false);
        return ensured.TryGet(out var ready, out failure)
            ? await WorkerConnection.OpenAsync(here, WorkerEnvironment.Of(ready), new WorkerOptions { Time = machines.Time, Modules = modules }, cancellationToken).ConfigureAwait(false)
            : declared.WithPlaces(failure);
    }
}
