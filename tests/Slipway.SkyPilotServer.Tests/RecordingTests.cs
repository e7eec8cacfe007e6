using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Slipway.SkyPilotApi.Contracts;
using Slipway.SkyPilotApi.Tests.Support;
using Slipway.TestKit;

namespace Slipway.SkyPilotApi.Tests;

public sealed class RecordingTests
{
    [RecordedFact]
    public async Task Recorded_exchanges_have_the_status_the_headers_and_the_shape_of_the_real_server()
    {
        using var folder = new TempFolder();
        await using var server = await SkyPilotServer.StartAsync(new SkyPilotServerOptions { Folder = folder.FullPath, Rules = OwnRules.None, CloudsWithoutLibrary = ["nebius"] });
        using var client = new HttpClient { BaseAddress = server.BaseUrl };
        var (ids, differences, count) = (new Dictionary<string, string>(StringComparer.Ordinal), new List<string>(), 0);
        foreach (var exchange in Recordings.Exchanges())
        {
            count++;
            using var response = await client.SendAsync(Request(exchange["request"]!, ids));
            var recorded = exchange["response"]!;
            ids[recorded["headers"]!["x-skypilot-request-id"]?.GetValue<string>() ?? "none"] = response.Headers.TryGetValues("x-skypilot-request-id", out var id) ? id.Single() : "none";
            var (mine, theirs) = (await DescribeAsync(response), Describe(recorded));
            if (!string.Equals(mine, theirs, StringComparison.Ordinal))
            {
                differences.Add($"{exchange["name"]}\n  real {theirs}\n  here {mine}");
            }
        }

        Assert.Equal(70, count);
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [RecordedFact]
    public void The_table_of_bodies_agrees_with_the_recorded_description()
    {
        var document = JsonNode.Parse(File.ReadAllText(Contract.FindRecorded()!))!;
        var differences = new List<string>();
        foreach (var (path, schema) in BodyTable.Schemas.Where(static pair => pair.Key[0] is '/'))
        {
            var reference = document["paths"]![path]!["post"]!["requestBody"]!["content"]!["application/json"]!["schema"]!["$ref"]!.GetValue<string>();
            var theirs = Normal(document["components"]!["schemas"]![reference.Split('/')[^1]]!, document);
            var mine = Normal(schema, document);
            if (!string.Equals(mine, theirs, StringComparison.Ordinal))
            {
                differences.Add($"{path}\n  real {theirs}\n  here {mine}");
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    private static HttpRequestMessage Request(JsonNode recorded, Dictionary<string, string> ids)
    {
        string Mapped(string text) => ids.Aggregate(text, static (all, pair) => all.Replace(pair.Key, pair.Value, StringComparison.Ordinal));
        var request = new HttpRequestMessage(new HttpMethod(recorded["method"]!.GetValue<string>()), Mapped(recorded["path"]!.GetValue<string>()));
        foreach (var (name, value) in recorded["headers"]!.AsObject().Where(static pair => pair.Key is not "Content-Type"))
        {
            request.Headers.TryAddWithoutValidation(name, value!.GetValue<string>());
        }

        if (recorded["body"] is { } body)
        {
            request.Content = new StringContent(Mapped(body.ToJsonString()), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        }

        return request;
    }

    private static async Task<string> DescribeAsync(HttpResponseMessage response)
    {
        var headers = response.Headers.Select(static header => header.Key).Concat(response.Content.Headers.Select(static header => header.Key));
        return Describe((int)response.StatusCode, headers, response.Content.Headers.ContentType!.ToString(), await response.Content.ReadAsStringAsync());
    }

    private static string Describe(JsonNode recorded)
    {
        var body = recorded["body"];
        var headers = recorded["headers"]!.AsObject();
        var text = body is JsonValue value && value.TryGetValue<string>(out var raw) ? raw : body?.ToJsonString() ?? "null";
        return Describe(recorded["status"]!.GetValue<int>(), headers.Select(static pair => pair.Key), headers["content-type"]!.GetValue<string>(), text);
    }

    private static string Describe(int status, IEnumerable<string> headers, string type, string body)
    {
        var names = headers.Select(static name => name.ToLowerInvariant()).Where(static name => name.StartsWith("x-", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        var json = type is "application/json" ? JsonNode.Parse(body) : null;

        // What an operation failed of is the same to the letter; a table of machines depends on the catalogue.
        var error = (json as JsonObject)?["detail"] is JsonObject detail ? detail["error"]?.GetValue<string>() ?? detail["message"]?.GetValue<string>() : null;
        var failure = error?.StartsWith('{') == true ? JsonNode.Parse(error)!["type"] + " " + JsonNode.Parse(error)!["message"] : error;
        var what = type is "application/json" ? Recordings.Shape(json) : status == 200 ? body.Split('\n')[0] : "text";
        return $"{status} {type} {string.Join(',', names)} {what} {failure}";
    }

    /// <summary>A schema without titles, defaults and references, its keys in order.</summary>
    private static string Normal(JsonNode schema, JsonNode document)
    {
        if (schema["$ref"]?.GetValue<string>() is { } reference)
        {
            return Normal(BodyTable.Schemas.GetValueOrDefault(reference) ?? document["components"]!["schemas"]![reference.Split('/')[^1]]!, document);
        }

        var parts = new List<string> { schema["type"]?.ToString() ?? string.Empty, schema["enum"]?.ToJsonString() ?? string.Empty };
        parts.AddRange((schema["anyOf"] as JsonArray ?? []).Select(one => Normal(one!, document)));
        parts.Add(schema["items"] is { } items ? Normal(items, document) : string.Empty);
        parts.Add(schema["additionalProperties"] is JsonObject others ? Normal(others, document) : string.Empty);
        var required = (schema["required"] as JsonArray ?? []).Select(static name => name!.GetValue<string>()).ToHashSet(StringComparer.Ordinal);
        var properties = (schema["properties"] as JsonObject ?? []).OrderBy(static pair => pair.Key, StringComparer.Ordinal);
        parts.AddRange(properties.Select(pair => $"{pair.Key}{(required.Contains(pair.Key) ? "!" : string.Empty)}={Normal(pair.Value!, document)}"));
        return "(" + string.Join(' ', parts.Where(static part => part.Length > 0)) + ")";
    }
}
