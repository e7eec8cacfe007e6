using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Cloud.Money;

/// <summary>The JSON of money: written canonically, so that it has one digest, and read without trust.</summary>
internal static class JsonText
{
    /// <summary>The canonical bytes of one object.</summary>
    public static byte[] Of(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return CanonicalJson.Bytes(document.RootElement);
    }

    /// <summary>The object that some bytes are; null when they are none.</summary>
    public static JsonElement? Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 16 });
            return document.RootElement.ValueKind is JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static void Amount(this Utf8JsonWriter writer, string name, Usd? amount)
    {
        if (amount is { } known)
        {
            writer.WriteString(name, known.ToString());
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    public static void Time(this Utf8JsonWriter writer, string name, DateTimeOffset? time)
    {
        if (time is { } known)
        {
            writer.WriteString(name, InstantText.Render(known));
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    /// <summary>A text of a member; null when it is absent or something else.</summary>
    public static string? Text(this JsonElement value, string name) =>
        value.ValueKind is JsonValueKind.Object && value.TryGetProperty(name, out var member) && member.ValueKind is JsonValueKind.String ? member.GetString() : null;

    public static bool Flag(this JsonElement value, string name) => value.TryGetProperty(name, out var member) && member.ValueKind is JsonValueKind.True;

    public static int? Whole(this JsonElement value, string name) =>
        value.TryGetProperty(name, out var member) && member.ValueKind is JsonValueKind.Number && member.TryGetInt32(out var number) ? number : null;

    public static decimal? Number(this JsonElement value, string name) =>
        value.TryGetProperty(name, out var member) && member.ValueKind is JsonValueKind.Number && member.TryGetDecimal(out var number) ? number : null;

    public static DateTimeOffset? Time(this JsonElement value, string name) =>
        value.Text(name) is { } text && InstantText.Parse(text).TryGet(out var time, out _) ? time : null;

    /// <summary>An amount; null when the member is null or absent, a failure when it is no amount.</summary>
    public static bool TryAmount(this JsonElement value, string name, out Usd? amount, out Failure? failure)
    {
        amount = null;
        failure = null;
        if (!value.TryGetProperty(name, out var member) || member.ValueKind is JsonValueKind.Null)
        {
            return true;
        }

        var read = Usd.Read(member, name);
        amount = read.IsOk ? read.Value : null;
        failure = read.IsOk ? null : read.Failure;
        return read.IsOk;
    }

    /// <summary>An amount; null when it is absent, null or malformed, for records whose checksum was right.</summary>
    public static Usd? Amount(this JsonElement value, string name) => value.TryAmount(name, out var amount, out _) ? amount : null;

    /// <summary>A number as text, as messages have it.</summary>
    public static string Plain(this decimal value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
