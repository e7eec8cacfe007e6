using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Unicode;
using Slipway.Core.Failures;

namespace Slipway.Workers.Frames;

/// <summary>Reads headers. Whatever the bytes are, the result is a frame or a failure.</summary>
internal static class FrameHeader
{
    public static Result<Frame> Read(ReadOnlySpan<byte> header, ReadOnlyMemory<byte> payload)
    {
        try
        {
            return !Utf8.IsValid(header) ? Broken("is no UTF-8")
                : HasOddText(header) ? Broken("holds half of a character")
                : ReadObject(header, payload);
        }
        catch (JsonException exception)
        {
            return Broken($"is no JSON ({exception.Message.Split(". ")[0]})");
        }
    }

    private static Failure Broken(string what) => new(WorkerFailures.Garbage, $"A frame's header {what}.");

    // A half of a surrogate pair can be written with an escape, is valid JSON, and is no text.
    private static bool HasOddText(ReadOnlySpan<byte> header)
    {
        if (header.IndexOf("\\u"u8) < 0)
        {
            return false;
        }

        var reader = new Utf8JsonReader(header);
        Span<char> characters = stackalloc char[256];
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
            {
                try
                {
                    _ = reader.ValueSpan.Length <= characters.Length ? reader.CopyString(characters) : reader.GetString()!.Length;
                }
                catch (InvalidOperationException)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static Result<Frame> ReadObject(ReadOnlySpan<byte> header, ReadOnlyMemory<byte> payload)
    {
        var reader = new Utf8JsonReader(header);
        if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
        {
            return Broken("is no object");
        }

        var fields = new Fields();
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (fields.Read(ref reader, payload) is { } what)
            {
                return Broken(what);
            }
        }

        // Nothing may follow; the reader says so by an exception of its own.
        _ = reader.Read();
        return fields.ToFrame();
    }

    private ref struct Fields
    {
        private long? _version;
        private long? _id;
        private FrameKind? _kind;
        private bool _isTwice;
        private string _name;
        private JsonElement? _body;
        private JsonElement? _arguments;
        private JsonElement? _data;
        private ImmutableArray<Tensor> _tensors;

        /// <summary>Reads one field; gives what is wrong with it.</summary>
        public string? Read(ref Utf8JsonReader reader, ReadOnlyMemory<byte> payload)
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "v":
                    return Number(ref reader, out _version) ? null : "has a version that is no number";
                case "id":
                    return Number(ref reader, out _id) ? null : "has an id that is no number";
                case "op":
                    return Named(ref reader, FrameKind.Call);
                case "event":
                    return Named(ref reader, FrameKind.Event);
                case "ok":
                    Become(FrameKind.Answer);
                    return Object(ref reader, out _body);
                case "error":
                    Become(FrameKind.Error);
                    return Object(ref reader, out _body);
                case "args":
                    return Object(ref reader, out _arguments);
                case "data":
                    return Object(ref reader, out _data);
                case "tensors":
                    return TensorList.Read(ref reader, payload, out _tensors);
                default:
                    // A later version may say more.
                    reader.Skip();
                    return null;
            }
        }

        public readonly Result<Frame> ToFrame()
        {
            if (_version is not Frame.Version)
            {
                return new Failure(WorkerFailures.VersionMismatch, $"A frame has version {_version?.ToString() ?? "(none)"}, and version {Frame.Version} is spoken here.");
            }

            if (_id is not >= 0 || _kind is not { } kind || _isTwice)
            {
                return Broken("has no id, or not exactly one of op, ok, error and event");
            }

            var body = kind switch
            {
                FrameKind.Call => _arguments,
                FrameKind.Event => _data,
                _ => _body,
            };
            return new Frame(_id.Value, kind, _name ?? string.Empty, body ?? EmptyObject, _tensors.IsDefault ? [] : _tensors);
        }

        private static bool Number(ref Utf8JsonReader reader, out long? value)
        {
            value = reader.TokenType is JsonTokenType.Number && reader.TryGetInt64(out var number) ? number : null;
            return value is not null;
        }

        private void Become(FrameKind kind)
        {
            _isTwice |= _kind is not null;
            _kind = kind;
        }

        private string? Named(ref Utf8JsonReader reader, FrameKind kind)
        {
            Become(kind);
            if (reader.TokenType is not JsonTokenType.String)
            {
                return "has a name that is no text";
            }

            _name = reader.GetString()!;
            return null;
        }

        private static string? Object(ref Utf8JsonReader reader, out JsonElement? value)
        {
            value = null;
            if (reader.TokenType is not JsonTokenType.StartObject)
            {
                return "has a body that is no object";
            }

            value = JsonElement.ParseValue(ref reader);
            return null;
        }
    }

    private static JsonElement EmptyObject { get; } = JsonDocument.Parse("{}").RootElement.Clone();
}
