using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Slipway.Core.Failures;
using Slipway.Training.Adapters.UserCode;
using Slipway.Training.Ports;
using Slipway.Workers.Connections;

namespace Slipway.Training.Adapters.Runs;

/// <summary>A user's own functions and mathematics, each in a worker of its own that ends with this.</summary>
internal sealed class UserCodePort(PortPlace place) : IUserCode, IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _opened = [];
    private WorkerConnection? _math;

    public Task<Result<IRewards>> OpenRewardsAsync(string path, CancellationToken cancellationToken) =>
        Task.FromResult(UserReward.Create(path, place.OpenUser).Map<IRewards>(reward => new Rewards(Keep(reward))));

    public Task<Result<IConversationEnvironment>> OpenEnvironmentAsync(string path, CancellationToken cancellationToken) =>
        Task.FromResult(UserEnvironment.Create(path, place.OpenUser).Map<IConversationEnvironment>(environment => new Conversations(Keep(environment))));

    public async Task<Result<ImmutableArray<bool>>> GradeAsync(ImmutableArray<(string Given, string Truth)> pairs, CancellationToken cancellationToken)
    {
        if (_math is not { Failure: null } && !(await place.OpenMath(cancellationToken).ConfigureAwait(false)).TryGet(out _math, out var failure))
        {
            return failure;
        }

        var arguments = new JsonObject
        {
            ["pairs"] = new JsonArray([.. pairs.Select(static pair => new JsonObject { ["given"] = pair.Given, ["truth"] = pair.Truth })]),
        };
        var answered = await _math.CallAsync(WorkerCall.Of("batch_grade", arguments), cancellationToken).ConfigureAwait(false);
        return answered.Map(answer =>
        {
            using var disposing = answer;
            return answer.Values.GetProperty("results").EnumerateArray().Select(static result => result.GetProperty("is_correct").GetBoolean()).ToImmutableArray();
        });
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in _opened)
        {
            await one.DisposeAsync().ConfigureAwait(false);
        }

        if (_math is not null)
        {
            await _math.DisposeAsync().ConfigureAwait(false);
        }
    }

    private T Keep<T>(T one)
        where T : IAsyncDisposable
    {
        _opened.Add(one);
        return one;
    }

    private sealed class Rewards(UserReward reward) : IRewards
    {
        public async Task<Result<ImmutableArray<Reward>>> RewardAsync(ImmutableArray<RewardItem> items, CancellationToken cancellationToken)
        {
            var scored = await reward.ScoreAsync([.. items.Select(static item => new UserRewardItem(item.Row, item.Response))], cancellationToken).ConfigureAwait(false);
            return scored.Map(static values => values.Select(static value => new Reward(value.Reward, value.Metrics)).ToImmutableArray());
        }
    }

    private sealed class Conversations(UserEnvironment environment) : IConversationEnvironment
    {
        private static readonly ImmutableSortedDictionary<string, double> NoMetrics = ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal);

        public async Task<Result<ImmutableArray<ConversationStep>>> StepAsync(ImmutableArray<ConversationState> states, CancellationToken cancellationToken)
        {
            var stepped = await environment.StepAsync([.. states.Select(static state => new UserEnvironmentItem(state.Row, state.Messages))], cancellationToken).ConfigureAwait(false);
            return stepped.Map(static steps => steps.Select(static step => new ConversationStep(new Reward(step.Reward, NoMetrics), step.IsDone, step.Messages)).ToImmutableArray());
        }
    }
}
