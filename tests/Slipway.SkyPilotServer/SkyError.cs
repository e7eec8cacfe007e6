using System.Text.Json.Nodes;

namespace Slipway.SkyPilotApi;

/// <summary>An operation failed as SkyPilot's fail: with the name of a Python exception and a message for people.</summary>
internal sealed class SkyError(string type, string message) : Exception(message)
{
    private const string Yellow = "\u001b[33m", Reset = "\u001b[0m";

    internal string Type => type;

    internal static SkyError NoCluster(string name, bool isColoured = true) =>
        new("ClusterDoesNotExist", isColoured ? $"{Yellow}Cluster '{name}' does not exist.{Reset}" : $"Cluster '{name}' does not exist.");

    internal static SkyError BadTask(string why) => new("InvalidSkyPilotConfigError", "Invalid task YAML: " + why);

    internal static SkyError NotUp(string name, string status) =>
        new("ClusterNotUpError", $"{Yellow}Cluster '{name}' is not up (status: {status}).{Reset}");

    /// <summary>As the value of a failed request: a pickle that nobody may read, the type and the message.</summary>
    internal string ToPayload() => new JsonObject { ["object"] = Pickles.New(), ["type"] = type, ["message"] = Message }.ToJsonString();

    /// <summary>As the answer of <c>/validate</c>, which has no request.</summary>
    internal JsonObject ToDetail() => new()
    {
        ["type"] = type,
        ["message"] = Message,
        ["args"] = new JsonArray(Message),
        ["attributes"] = new JsonObject(),
        ["stacktrace"] = "Traceback (most recent call last):\n",
    };
}

/// <summary>What stands where the real server sends Python pickles: bytes that look like one, and would fail to load.</summary>
internal static class Pickles
{
    internal static string New() => "gASV" + Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(48));
}
