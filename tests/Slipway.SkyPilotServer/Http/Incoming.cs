using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Slipway.SkyPilotApi.Faults;

namespace Slipway.SkyPilotApi.Http;

/// <summary>A request that was read.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Path">Its path.</param>
/// <param name="Query">Its query.</param>
/// <param name="Headers">Its headers.</param>
/// <param name="Bytes">Its body.</param>
internal sealed record Incoming(string Method, string Path, IQueryCollection Query, IHeaderDictionary Headers, byte[] Bytes)
{
    internal const string ApiVersion = "X-SkyPilot-API-Version", Version = "X-SkyPilot-Version";

    /// <summary>Its body where it is JSON.</summary>
    internal JsonNode? Json { get; private init; }

    internal bool IsBadJson { get; private init; }

    internal Fault? Fault { get; init; }

    /// <summary>The fields of its body; none where it has none.</summary>
    internal JsonObject Body => Json as JsonObject ?? [];

    internal bool HasBothVersions => Headers.ContainsKey(ApiVersion) && Headers.ContainsKey(Version);

    /// <summary>The API version of the caller; as new as can be when it does not say.</summary>
    internal int CallerVersion => HasBothVersions && int.TryParse(Headers[ApiVersion], CultureInfo.InvariantCulture, out var version) ? version : int.MaxValue;

    internal string? this[string query] => Query.TryGetValue(query, out var value) ? value.ToString() : null;

    internal static async Task<Incoming> ReadAsync(HttpContext context, Fault? fault)
    {
        var request = context.Request;
        using var bytes = new MemoryStream();
        await request.Body.CopyToAsync(bytes, context.RequestAborted);
        var incoming = new Incoming(request.Method, request.Path.Value ?? "/", request.Query, request.Headers, bytes.ToArray()) { Fault = fault };
        if (bytes.Length == 0 || !request.HasJsonContentType())
        {
            return incoming;
        }

        try
        {
            return incoming with { Json = JsonNode.Parse(incoming.Bytes) };
        }
        catch (JsonException)
        {
            return incoming with { IsBadJson = true };
        }
    }
}
