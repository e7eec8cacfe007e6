using System.Text.Json.Nodes;
using Slipway.SkyPilotApi.Faults;

namespace Slipway.SkyPilotApi.Requests;

/// <summary>All requests that the server remembers: for 24 hours after their end, and until it restarts. May be used from any thread.</summary>
internal sealed class RequestTable(TimeProvider clock)
{
    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);
    private readonly Lock _gate = new();
    private readonly List<ServerRequest> _requests = [];

    /// <summary>All that are remembered, the newest first.</summary>
    internal IReadOnlyList<ServerRequest> All
    {
        get
        {
            lock (_gate)
            {
                _requests.RemoveAll(request => request.FinishedAt + Kept < clock.GetUtcNow());
                return [.. Enumerable.Reverse(_requests)];
            }
        }
    }

    internal void Forget()
    {
        lock (_gate)
        {
            _requests.Clear();
        }
    }

    /// <summary>Those whose id is, or begins with, the given one.</summary>
    internal IReadOnlyList<ServerRequest> Find(string id) => [.. All.Where(request => request.Id.StartsWith(id, StringComparison.Ordinal))];

    /// <summary>Takes a request and starts its work.</summary>
    internal ServerRequest Submit(string name, JsonObject body, Fault? fault, Func<ServerRequest, Task<JsonNode?>> work)
    {
        var request = new ServerRequest(Guid.NewGuid().ToString(), name, body, clock.GetUtcNow()) { Fault = fault };
        lock (_gate)
        {
            _requests.Add(request);
        }

        _ = Task.Run(() => RunAsync(request, work));
        return request;
    }

    private async Task RunAsync(ServerRequest request, Func<ServerRequest, Task<JsonNode?>> work)
    {
        request.Start();
        try
        {
            var value = await work(request);
            request.End(RequestStatus.Succeeded, value?.ToJsonString() ?? "null", error: null, clock.GetUtcNow());
        }
        catch (SkyError error)
        {
            request.End(RequestStatus.Failed, value: null, error.ToPayload(), clock.GetUtcNow());
        }
        catch (OperationCanceledException) when (request.Cancellation.IsCancellationRequested)
        {
            request.End(RequestStatus.Cancelled, value: null, error: null, clock.GetUtcNow());
        }
        catch (Exception exception)
        {
            // As the real server: whatever an operation throws becomes its error, and waiting callers hear of it.
            request.End(RequestStatus.Failed, value: null, new SkyError(exception.GetType().Name, exception.ToString()).ToPayload(), clock.GetUtcNow());
        }
    }
}
