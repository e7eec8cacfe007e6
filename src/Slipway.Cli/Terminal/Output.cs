using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Slipway.Core.Failures;

namespace Slipway.Cli.Terminal;

/// <summary>How a command talks: data to standard output, words for people to standard error.</summary>
/// <param name="IsJson">Whether standard output is one JSON document.</param>
/// <param name="IsQuiet">Whether only errors are said.</param>
/// <param name="IsVerbose">Whether more is said.</param>
/// <param name="UsesColor">Whether standard error may hold colour.</param>
internal sealed record Output(bool IsJson, bool IsQuiet, bool IsVerbose, bool UsesColor)
{
    // The documents are not embedded in HTML, so quotes and comparison signs may stay what they are.
    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Standard output.</summary>
    public TextWriter Data { get; init; } = Console.Out;

    /// <summary>Standard error.</summary>
    public TextWriter People { get; init; } = Console.Error;

    /// <summary>Is told of every failure that is reported.</summary>
    public Action<Failure>? Failed { get; init; }

    /// <summary>Says something to people, unless they asked for quiet.</summary>
    public void Say(string text)
    {
        if (!IsQuiet)
        {
            People.WriteLine(Plain.Line(text));
        }
    }

    /// <summary>Says something to people who asked for more.</summary>
    public void Detail(string text)
    {
        if (IsVerbose)
        {
            People.WriteLine(text);
        }
    }

    /// <summary>Prints a JSON document.</summary>
    public void Json<T>(T document, JsonTypeInfo<T> type)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Readable))
        {
            JsonSerializer.Serialize(writer, document, type);
        }

        Data.WriteLine(EscapeFormatting(Encoding.UTF8.GetString(buffer.WrittenSpan)));
    }

    // A document may be looked at in a terminal: characters that reorder what a person reads (U+202E and its like) stand as
    // escapes. Outside of strings there are none, so the document means the same.
    private static string EscapeFormatting(string json) => json.All(static c => char.GetUnicodeCategory(c) is not UnicodeCategory.Format)
        ? json
        : string.Concat(json.Select(static c => char.GetUnicodeCategory(c) is UnicodeCategory.Format ? $"\\u{(int)c:x4}" : c.ToString()));

    /// <summary>Reports a failure, to people or as a JSON document, and returns its exit code.</summary>
    public int Fail(Failure failure)
    {
        Failed?.Invoke(failure);
        if (IsJson)
        {
            Json(FailureDocument.From(failure), FailureJson.Default.FailureDocument);
        }
        else
        {
            People.Write(FailureText.Render(failure));
        }

        return (int)failure.Code.Exit;
    }
}
