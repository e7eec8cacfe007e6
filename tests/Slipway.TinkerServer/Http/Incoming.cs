using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Slipway.TinkerApi.Http;

/// <summary>A request that was read.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Path">Its path behind <c>/api/v1/</c>.</param>
/// <param name="Body">Its body; undefined where there is none.</param>
/// <param name="Digest">The digest of the body's bytes, by which a repetition is known.</param>
/// <param name="Key">Its idempotency key; null where it has none.</param>
/// <param name="Headers">Its headers.</param>
internal sealed record Incoming(string Method, string Path, JsonElement Body, string Digest, string? Key, IHeaderDictionary Headers)
{
    private const int MostBytes = 64 * 1024 * 1024;

    /// <summary>Reads a request; null when its body is no JSON.</summary>
    internal static async Task<(Incoming? Request, Reply? Refused)> ReadAsync(HttpContext context, string path)
    {
        var request = context.Request;
        using var bytes = new MemoryStream();
        await request.Body.CopyToAsync(bytes, context.RequestAborted);
        if (bytes.Length > MostBytes)
        {
            return (null, Reply.Error(413, $"the body has {bytes.Length} bytes, and at most {MostBytes} are taken"));
        }

        var content = bytes.ToArray();
        var key = request.Headers.TryGetValue(TinkerHeaders.Idempotency, out var keys) ? keys.ToString() : null;
        var digest = Convert.ToHexString(SHA256.HashData(content));
        if (content.Length == 0)
        {
            return (new Incoming(request.Method, path, default, digest, key, request.Headers), null);
        }

        if (!request.HasJsonContentType())
        {
            return (null, Reply.Error(415, $"the content type is {request.ContentType}, and must be application/json"));
        }

        try
        {
            using var document = JsonDocument.Parse(content);
            return (new Incoming(request.Method, path, document.RootElement.Clone(), digest, key, request.Headers), null);
        }
        catch (JsonException exception)
        {
            return (null, Reply.Error(400, $"the body is no JSON: {exception.Message}"));
        }
    }
}

/// <summary>The headers that this API has of its own.</summary>
internal static class TinkerHeaders
{
    internal const string ApiKey = "X-API-Key", Idempotency = "X-Idempotency-Key", Backpressure = "X-Tinker-Sampling-Backpressure",
        Iteration = "X-Tinker-Request-Iteration", RequestType = "X-Tinker-Request-Type";
}
