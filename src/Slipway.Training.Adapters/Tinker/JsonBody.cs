using System.Buffers;
using System.Text.Json;

namespace Slipway.Training.Adapters.Tinker;

/// <summary>Writes the bodies of requests.</summary>
internal static class JsonBody
{
    /// <summary>The bytes of an object whose members are written.</summary>
    public static byte[] Of(Action<Utf8JsonWriter> members)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>A request for a thing by its id, of a type.</summary>
    public static byte[] Of(string type, string idName, string id) => Of(json =>
    {
        json.WriteString(idName, id);
        json.WriteString("type", type);
    });
}
