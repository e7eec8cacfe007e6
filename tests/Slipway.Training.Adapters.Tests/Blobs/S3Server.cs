using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Slipway.Training.Adapters.Tests.Support;

namespace Slipway.Training.Adapters.Tests.Blobs;

/// <summary>
/// A small S3 on loopback, with path-style addresses and one bucket. It computes the signature of every request itself (AWS Signature Version 4) and refuses
/// what is not signed with its key, or whose body is not the one that was signed.
/// </summary>
internal sealed class S3Server : IAsyncDisposable
{
    public const string Bucket = "bucket";
    public const string AccessKey = "AKEXAMPLE";
    public const string SecretKey = "secret/of+tests";
    private const int PageKeys = 2;
    private static readonly XNamespace Space = "http://s3.amazonaws.com/doc/2006-03-01/";
    private LoopbackServer _server = null!;

    public string Url => _server.Url;

    public ConcurrentDictionary<string, byte[]> Objects { get; } = new(StringComparer.Ordinal);

    /// <summary>Parts that nobody completed or aborted, by upload.</summary>
    public ConcurrentDictionary<string, ConcurrentDictionary<int, byte[]>> Uploads { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<string> Operations { get; } = new();

    /// <summary>The key for which everything is forbidden.</summary>
    public string Forbidden { get; set; } = "-";

    /// <summary>How many requests are answered with 503 first.</summary>
    public int Busy { get; set; }

    /// <summary>The part that always fails; 0 for none.</summary>
    public int BrokenPart { get; set; }

    public static async Task<S3Server> StartAsync()
    {
        var server = new S3Server();
        server._server = await LoopbackServer.StartAsync(server.AnswerAsync);
        return server;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (Busy-- > 0)
        {
            await FailAsync(context, 503, "SlowDown");
            return;
        }

        if (Problem(context.Request, body.ToArray()) is { } problem)
        {
            await FailAsync(context, 403, problem);
            return;
        }

        var parts = context.Request.Path.Value!.TrimStart('/').Split('/', 2);
        var (key, query) = (parts.Length > 1 ? parts[1] : string.Empty, context.Request.Query);
        var operation = $"{context.Request.Method} {string.Join('&', query.Keys.Order(StringComparer.Ordinal))}".TrimEnd();
        Operations.Enqueue(operation);
        if (parts[0] != Bucket)
        {
            await FailAsync(context, 404, "NoSuchBucket");
        }
        else if (key == Forbidden)
        {
            await FailAsync(context, 403, "AccessDenied");
        }
        else
        {
            await DoAsync(context, operation, key, body.ToArray());
        }
    }

    private Task DoAsync(HttpContext context, string operation, string key, byte[] body)
    {
        var query = context.Request.Query;
        var upload = query["uploadId"].ToString();
        switch (operation)
        {
            case "PUT" or "PUT x-id":
                Objects[key] = body;
                return TagAsync(context, body);
            case "POST uploads":
                Uploads["upload-1"] = new ConcurrentDictionary<int, byte[]>();
                return XmlAsync(context, new XElement(Space + "InitiateMultipartUploadResult", new XElement(Space + "UploadId", "upload-1")));
            case var put when put.StartsWith("PUT partNumber", StringComparison.Ordinal):
                var number = int.Parse(query["partNumber"]!, CultureInfo.InvariantCulture);
                return number == BrokenPart ? FailAsync(context, 400, "EntityTooSmall") : PartAsync(context, upload, number, body);
            case "POST uploadId":
                Uploads.TryRemove(upload, out var stored);
                Objects[key] = [.. stored!.OrderBy(static part => part.Key).SelectMany(static part => part.Value)];
                return XmlAsync(context, new XElement(Space + "CompleteMultipartUploadResult", new XElement(Space + "ETag", "\"t\"")));
            case var abort when abort.StartsWith("DELETE uploadId", StringComparison.Ordinal):
                Uploads.TryRemove(upload, out _);
                context.Response.StatusCode = 204;
                return Task.CompletedTask;
            case "DELETE" or "DELETE x-id":
                Objects.TryRemove(key, out _);
                context.Response.StatusCode = 204;
                return Task.CompletedTask;
            case var list when list.StartsWith("GET", StringComparison.Ordinal) && query.ContainsKey("list-type"):
                return ListAsync(context);
            case "GET" or "GET x-id" or "HEAD":
                return GetAsync(context, key);
            default:
                return FailAsync(context, 501, "NotImplemented");
        }
    }

    private Task PartAsync(HttpContext context, string upload, int number, byte[] body)
    {
        Uploads[upload][number] = body;
        return TagAsync(context, body);
    }

    private Task GetAsync(HttpContext context, string key)
    {
        if (!Objects.TryGetValue(key, out var content))
        {
            return FailAsync(context, 404, "NoSuchKey");
        }

        context.Response.ContentLength = content.Length;
        context.Response.Headers.ETag = Tag(content);
        return context.Request.Method == "HEAD" ? Task.CompletedTask : context.Response.Body.WriteAsync(content).AsTask();
    }

    private Task ListAsync(HttpContext context)
    {
        var (prefix, after) = (context.Request.Query["prefix"].ToString(), context.Request.Query["continuation-token"].ToString());
        var rest = Objects.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(key, after) > 0).Order(StringComparer.Ordinal).ToList();
        var page = rest.Take(PageKeys).ToList();
        return XmlAsync(context, new XElement(
            Space + "ListBucketResult",
            new XElement(Space + "IsTruncated", rest.Count > PageKeys ? "true" : "false"),
            rest.Count > PageKeys ? new XElement(Space + "NextContinuationToken", page[^1]) : null,
            page.Select(static key => new XElement(Space + "Contents", new XElement(Space + "Key", key), new XElement(Space + "Size", 1)))));
    }

    private static Task TagAsync(HttpContext context, byte[] content)
    {
        context.Response.Headers.ETag = Tag(content);
        return Task.CompletedTask;
    }

    // Clients compare it with what they read.
    private static string Tag(byte[] content)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        digest.AppendData(content);
        return $"\"{Convert.ToHexStringLower(digest.GetHashAndReset())}\"";
    }

    private static Task FailAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        return context.Request.Method == "HEAD" ? Task.CompletedTask : XmlAsync(context, new XElement("Error", new XElement("Code", code), new XElement("Message", $"It is {code}.")));
    }

    private static Task XmlAsync(HttpContext context, XElement document)
    {
        context.Response.ContentType = "application/xml";
        return context.Response.WriteAsync(document.ToString());
    }

    private static string? Problem(HttpRequest request, byte[] body)
    {
        var authorization = request.Headers.Authorization.ToString();
        if (!authorization.StartsWith("AWS4-HMAC-SHA256 ", StringComparison.Ordinal))
        {
            return "AccessDenied";
        }

        var fields = authorization["AWS4-HMAC-SHA256 ".Length..].Split(',').Select(static field => field.Trim().Split('=', 2)).ToDictionary(static field => field[0], static field => field[1], StringComparer.Ordinal);
        var scope = fields["Credential"].Split('/');
        var (digest, signed) = (request.Headers["x-amz-content-sha256"].ToString(), fields["SignedHeaders"].Split(';'));
        if (scope[0] != AccessKey)
        {
            return "InvalidAccessKeyId";
        }

        if (digest != Convert.ToHexStringLower(SHA256.HashData(body)) || !signed.Contains("host", StringComparer.Ordinal) || !signed.Contains("x-amz-content-sha256", StringComparer.Ordinal))
        {
            return "XAmzContentSHA256Mismatch";
        }

        var raw = request.HttpContext.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?', 2);
        var query = raw.Length == 1 ? [] : raw[1].Split('&').Select(static pair => (pair + "=").Split('=')).Select(static pair => (Name: pair[0], Value: pair[1]));
        var canonical = string.Join('\n',
        [
            request.Method,
            string.Join('/', raw[0].Split('/').Select(static part => Encode(Uri.UnescapeDataString(part)))),
            string.Join('&', query.Select(static pair => $"{Encode(Uri.UnescapeDataString(pair.Name))}={Encode(Uri.UnescapeDataString(pair.Value))}").Order(StringComparer.Ordinal)),
            .. signed.Select(name => $"{name}:{string.Join(',', request.Headers[name].Select(static value => value!.Trim()))}"),
            string.Empty,
            string.Join(';', signed),
            digest,
        ]);
        var place = string.Join('/', scope[1..]);
        var text = $"AWS4-HMAC-SHA256\n{request.Headers["x-amz-date"]}\n{place}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = scope[1..].Aggregate(Encoding.UTF8.GetBytes("AWS4" + SecretKey), static (key, part) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part)));
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text))) == fields["Signature"] ? null : "SignatureDoesNotMatch";
    }

    private static string Encode(string text) => string.Concat(Encoding.UTF8.GetBytes(text).Select(static value =>
        char.IsAsciiLetterOrDigit((char)value) || "-._~".Contains((char)value, StringComparison.Ordinal) ? ((char)value).ToString() : $"%{value:X2}"));
}
