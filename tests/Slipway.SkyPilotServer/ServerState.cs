using System.Text.Json.Nodes;
using Slipway.SkyPilotApi.Catalogue;
using Slipway.SkyPilotApi.Clusters;
using Slipway.SkyPilotApi.Contracts;
using Slipway.SkyPilotApi.Http;
using Slipway.SkyPilotApi.Requests;
using Slipway.SkyPilotApi.Uploads;

namespace Slipway.SkyPilotApi;

/// <summary>All that the server knows, for the routes.</summary>
internal sealed class ServerState
{
    internal ServerState(SkyPilotServerOptions options)
    {
        Options = options;
        Contract = new Contract(options.OpenApiFile);
        Requests = new RequestTable(options.Clock);
        Clusters = new ClusterTable(options);
        Optimizer = new Optimizer(options);
        Files = new Files(Path.GetFullPath(options.Folder));
        Managed = new ManagedJobs(options, Clusters, Optimizer, (job, cluster) => Files.Place(job.Task, job.User.Hash, job.BlobId, cluster));
    }

    internal SkyPilotServerOptions Options { get; }

    internal Contract Contract { get; }

    internal RequestTable Requests { get; }

    internal ClusterTable Clusters { get; }

    internal Optimizer Optimizer { get; }

    internal Files Files { get; }

    internal ManagedJobs Managed { get; }

    internal Log<Violation> Violations { get; } = new();

    /// <summary>Takes a request, as the fault that it met has it.</summary>
    internal ServerRequest Submit(string name, Incoming incoming, Func<ServerRequest, Task<JsonNode?>> work)
    {
        var body = incoming.Body.DeepClone().AsObject();
        body["client_api_version"] = Math.Min(incoming.CallerVersion, Options.ApiVersion);
        return Requests.Submit(name, body, incoming.Fault, work);
    }
}
