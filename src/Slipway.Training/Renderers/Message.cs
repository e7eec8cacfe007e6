using System.Collections.Immutable;
using Slipway.Training.Data;

namespace Slipway.Training.Renderers;

/// <summary>Who speaks.</summary>
public enum Role
{
    /// <summary>Who sets the rules.</summary>
    System,

    /// <summary>Who asks.</summary>
    User,

    /// <summary>The model.</summary>
    Assistant,

    /// <summary>A tool that the model called.</summary>
    Tool,
}

/// <summary>A part of what was said.</summary>
public abstract record MessagePart
{
    private protected MessagePart()
    {
    }
}

/// <summary>Text.</summary>
/// <param name="Text">The text; whatever it says, it never becomes a special token.</param>
public sealed record TextPart(string Text) : MessagePart;

/// <summary>Reasoning that comes before an answer.</summary>
/// <param name="Text">The text.</param>
public sealed record ThinkingPart(string Text) : MessagePart;

/// <summary>An image.</summary>
/// <param name="Image">The image, or where the service finds it.</param>
public sealed record ImagePart(Chunk Image) : MessagePart;

/// <summary>A call of a tool.</summary>
/// <param name="Name">The tool's name.</param>
/// <param name="Arguments">What it is given: a JSON text.</param>
/// <param name="Id">By what its answer is found, where there is one.</param>
public sealed record ToolCall(string Name, string Arguments, string? Id = null);

/// <summary>A message of a conversation.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Parts">What was said.</param>
public sealed record Message(Role Role, ImmutableArray<MessagePart> Parts)
{
    /// <summary>The tools that it calls.</summary>
    public ImmutableArray<ToolCall> ToolCalls { get; init; } = [];

    /// <summary>Whether it is trained on, where that is chosen message by message; null where it is not.</summary>
    public bool? Trainable { get; init; }

    /// <summary>Its text, without reasoning and images.</summary>
    public string Text => string.Concat(Parts.OfType<TextPart>().Select(static part => part.Text));

    /// <summary>Its reasoning; null where there is none.</summary>
    public string? Thinking => Parts.Any(static part => part is ThinkingPart) ? string.Concat(Parts.OfType<ThinkingPart>().Select(static part => part.Text)) : null;

    /// <summary>A message of text.</summary>
    public static Message Of(Role role, string text) => new(role, [new TextPart(text)]);

    /// <inheritdoc/>
    public bool Equals(Message? other) => other is not null && Role == other.Role && Trainable == other.Trainable
        && Parts.AsSpan().SequenceEqual(other.Parts.AsSpan()) && ToolCalls.AsSpan().SequenceEqual(other.ToolCalls.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Role, Text);
}

/// <summary>The names of roles in files.</summary>
public static class RoleNames
{
    /// <summary>The name of a role.</summary>
    public static string Name(this Role role) => role switch
    {
        Role.System => "system",
        Role.User => "user",
        Role.Assistant => "assistant",
        Role.Tool => "tool",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "No role."),
    };

    /// <summary>The role of a name; null when there is none.</summary>
    public static Role? Find(string name) => name switch
    {
        "system" => Role.System,
        "user" => Role.User,
        "assistant" => Role.Assistant,
        "tool" => Role.Tool,
        _ => null,
    };
}
