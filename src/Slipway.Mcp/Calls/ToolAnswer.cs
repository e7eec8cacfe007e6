using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Mcp.Tools;

namespace Slipway.Mcp.Calls;

/// <summary>An error as an assistant sees it.</summary>
/// <param name="Code">Its name, such as <c>BUDGET_EXCEEDED</c>.</param>
/// <param name="Origin">Slipway's code, such as <c>CLD0306</c>.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Fix">What to do.</param>
/// <param name="IsRetryable">Whether the same call may do better later.</param>
public sealed record ToolError(string Code, string Origin, string Message, string Fix, bool IsRetryable)
{
    /// <summary>A tool's own words, as data.</summary>
    public string? Text { get; init; }

    /// <summary>The exact command for a person, where one has to act.</summary>
    public string? Command { get; init; }

    /// <summary>After how many seconds to try again.</summary>
    public int? RetryAfterSeconds { get; init; }
}

/// <summary>What a call of a tool ends with: one JSON document, or an error.</summary>
/// <param name="Document">The document; of an error its members.</param>
/// <param name="Error">The error; null where there is none.</param>
public sealed record ToolAnswer(JsonElement Document, ToolError? Error)
{
    /// <summary>An answer.</summary>
    public static ToolAnswer Of(JsonElement document) => new(document, null);

    /// <summary>An error.</summary>
    public static ToolAnswer Fail(ToolError error) => new(Render(error), error);

    /// <summary>A failure of ours.</summary>
    public static ToolAnswer Fail(Failure failure, string? command = null, int? retryAfterSeconds = null) => Fail(
        new ToolError(ErrorNames.Of(failure.Code.Id, (int)failure.Code.Exit), failure.Code.Id, failure.Message, failure.Remedy, ErrorNames.IsRetryable((int)failure.Code.Exit))
        {
            Text = failure.Detail,
            Command = command,
            RetryAfterSeconds = retryAfterSeconds,
        });

    private static JsonElement Render(ToolError error) => ToolSchema.Write(writer =>
    {
        writer.WriteString("code", error.Code);
        writer.WriteString("message", error.Message);
        writer.WriteString("fix", error.Fix);
        writer.WriteBoolean("retryable", error.IsRetryable);
        writer.WriteStartObject("details");
        writer.WriteString("slipway_code", error.Origin);
        if (error.Command is not null)
        {
            writer.WriteString("command", error.Command);
        }

        if (error.RetryAfterSeconds is { } seconds)
        {
            writer.WriteNumber("retry_after_seconds", seconds);
        }

        if (error.Text is not null)
        {
            writer.WriteString("quoted", error.Text);
        }

        writer.WriteEndObject();
    });
}
