using System.Text.Json;
using Slipway.Core.Failures;

namespace Slipway.Cloud.SkyPilot;

/// <summary>
/// Makes coded failures of what a server says went wrong (SkyPilot, API 55): a detail that is a text, a list of fields, or an object; a plain text; a proxy's page.
/// Only the names and messages of exceptions are read, never the pickles beside them.
/// </summary>
internal static class SkyErrors
{
    // The one table from exception names to codes; what decides by its message too is in Code.
    private static readonly Dictionary<string, FailureCode> Types = new(StringComparer.Ordinal)
    {
        ["NoCloudAccessError"] = CloudFailures.CloudNotEnabled,
        ["ImportError"] = CloudFailures.CloudNotEnabled,
        ["ModuleNotFoundError"] = CloudFailures.CloudNotEnabled,
        ["InvalidCloudCredentials"] = CloudFailures.CloudCredentials,
        ["ClusterDoesNotExist"] = CloudFailures.ClusterMissing,
        ["ClusterNotUpError"] = CloudFailures.ClusterNotUp,
        ["ClusterOwnerIdentityMismatchError"] = CloudFailures.IdentityMismatch,
        ["UserRequestRejectedByPolicy"] = CloudFailures.ServerPolicy,
        ["NotSupportedError"] = CloudFailures.NotSupported,
        ["PermissionDeniedError"] = CloudFailures.NotPermitted,
        ["RequestCancelled"] = CloudFailures.RequestCancelled,
        ["APIVersionMismatchError"] = CloudFailures.ServerVersion,
        ["ResourcesMismatchError"] = CloudFailures.RequestRejected,
        ["InvalidClusterNameError"] = CloudFailures.RequestRejected,
        ["InvalidSkyPilotConfigError"] = CloudFailures.RequestRejected,
        ["ValueError"] = CloudFailures.RequestRejected,
        ["StorageError"] = CloudFailures.CloudFault,
        ["CloudError"] = CloudFailures.CloudFault,
    };

    /// <summary>The failure that an exception of the server is.</summary>
    /// <param name="type">Its name; empty where it has none.</param>
    /// <param name="message">Its message.</param>
    /// <param name="about">What was asked for, such as <c>/launch</c>.</param>
    public static Failure FromException(string type, string message, string about)
    {
        var name = type.Length == 0 || message.Length > 0 ? string.Empty : $" ({CleanText.Summary(type).TrimEnd('.')})";
        return new Failure(Code(type, message), $"{about}{name}: {CleanText.Summary(message.Length == 0 ? "it says nothing more" : message)}")
        {
            Detail = message.Length == 0 ? null : CleanText.Detail(message),
            Hint = type is "ImportError" or "ModuleNotFoundError" ? "Install SkyPilot's extra for that cloud on the server's machine; the module is missing there, not here." : null,
        };
    }

    /// <summary>The failure that an answer is whose status says that the call failed.</summary>
    public static Failure FromReply(SkyReply reply, string about)
    {
        if (reply.IsLogin)
        {
            return LoginPage(reply, about);
        }

        if (reply.Json is { ValueKind: JsonValueKind.Object } json && FromJson(json, reply.Status, about) is { } known)
        {
            return known;
        }

        return FromText(reply.Json is { ValueKind: JsonValueKind.String } text ? text.GetString()! : reply.Text, reply.Status, about);
    }

    private static Failure? FromJson(JsonElement json, int status, string about)
    {
        if (json.Text("error") is "version_mismatch")
        {
            return FromException("APIVersionMismatchError", json.Text("message") ?? string.Empty, about);
        }

        return !json.TryGetProperty("detail", out var detail) ? null : detail.ValueKind switch
        {
            JsonValueKind.String => FromText(detail.GetString()!, status, about),
            JsonValueKind.Array => FromFields(detail, about),
            JsonValueKind.Object => FromObject(detail, status, about),
            _ => null,
        };
    }

    private static Failure FromObject(JsonElement detail, int status, string about)
    {
        if (detail.Text("type") is { } type)
        {
            return FromException(type, detail.Text("message") ?? string.Empty, about);
        }

        return SkyRequest.Read(detail).Error is { } error
            ? FromException(error.Type, error.Message, about)
            : new Failure(CodeOfStatus(status), $"{about} failed with status {status} and without a reason.");
    }

    // An answer of this kind repeats our whole body beside each field, secrets included: only the places and the rules are kept.
    private static Failure FromFields(JsonElement fields, string about)
    {
        var parts = new List<string>();
        foreach (var field in fields.EnumerateArray().Where(static item => item.ValueKind == JsonValueKind.Object))
        {
            var place = field.TryGetProperty("loc", out var loc) && loc.ValueKind == JsonValueKind.Array ? string.Join('.', loc.EnumerateArray().Select(static part => part.ToString())) : "body";
            parts.Add($"{place}: {field.Text("msg") ?? "not accepted"}");
        }

        var text = parts.Count == 0 ? "a field is not accepted" : string.Join("; ", parts);
        return new Failure(CloudFailures.RequestRejected, $"{about}: {CleanText.Summary(text)}") { Detail = CleanText.Detail(text) };
    }

    private static Failure FromText(string text, int status, string about)
    {
        var code = CodeOfStatus(status);
        return string.IsNullOrWhiteSpace(text)
            ? new Failure(code, $"{about} answered {status} without a word.")
            : new Failure(code, $"{about} answered {status}: {CleanText.Summary(LastLine(text))}") { Detail = CleanText.Detail(text) };
    }

    // What escapes the server's own handling is a trace; its last line names the exception.
    private static string LastLine(string text) =>
        text.Contains("Traceback", StringComparison.Ordinal) || text.Contains("ExceptionGroup", StringComparison.Ordinal) ? text.TrimEnd().Split('\n')[^1] : text;

    private static Failure LoginPage(SkyReply reply, string about) => new(
        reply.Status is >= 500 ? CloudFailures.Unreachable : CloudFailures.AuthRequired,
        reply.Redirect is { } host ? $"{about} is redirected to {host}, as for a login." : reply.Status >= 500 ? $"{about} got a page with status {reply.Status} instead of an answer: a proxy stands before the server." : $"{about} got a web page instead of an answer, as for a login.");

    private static FailureCode Code(string type, string message)
    {
        if (type is "ResourcesUnavailableError")
        {
            // One exception has three meanings; the optimiser's and the cloud's words tell them apart.
            return message.Contains("quota", StringComparison.OrdinalIgnoreCase) ? CloudFailures.Quota
                : message.Contains("Catalog does not contain", StringComparison.OrdinalIgnoreCase) || message.Contains("No resource satisfying", StringComparison.OrdinalIgnoreCase) || message.Contains("satisfying the request", StringComparison.OrdinalIgnoreCase)
                    ? CloudFailures.Infeasible
                    : CloudFailures.NoCapacity;
        }

        return type is "CloudError" && message.Contains("quota", StringComparison.OrdinalIgnoreCase) ? CloudFailures.Quota : Types.GetValueOrDefault(type, CloudFailures.ServerDefect);
    }

    private static FailureCode CodeOfStatus(int status) => status switch
    {
        401 or 407 => CloudFailures.AuthRequired,
        403 => CloudFailures.NotPermitted,
        404 => CloudFailures.NotSupported,
        502 or 503 or 504 => CloudFailures.Unreachable,
        >= 400 and < 500 => CloudFailures.RequestRejected,
        _ => CloudFailures.ServerDefect,
    };
}
