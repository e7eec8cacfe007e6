using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Training.Renderers;

namespace Slipway.Training.Adapters.UserCode;

/// <summary>A conversation that an environment is to go on with.</summary>
/// <param name="Row">The row of the dataset.</param>
/// <param name="Messages">What was said so far; the last is the model's.</param>
public sealed record UserEnvironmentItem(JsonElement Row, ImmutableArray<Message> Messages);

/// <summary>What an environment did.</summary>
/// <param name="Reward">The reward of the model's last message; finite.</param>
/// <param name="IsDone">Whether the conversation is over.</param>
/// <param name="Messages">What comes after the model's message.</param>
public sealed record UserEnvironmentStep(double Reward, bool IsDone, ImmutableArray<Message> Messages);

/// <summary>
/// An environment of a user's own Python file: <c>environment(row, messages)</c> gives <c>{"reward", "done", "messages"}</c>. It may be <c>async</c>. It gets messages
/// as objects with <c>role</c> and <c>content</c>, a text.
/// </summary>
public sealed class UserEnvironment : IAsyncDisposable
{
    private readonly UserFile _file;

    private UserEnvironment(UserFile file) => _file = file;

    /// <summary>A file's environment; its worker starts when it is first needed.</summary>
    public static Result<UserEnvironment> Create(string path, OpenUserWorker open) => UserFile.Find(path, open).Map(static file => new UserEnvironment(file));

    /// <summary>A step of each conversation of a batch, in its order. The first that fails ends it, named with its number and the line of the file.</summary>
    public Task<Result<ImmutableArray<UserEnvironmentStep>>> StepAsync(ImmutableArray<UserEnvironmentItem> items, CancellationToken cancellationToken) =>
        _file.CallAsync("environment", items.Length, (writer, i) => Write(writer, items[i]), Read, cancellationToken);

    /// <summary>Ends the worker.</summary>
    public ValueTask DisposeAsync() => _file.DisposeAsync();

    private static void Write(Utf8JsonWriter writer, UserEnvironmentItem item)
    {
        writer.WritePropertyName("row");
        item.Row.WriteTo(writer);
        writer.WriteStartArray("messages");
        foreach (var message in item.Messages)
        {
            writer.WriteStartObject();
            writer.WriteString("role", message.Role.Name());
            writer.WriteString("content", message.Text);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private Result<UserEnvironmentStep> Read(JsonElement answer, int item)
    {
        var given = answer.GetProperty("messages");
        var messages = given.GetArrayLength() == 0 ? ImmutableArray<Message>.Empty : MessageJson.ReadList(given, "messages", new FailureLocation(_file.Path));
        return messages is { IsOk: false } failed
            ? new Failure(AdapterFailures.UserCodeAnswer, $"Item {item}: {failed.Failure.Message}") { Location = new FailureLocation(_file.Path) }
            : new UserEnvironmentStep(answer.GetProperty("reward").GetDouble(), answer.GetProperty("done").GetBoolean(), messages.Value);
    }
}
