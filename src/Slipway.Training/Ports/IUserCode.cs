using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Training.Renderers;

namespace Slipway.Training.Ports;

/// <summary>What recipes ask of Python beside training: a user's own functions, and mathematics.</summary>
public interface IUserCode
{
    /// <summary>The rewards that the function <c>reward</c> of a file gives.</summary>
    Task<Result<IRewards>> OpenRewardsAsync(string path, CancellationToken cancellationToken);

    /// <summary>The environment that the function <c>environment</c> of a file is.</summary>
    Task<Result<IConversationEnvironment>> OpenEnvironmentAsync(string path, CancellationToken cancellationToken);

    /// <summary>Whether answers are the same as the truth, as mathematics.</summary>
    /// <param name="pairs">Answer and truth.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<Result<ImmutableArray<bool>>> GradeAsync(ImmutableArray<(string Given, string Truth)> pairs, CancellationToken cancellationToken);
}

/// <summary>An answer that is to be rewarded.</summary>
/// <param name="Row">The row that was asked.</param>
/// <param name="Response">The answer, as text.</param>
/// <param name="IsClean">Whether it ended as it should.</param>
public sealed record RewardItem(JsonElement Row, string Response, bool IsClean);

/// <summary>What an answer got.</summary>
/// <param name="Value">The reward, a finite number.</param>
/// <param name="Metrics">What else is told of it.</param>
public sealed record Reward(double Value, ImmutableSortedDictionary<string, double> Metrics);

/// <summary>Rewards answers.</summary>
public interface IRewards
{
    /// <summary>The reward of each answer, in order.</summary>
    Task<Result<ImmutableArray<Reward>>> RewardAsync(ImmutableArray<RewardItem> items, CancellationToken cancellationToken);
}

/// <summary>A conversation as it stands after an answer.</summary>
/// <param name="Row">The row that began it.</param>
/// <param name="Messages">All messages, the answer last.</param>
public sealed record ConversationState(JsonElement Row, ImmutableArray<Message> Messages);

/// <summary>What follows of an answer.</summary>
/// <param name="Reward">What the answer got.</param>
/// <param name="IsDone">Whether the conversation is over.</param>
/// <param name="Messages">What is said next, where it is not.</param>
public sealed record ConversationStep(Reward Reward, bool IsDone, ImmutableArray<Message> Messages);

/// <summary>The other side of conversations of several turns. It keeps no state: each step is given the whole conversation.</summary>
public interface IConversationEnvironment
{
    /// <summary>What follows of each answer, in order.</summary>
    Task<Result<ImmutableArray<ConversationStep>>> StepAsync(ImmutableArray<ConversationState> states, CancellationToken cancellationToken);
}
