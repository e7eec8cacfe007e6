using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Slipway.SkyPilotApi.Http;

/// <summary>What stands before all routes: versions, and who the caller is.</summary>
internal sealed class Admission(SkyPilotServerOptions options, Action<Incoming, string> violated)
{
    private const string Yellow = "\u001b[33m", Reset = "\u001b[0m";
    private const int Oldest = 24;

    /// <summary>Gives the answer for a request that gets no further; null for others.</summary>
    internal Reply? Refuse(Incoming request) => CheckVersions(request) ?? CheckCaller(request);

    /// <summary>With authentication on, the server says who the user is, whatever the body says.</summary>
    internal void Identify(Incoming request)
    {
        if (options.Auth.UserName.Length > 0 && request.Json is JsonObject body)
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(options.Auth.UserName)))[..8];
            body["env_vars"] = new JsonObject { ["SKYPILOT_USER_ID"] = hash, ["SKYPILOT_USER"] = options.Auth.UserName };
        }
    }

    private Reply? CheckVersions(Incoming request)
    {
        var (has, hasText) = (request.Headers.ContainsKey(Incoming.ApiVersion), request.Headers.ContainsKey(Incoming.Version));
        if (has != hasText || (!has && request.Path is not "/api/health"))
        {
            violated(request, $"{Incoming.ApiVersion} and {Incoming.Version} belong together and on every request");
        }

        if (!request.HasBothVersions)
        {
            return null;
        }

        if (!int.TryParse(request.Headers[Incoming.ApiVersion], CultureInfo.InvariantCulture, out var version))
        {
            violated(request, $"{Incoming.ApiVersion} is no whole number");
            return Reply.Bare(500, "Internal Server Error");
        }

        if (version >= Oldest)
        {
            return null;
        }

        violated(request, $"API version {version} is too old");
        var message = $"{Yellow}Your SkyPilot client version is too old:{request.Headers[Incoming.Version]}\n{Reset}The server is running on {Sending.Release} and the minimum compatible version is 0.11.0.\n"
            + $"Upgrade your client with:\n{Yellow}pip install skypilot{Reset}";
        return Reply.Json(400, new JsonObject { ["error"] = "version_mismatch", ["message"] = message });
    }

    private Reply? CheckCaller(Incoming request)
    {
        var (sent, auth) = (request.Headers.Authorization.ToString(), options.Auth);
        if (auth.Cookie is { } cookie)
        {
            var isKnown = request.Headers.Cookie.ToString().Split(';').Any(one => string.Equals(one.Trim(), cookie, StringComparison.Ordinal));
            return isKnown ? null : request.Path is "/oauth2/start" ? Reply.Page(200) : Reply.Page(302) with { Location = "/oauth2/start?rd=" + request.Path };
        }

        if (auth.Authorization is { } wanted)
        {
            var isBearer = wanted.StartsWith("Bearer", StringComparison.Ordinal);
            return string.Equals(sent, wanted, StringComparison.Ordinal) || (isBearer && request.Path is "/api/health") ? null
                : Reply.Detail(401, isBearer ? sent.Length == 0 ? "Authentication required" : "Invalid service account token" : "Invalid credentials");
        }

        return sent.StartsWith("Bearer sky_", StringComparison.Ordinal) ? Reply.Detail(401, "Service account authentication disabled") : null;
    }
}
