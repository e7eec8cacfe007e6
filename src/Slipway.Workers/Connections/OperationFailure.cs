using System.Text.Json;
using Slipway.Core.Failures;

namespace Slipway.Workers.Connections;

/// <summary>Reads what an operation says of its failure.</summary>
internal static class OperationFailure
{
    // A call that its caller cancelled ends as that. So this is of a worker that saw the end of its input, and asked what ran to end.
    private const string Cancelled = "cancelled";

    /// <summary>The failure of an error frame.</summary>
    public static Failure From(string operation, JsonElement body, Func<string, string> redact)
    {
        var code = Text(body, "code") switch
        {
            Cancelled => WorkerFailures.Closed,
            "module_missing" => WorkerFailures.ModuleMissing,
            "bad_input" => WorkerFailures.BadInput,
            "unknown_operation" => WorkerFailures.UnknownOperation,
            "model_unusable" => WorkerFailures.ModelUnusable,
            "out_of_memory" => WorkerFailures.OutOfMemory,
            "not_finite" => WorkerFailures.NotFinite,
            "out_of_order" => WorkerFailures.OutOfOrder,
            "checkpoint_damaged" => WorkerFailures.CheckpointDamaged,
            "checkpoint_mismatch" => WorkerFailures.CheckpointMismatch,
            _ => WorkerFailures.OperationFailed,
        };
        var message = Text(body, "message") is { Length: > 0 } said ? said.TrimEnd('.') : "it did not say why";
        return new Failure(code, redact($"{operation}: {message}."))
        {
            Detail = Text(body, "traceback") is { Length: > 0 } traceback ? redact(traceback.TrimEnd()) : null,
            Hint = code == WorkerFailures.ModuleMissing && Text(body, "module") is { Length: > 0 } module
                ? $"Add the package that provides {module} to the requirements of the environment, and run the dependency environment again."
                : null,
        };
    }

    private static string? Text(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
