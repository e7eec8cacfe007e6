using Slipway.TinkerApi.Checkpoints;
using Slipway.TinkerApi.Faults;
using Slipway.TinkerApi.Futures;
using Slipway.TinkerApi.Models;
using Slipway.TinkerApi.Sampling;
using Slipway.TinkerApi.Sessions;

namespace Slipway.TinkerApi.Http;

/// <summary>Which path does what, and which requests need an idempotency key: those that make or change something.</summary>
internal sealed class Routes
{
    private readonly Dictionary<string, Route> _routes;

    internal Routes(ServerState state)
    {
        var numbered = new NumberedRequests(state);
        var (session, model, training) = (new SessionEndpoints(state), new ModelEndpoints(state), new TrainingEndpoints(state, numbered));
        var (weights, sampling, futures) = (new WeightEndpoints(state, numbered), new SamplingEndpoints(state), new FutureEndpoints(state));
        Checkpoints = new CheckpointEndpoints(state);
        _routes = new Dictionary<string, Route>(StringComparer.Ordinal)
        {
            ["healthz"] = Route.Get(SessionEndpoints.HealthAsync),
            ["get_server_capabilities"] = Route.Get(session.CapabilitiesAsync),
            ["client/config"] = Route.Ask(session.ConfigAsync),
            ["create_session"] = Route.Change(session.CreateAsync),
            ["session_heartbeat"] = Route.Ask(session.HeartbeatAsync),
            ["telemetry"] = Route.Ask(session.TelemetryAsync),
            ["create_model"] = Route.Change(model.CreateAsync),
            ["get_info"] = Route.Ask(model.InfoAsync),
            ["unload_model"] = Route.Change(model.UnloadAsync),
            ["forward"] = Route.Change(training.ForwardAsync),
            ["forward_backward"] = Route.Change(training.ForwardBackwardAsync),
            ["optim_step"] = Route.Change(training.OptimStepAsync),
            ["save_weights"] = Route.Change(weights.SaveAsync),
            ["save_weights_for_sampler"] = Route.Change(weights.SaveForSamplerAsync),
            ["load_weights"] = Route.Change(weights.LoadAsync),
            ["weights_info"] = Route.Ask(Checkpoints.InfoAsync),
            ["create_sampling_session"] = Route.Change(sampling.CreateAsync),
            ["asample"] = Route.Change(sampling.SampleAsync),
            ["retrieve_future"] = new Route("POST", NeedsKey: false, futures.RetrieveAsync),
        };
    }

    internal CheckpointEndpoints Checkpoints { get; }

    internal Task<Reply> AnswerAsync(Incoming request, Fault? fault)
    {
        if (!_routes.TryGetValue(request.Path, out var route))
        {
            return Task.FromResult(Checkpoints.Answer(request) ?? Reply.Error(404, $"{request.Path} is not known here"));
        }

        if (!string.Equals(request.Method, route.Method, StringComparison.Ordinal))
        {
            return Task.FromResult(Reply.Error(405, $"{request.Path} takes {route.Method} only"));
        }

        return route.NeedsKey && string.IsNullOrEmpty(request.Key)
            ? Task.FromResult(Reply.Error(400, $"{TinkerHeaders.Idempotency} is missing"))
            : route.Answer(request, fault);
    }

    private sealed record Route(string Method, bool NeedsKey, Func<Incoming, Fault?, Task<Reply>> Answer)
    {
        internal static Route Get(Func<Incoming, Task<Reply>> answer) => new("GET", NeedsKey: false, (request, _) => answer(request));

        internal static Route Ask(Func<Incoming, Task<Reply>> answer) => new("POST", NeedsKey: false, (request, _) => answer(request));

        internal static Route Change(Func<Incoming, Task<Reply>> answer) => new("POST", NeedsKey: true, (request, _) => answer(request));
    }
}
