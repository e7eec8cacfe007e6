using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Slipway.SkyPilotApi.Catalogue;
using Slipway.SkyPilotApi.Clusters;
using Slipway.SkyPilotApi.Faults;
using Slipway.SkyPilotApi.Requests;
using Slipway.SkyPilotApi.Tasks;

namespace Slipway.SkyPilotApi.Routes;

/// <summary>What rents machines and gives them jobs.</summary>
internal sealed partial class LaunchRoutes(ServerState state)
{
    private const string NamePattern = "[a-zA-Z]([-_.a-zA-Z0-9]*[a-zA-Z0-9])?";

    internal IEnumerable<Route> All =>
    [
        Route.Operation("/launch", "sky.launch", state, LaunchAsync),
        Route.Operation("/exec", "sky.exec", state, Exec),
        Route.Operation("/start", "sky.start", state, Start),
        Route.Operation("/jobs/launch", "sky.jobs.launch", state, LaunchManaged),
    ];

    internal static (string Hash, string Name) UserOf(ServerRequest request) => (request.UserId, request.UserName ?? "server");

    internal static SkyError NoCapacity(Choice choice) => new("ResourcesUnavailableError",
        $"Failed to acquire resources in all zones in {choice.Offer.Region} for {{{Optimizer.Display(choice.Offer.Cloud)}({choice.Offer.InstanceType})}}.\n"
        + "To fix: try again later, or relax or change the resource requirements.");

    private async Task<JsonNode?> LaunchAsync(ServerRequest request)
    {
        var task = Read(request);
        var name = request.Body["cluster_name"]!.GetValue<string>();
        if (!Name().IsMatch(name))
        {
            throw new SkyError("InvalidClusterNameError", $"Cluster name \"{name}\" is invalid; ensure it is fully matched by regex (e.g., only contains letters, numbers and dash): {NamePattern}");
        }

        var isDry = request.Body["dryrun"]?.GetValue<bool>() ?? false;
        var blob = request.Body["file_mounts_blob_id"]?.GetValue<string>();
        state.Files.Check(task, request.UserId, blob);
        var cluster = state.Clusters.Find(name);
        if (cluster is null)
        {
            var choice = Choose(task, request);
            if (isDry)
            {
                return Result(null);
            }

            cluster = await ProvisionAsync(request, name, task, choice);
        }

        state.Files.Place(task, request.UserId, blob, cluster);
        state.Clusters.SetAutostop(cluster, request.Fault?.Kind is FaultKind.AutostopIgnored ? Autostop.None : AutostopOf(request, task));
        request.Log.Append($"✓ Cluster launched: {name}.\n");
        return Submit(request, cluster, task);
    }

    private Choice Choose(SkyTask task, ServerRequest request)
    {
        var choice = state.Optimizer.Choose(task, request.Log);
        if (state.Options.CloudsWithoutLibrary.Contains(choice.Offer.Cloud, StringComparer.Ordinal))
        {
            throw new SkyError("ModuleNotFoundError", $"No module named '{choice.Offer.Cloud}'");
        }

        return request.Fault?.Kind is FaultKind.NoCapacity ? throw NoCapacity(choice) : choice;
    }

    private async Task<Cluster> ProvisionAsync(ServerRequest request, string name, SkyTask task, Choice choice)
    {
        request.Log.Append(Optimizer.Control("rich_init", "[bold cyan]Launching[/]") + $"⚙︎ Launching on {Optimizer.Display(choice.Offer.Cloud)} {choice.Offer.Region}.\n");
        var cluster = state.Clusters.Rent(name, choice, task, LaunchRoutes.UserOf(request), isManaged: false);
        if (request.Fault?.Kind is FaultKind.ProvisionWaits)
        {
            // Who cancels now leaves a machine behind that bills, as on the real server.
            await request.Fault.Gate.WaitAsync(request.Cancellation.Token);
        }

        request.Cancellation.Token.ThrowIfCancellationRequested();
        if (request.Fault?.Kind is FaultKind.ProvisionFails)
        {
            cluster.ProvisionLog.Append("ERROR: the runtime could not be set up.\n");
            throw new SkyError("RuntimeError", $"Failed to set up SkyPilot runtime on cluster {name}. Failure reason: exit status 1.");
        }

        state.Clusters.MarkUp(cluster);
        request.Log.Append(Optimizer.Control("rich_exit", string.Empty));
        return cluster;
    }

    private Task<JsonNode?> Exec(ServerRequest request)
    {
        var task = Read(request);
        var cluster = state.Clusters.Need(request.Body["cluster_name"]!.GetValue<string>());
        if (cluster.Status is not "UP")
        {
            throw SkyError.NotUp(cluster.Name, cluster.Status);
        }

        var blob = request.Body["file_mounts_blob_id"]?.GetValue<string>();
        state.Files.Check(task, request.UserId, blob);
        state.Files.Place(task, request.UserId, blob, cluster);
        return Task.FromResult<JsonNode?>(Submit(request, cluster, task));
    }

    private Task<JsonNode?> Start(ServerRequest request)
    {
        var cluster = state.Clusters.Need(request.Body["cluster_name"]!.GetValue<string>());
        if (request.Fault?.Kind is FaultKind.NoCapacity)
        {
            throw NoCapacity(cluster.Choice);
        }

        if (cluster.Status is "STOPPED")
        {
            state.Clusters.Start(cluster);
        }

        if (request.Fault?.Kind is not FaultKind.AutostopIgnored && request.Body["idle_minutes_to_autostop"]?.GetValue<long>() is { } minutes)
        {
            state.Clusters.SetAutostop(cluster, Autostop.Of(minutes, request.Body["down"]?.GetValue<bool>() ?? false, request.Body["wait_for"]?.GetValue<string>()));
        }

        return Task.FromResult<JsonNode?>(Pickles.New());
    }

    private Task<JsonNode?> LaunchManaged(ServerRequest request)
    {
        var task = Read(request);
        var blob = request.Body["file_mounts_blob_id"]?.GetValue<string>();
        state.Files.Check(task, request.UserId, blob);
        var choice = Choose(task, request);
        RentController(request, choice);
        var name = request.Body["name"]?.GetValue<string>() ?? task.Name ?? "sky-cmd";
        var job = state.Managed.Submit(name, task, blob, UserOf(request));
        request.Log.Append($"⚙︎ Job submitted, ID: {job.Id}\n");
        return Task.FromResult<JsonNode?>(Result(job.Id));
    }

    /// <summary>A server that does not steer managed jobs itself rents a machine for that, which is only stopped when it is idle.</summary>
    private void RentController(ServerRequest request, Choice choice)
    {
        var name = "sky-jobs-controller-" + request.UserId;
        if (!state.Options.SteersManagedJobs && state.Clusters.Find(name) is null)
        {
            var steering = SkyTask.Read($"resources:\n  cloud: {choice.Offer.Cloud}\n  cpus: 4+\n  disk_size: 50\n", state.Options.ApiVersion);
            var cluster = state.Clusters.Rent(name, state.Optimizer.Choose(steering, request.Log), steering, UserOf(request), isManaged: true);
            state.Clusters.MarkUp(cluster);
            state.Clusters.SetAutostop(cluster, Autostop.Of(10, down: false, waitFor: null));
        }
    }

    private SkyTask Read(ServerRequest request) => SkyTask.Read(request.Body["task"]!.GetValue<string>(), state.Options.ApiVersion);

    /// <summary>The fields of the body are the older way, and win where they are sent.</summary>
    private static Autostop AutostopOf(ServerRequest request, SkyTask task) => request.Body["idle_minutes_to_autostop"]?.GetValue<long>() is { } minutes
        ? Autostop.Of(minutes, request.Body["down"]?.GetValue<bool>() ?? false, waitFor: null)
        : task.Autostop;

    private JsonObject Submit(ServerRequest request, Cluster cluster, SkyTask task)
    {
        if (task.Run.Length == 0)
        {
            return Result(null);
        }

        var job = state.Clusters.Submit(cluster, task, UserOf(request), request.Fault?.Kind is FaultKind.SetupHang);
        request.Log.Append($"⚙︎ Job submitted, ID: {job.Id}\n");
        return Result(job.Id);
    }

    private static JsonObject Result(int? job) => new() { ["job_id"] = job, ["handle"] = Pickles.New() };

    [GeneratedRegex("^" + NamePattern + "$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Name();
}
