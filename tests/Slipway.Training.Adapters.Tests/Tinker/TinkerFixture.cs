using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Adapters.Tinker;
using Slipway.Training.Data;
using Slipway.Training.Ports;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Adapters.Tests.Tinker;

/// <summary>A client of a scripted service, on a clock that does not wait.</summary>
internal sealed class TinkerFixture : IAsyncDisposable, ITokenizerSource
{
    public const string Key = "tml-planted-secret";

    public ScriptedService Service { get; } = new();

    public InstantTime Time { get; } = new();

    public List<string> Notices { get; } = [];

    public List<string> Tokenizers { get; } = [];

    public TinkerOptions Options => new()
    {
        Key = TinkerKey.Parse(Key).Value,
        Address = Service.Address,
        Time = Time,
        // The clock adds up the waits of all that wait at the same time, so patience is longer than real.
        Limits = new TinkerLimits { Heartbeat = Timeout.InfiniteTimeSpan, PollFor = TimeSpan.FromHours(9) },
        Jitter = static () => 0,
        Notice = Notices.Add,
    };

    public string Name => "test";

    public bool IsSimulated => true;

    public TinkerTrainingClient Client => field ??= new TinkerTrainingClient(Options, this);

    public static Datum Example(params long[] targets) => new(ModelInput.Of(targets.Select(target => (int)target * 10)), ImmutableSortedDictionary<string, TensorData>.Empty
        .Add(LossInput.TargetTokens, TensorData.Of([.. targets])).Add(LossInput.Weights, TensorData.Of([.. targets.Select(_ => 1f)])));

    public async Task<ITrainingSession> StartAsync() => (await Client.StartAsync("tiny", new LoraSettings(8), CancellationToken.None)).Value;

    public Task<Result<ITokenizer>> GetAsync(string model, CancellationToken cancellationToken)
    {
        Tokenizers.Add(model);
        return Task.FromResult(Result.Ok<ITokenizer>(new ByteTokenizer()));
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Service.DisposeAsync();
    }
}
