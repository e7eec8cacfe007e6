using Slipway.TinkerApi.Bodies;
using Slipway.TinkerApi.Checkpoints;
using Slipway.TinkerApi.Futures;
using Slipway.TinkerApi.Models;
using Slipway.TinkerApi.Workers;

namespace Slipway.TinkerApi;

/// <summary>What the server knows. All of it is used under <see cref="Gate"/>.</summary>
internal sealed class ServerState
{
    private readonly Dictionary<string, int> _last = new(StringComparer.Ordinal);

    internal ServerState(TinkerServerOptions options, TrainingWorker worker)
    {
        (Options, Worker) = (options, worker);
        Tickets = new TicketTable(Accepted);
        Checkpoints = new CheckpointTable(options);
    }

    internal Lock Gate { get; } = new();

    internal TinkerServerOptions Options { get; }

    internal TrainingWorker Worker { get; }

    internal Log<AcceptedRequest> Accepted { get; } = new();

    internal Log<AppliedRequest> Applied { get; } = new();

    internal TicketTable Tickets { get; }

    internal CheckpointTable Checkpoints { get; }

    /// <summary>The sessions, with how often each gave a sign of life.</summary>
    internal Dictionary<string, int> Sessions { get; } = new(StringComparer.Ordinal);

    internal Dictionary<string, ModelLine> Models { get; } = new(StringComparer.Ordinal);

    /// <summary>The sampling sessions from which can be drawn.</summary>
    internal HashSet<string> Samplers { get; } = new(StringComparer.Ordinal);

    /// <summary>The numbers of sampling sessions that are taken, however they were made.</summary>
    internal HashSet<(string Session, long Number)> SamplerPlaces { get; } = [];

    internal string NewId(string kind) => $"{kind}-{_last[kind] = _last.GetValueOrDefault(kind) + 1}";

    internal ModelLine? FindModel(string id) => Models.GetValueOrDefault(id) is { IsUnloaded: false } model ? model : null;

    internal Refusal? CheckBase(string name) =>
        Options.Models.Contains(name, StringComparer.Ordinal) ? null : new Refusal(400, $"base_model is {name}, which is not served here; there are {string.Join(", ", Options.Models)}");

    internal static Refusal NoSuch(string what, string id) => new(404, $"{what} is {id}, and there is none of that name");
}
