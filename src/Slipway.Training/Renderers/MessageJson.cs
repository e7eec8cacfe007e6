using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Training.Data;

namespace Slipway.Training.Renderers;

/// <summary>
/// Reads messages from JSON: <c>{"role", "content", "tool_calls"?, "trainable"?}</c>. The content is a text, or a list of parts of the types <c>text</c>,
/// <c>thinking</c> and <c>image</c>; a call of a tool is <c>{"name", "arguments"}</c>, also within <c>{"function"}</c>. What else a message has is passed over.
/// </summary>
public static class MessageJson
{
    /// <summary>The conversation of a row.</summary>
    /// <param name="row">An object.</param>
    /// <param name="field">The member with the messages.</param>
    /// <param name="at">Where the row is.</param>
    public static Result<ImmutableArray<Message>> Read(JsonElement row, string field, FailureLocation at) =>
        row.ValueKind is JsonValueKind.Object && row.TryGetProperty(field, out var messages)
            ? ReadList(messages, field, at)
            : Bad(at, field, "is missing");

    /// <summary>Messages of a list.</summary>
    /// <param name="messages">The list.</param>
    /// <param name="field">How messages call it.</param>
    /// <param name="at">Where the row is.</param>
    public static Result<ImmutableArray<Message>> ReadList(JsonElement messages, string field, FailureLocation at)
    {
        if (messages.ValueKind is not JsonValueKind.Array)
        {
            return Bad(at, field, "must be a list of messages");
        }

        var read = ImmutableArray.CreateBuilder<Message>(messages.GetArrayLength());
        foreach (var element in messages.EnumerateArray())
        {
            if (!ReadMessage(element, $"{field}[{read.Count}]", at).TryGet(out var message, out var failure))
            {
                return failure;
            }

            read.Add(message);
        }

        return read.Count == 0 ? Bad(at, field, "has no message") : read.MoveToImmutable();
    }

    private static Result<Message> ReadMessage(JsonElement element, string field, FailureLocation at)
    {
        if (element.ValueKind is not JsonValueKind.Object)
        {
            return Bad(at, field, "must be an object");
        }

        if (String(element, "role") is not { } name || RoleNames.Find(name) is not { } role)
        {
            return Bad(at, $"{field}.role", "must be system, user, assistant or tool");
        }

        bool? trainable = null;
        if (element.TryGetProperty("trainable", out var flag) && flag.ValueKind is not JsonValueKind.Null)
        {
            if (flag.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            {
                return Bad(at, $"{field}.trainable", "must be true or false");
            }

            trainable = flag.GetBoolean();
        }

        return ReadCalls(element, $"{field}.tool_calls", at).Then(calls => ReadContent(element, $"{field}.content", at, calls.Length > 0)
            .Map(parts => new Message(role, parts) { ToolCalls = calls, Trainable = trainable }));
    }

    private static Result<ImmutableArray<MessagePart>> ReadContent(JsonElement message, string field, FailureLocation at, bool mayLack)
    {
        var content = message.TryGetProperty("content", out var found) ? found : default;
        switch (content.ValueKind)
        {
            case JsonValueKind.String when String(message, "content") is { } text:
                return ImmutableArray.Create<MessagePart>(new TextPart(text));
            case JsonValueKind.Array:
                break;
            case JsonValueKind.Null or JsonValueKind.Undefined when mayLack:
                return ImmutableArray<MessagePart>.Empty;
            default:
                return Bad(at, field, "must be a text or a list of parts");
        }

        var parts = ImmutableArray.CreateBuilder<MessagePart>();
        foreach (var element in content.EnumerateArray())
        {
            if (!ReadPart(element, $"{field}[{parts.Count}]", at).TryGet(out var part, out var failure))
            {
                return failure;
            }

            parts.Add(part);
        }

        return parts.ToImmutable();
    }

    private static Result<MessagePart> ReadPart(JsonElement element, string field, FailureLocation at)
    {
        var type = element.ValueKind is JsonValueKind.Object ? String(element, "type") : null;
        return type switch
        {
            "text" when String(element, "text") is { } text => new TextPart(text),
            "thinking" when String(element, "thinking") is { } thinking => new ThinkingPart(thinking),
            "image" => ReadImage(element, field, at),
            "text" or "thinking" => Bad(at, $"{field}.{type}", "must be a text"),
            _ => Bad(at, $"{field}.type", "must be text, thinking or image"),
        };
    }

    private static Result<MessagePart> ReadImage(JsonElement element, string field, FailureLocation at)
    {
        if (String(element, "format") is not ("png" or "jpeg"))
        {
            return Bad(at, $"{field}.format", "must be png or jpeg");
        }

        var known = String(element, "format")!;
        if (!element.TryGetProperty("expected_tokens", out var count) || count.ValueKind is not JsonValueKind.Number || !count.TryGetInt32(out var tokens) || tokens <= 0)
        {
            return Bad(at, $"{field}.expected_tokens", "must be a whole number above 0");
        }

        if (String(element, "location") is { } location)
        {
            return new ImagePart(new ImagePointerChunk(location, known, tokens));
        }

        return element.TryGetProperty("data", out var data) && data.ValueKind is JsonValueKind.String && data.TryGetBytesFromBase64(out var bytes)
            ? new ImagePart(new ImageChunk(bytes, known, tokens))
            : Bad(at, $"{field}.data", "must be the bytes of the image in Base64");
    }

    private static Result<ImmutableArray<ToolCall>> ReadCalls(JsonElement message, string field, FailureLocation at)
    {
        if (!message.TryGetProperty("tool_calls", out var list) || list.ValueKind is JsonValueKind.Null)
        {
            return ImmutableArray<ToolCall>.Empty;
        }

        if (list.ValueKind is not JsonValueKind.Array)
        {
            return Bad(at, field, "must be a list");
        }

        var calls = ImmutableArray.CreateBuilder<ToolCall>();
        foreach (var element in list.EnumerateArray())
        {
            var call = element.ValueKind is JsonValueKind.Object && element.TryGetProperty("function", out var function) ? function : element;
            if (call.ValueKind is not JsonValueKind.Object || String(call, "name") is not { } name || !call.TryGetProperty("arguments", out var arguments))
            {
                return Bad(at, $"{field}[{calls.Count}]", "must have a name and arguments");
            }

            calls.Add(new ToolCall(name, String(call, "arguments") ?? arguments.GetRawText(), String(element, "id")));
        }

        return calls.ToImmutable();
    }

    private static string? String(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? SpacedJson.String(value) : null;

    private static Failure Bad(FailureLocation at, string field, string problem) => new(TrainingFailures.BadRow, $"{field} {problem}.") { Location = at };
}
