using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Slipway.Runs.Reports;

/// <summary>What <c>run --report</c> writes. Times are UTC.</summary>
internal sealed record RunReportDocument
{
    public string Schema { get; init; } = "slipway.run/1";

    public required string RunId { get; init; }

    public string Kind { get; init; } = "script";

    /// <summary><c>prepare</c>, <c>start</c>, <c>exited</c> or <c>signalled</c>: how far it has come.</summary>
    public required string Stage { get; init; }

    public string? Target { get; init; }

    public required ImmutableArray<string> Arguments { get; init; }

    public required string Host { get; init; }

    public string? EnvironmentKey { get; init; }

    public string? Slot { get; init; }

    public string? LockDigest { get; init; }

    public ReportedDecision? Decision { get; init; }

    public string? WorkspaceSnapshot { get; init; }

    public required DateTime CreatedAt { get; init; }

    public DateTime? StartedAt { get; init; }

    public DateTime? EndedAt { get; init; }

    public double? PrepareSeconds { get; init; }

    public double? RunSeconds { get; init; }

    /// <summary>What <c>slipway run</c> ends with, as a shell tells it; null while it goes on.</summary>
    public int? ExitCode { get; init; }

    public int? Signal { get; init; }

    public ReportedFailure? Failure { get; init; }
}

/// <summary>What was decided, and why.</summary>
internal sealed record ReportedDecision(string Kind, string Reason, string Sentence);

/// <summary>Why it did not come to an end of its own.</summary>
internal sealed record ReportedFailure(string Code, int ExitCode, string Message, string Hint, string? Detail);

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(RunReportDocument))]
internal sealed partial class RunReportJson : JsonSerializerContext
{
    /// <summary>The document as a file's content; quotes and comparison signs may stay what they are.</summary>
    public static byte[] Write(RunReportDocument document)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            JsonSerializer.Serialize(writer, document, Default.RunReportDocument);
        }

        return [.. buffer.WrittenSpan, (byte)'\n'];
    }
}
