using System.Globalization;
using System.Text.Json;
using Slipway.Core.Failures;

namespace Slipway.Cloud.SkyPilot;

/// <summary>What a server says of itself.</summary>
/// <param name="Api">The number of its API.</param>
/// <param name="Version">SkyPilot's version, as text.</param>
public sealed record SkyHealth(int Api, string Version)
{
    /// <summary>Who we are to it; null where it has no logins.</summary>
    public string? User { get; init; }

    internal static async Task<Result<SkyHealth>> AskAsync(SkyHttp http, SkyEndpoint endpoint, SkyOptions options, CancellationToken cancellationToken)
    {
        const string Path = "/api/health";
        var (reply, silence) = await http.SendAsync(() => new HttpRequestMessage(HttpMethod.Get, http.At(Path)), options.Deadline, cancellationToken).ConfigureAwait(false);
        if (reply is null)
        {
            return http.Failure(silence!, Path);
        }

        return reply.IsOk ? Read(reply.Json, endpoint) : SkyErrors.FromReply(reply, Path);
    }

    private static Result<SkyHealth> Read(JsonElement? answer, SkyEndpoint endpoint)
    {
        if (answer is not { ValueKind: JsonValueKind.Object } json || json.Text("status") is not { } status)
        {
            return new Failure(CloudFailures.Unreachable, $"What answers at {endpoint} is no SkyPilot API server.");
        }

        if (!int.TryParse(json.Text("api_version") ?? json.Whole("api_version")?.ToString(CultureInfo.InvariantCulture), NumberStyles.None, CultureInfo.InvariantCulture, out var api))
        {
            return new Failure(CloudFailures.ServerVersion, $"The SkyPilot server at {endpoint} does not say which API it speaks.");
        }

        if (api < SkyCapabilities.Floor)
        {
            return new Failure(CloudFailures.ServerVersion, $"The SkyPilot server at {endpoint} speaks API {api}; {SkyCapabilities.Floor} is the oldest that is spoken here.");
        }

        return status switch
        {
            "healthy" => new SkyHealth(api, json.Text("version") ?? string.Empty) { User = json.TryGetProperty("user", out var user) ? user.Text("name") ?? user.Text("id") : null },
            "needs_auth" => new Failure(CloudFailures.AuthRequired, $"The SkyPilot server at {endpoint} {(endpoint.HasCredentials ? "does not accept our credentials" : "wants credentials")}."),
            _ => new Failure(CloudFailures.Unreachable, $"The SkyPilot server at {endpoint} says that it is {CleanText.Summary(status)}"),
        };
    }
}
