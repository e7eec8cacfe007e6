using System.Text.Json.Serialization;
using Slipway.Core.Failures;

namespace Slipway.Cli.Terminal;

/// <summary>What a failing command prints with <c>--json</c>.</summary>
internal sealed record FailureDocument(
    string Schema, string Code, int ExitCode, string Message, string Hint, string? Detail, FailureDocumentLocation? Location)
{
    public static FailureDocument From(Failure failure) => new(
        "slipway.error/1",
        failure.Code.Id,
        (int)failure.Code.Exit,
        failure.Message,
        failure.Remedy,
        failure.Detail,
        failure.Location is { } at ? new FailureDocumentLocation(at.Source, at.Line, at.Column) : null);
}

/// <summary>Where; 0 means unknown.</summary>
internal sealed record FailureDocumentLocation(string Source, int Line, int Column);

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(FailureDocument))]
internal sealed partial class FailureJson : JsonSerializerContext;
