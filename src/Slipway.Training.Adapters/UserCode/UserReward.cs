using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;

namespace Slipway.Training.Adapters.UserCode;

/// <summary>What is to be rewarded.</summary>
/// <param name="Row">The row of the dataset.</param>
/// <param name="Response">What the model said.</param>
public readonly record struct UserRewardItem(JsonElement Row, string Response);

/// <summary>A reward.</summary>
/// <param name="Reward">The reward; finite.</param>
/// <param name="Metrics">What else the function told; finite.</param>
public sealed record UserRewardValue(double Reward, ImmutableSortedDictionary<string, double> Metrics);

/// <summary>
/// Rewards of a user's own Python file: <c>reward(row, response)</c> gives a number, or an object with <c>reward</c> and, beside it or in <c>metrics</c>, other numbers.
/// It may be <c>async</c>. A file may name what it needs as PEP 723 has it.
/// </summary>
public sealed class UserReward : IAsyncDisposable
{
    private readonly UserFile _file;

    private UserReward(UserFile file) => _file = file;

    /// <summary>A file's rewards; its worker starts when it is first needed.</summary>
    public static Result<UserReward> Create(string path, OpenUserWorker open) => UserFile.Find(path, open).Map(static file => new UserReward(file));

    /// <summary>The rewards of a batch, in its order. The first item that fails ends it, named with its number and the line of the file.</summary>
    public Task<Result<ImmutableArray<UserRewardValue>>> ScoreAsync(ImmutableArray<UserRewardItem> items, CancellationToken cancellationToken) => _file.CallAsync<UserRewardValue>(
        "reward",
        items.Length,
        (writer, i) =>
        {
            writer.WritePropertyName("row");
            items[i].Row.WriteTo(writer);
            writer.WriteString("response", items[i].Response);
        },
        static (answer, _) => new UserRewardValue(
            answer.GetProperty("reward").GetDouble(),
            answer.GetProperty("metrics").EnumerateObject().ToImmutableSortedDictionary(static metric => metric.Name, static metric => metric.Value.GetDouble(), StringComparer.Ordinal)),
        cancellationToken);

    /// <summary>Ends the worker.</summary>
    public ValueTask DisposeAsync() => _file.DisposeAsync();
}
