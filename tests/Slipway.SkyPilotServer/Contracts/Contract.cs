using System.Text.Json.Nodes;

namespace Slipway.SkyPilotApi.Contracts;

/// <summary>The description that bodies are held against: the recorded one, or the table of our own.</summary>
internal sealed class Contract
{
    private const string Recorded = "shared/contracts/skypilot-api55/openapi.json";
    private readonly JsonObject? _openApi;

    internal Contract(string? file)
    {
        file ??= FindRecorded();
        _openApi = string.IsNullOrEmpty(file) ? null : JsonNode.Parse(File.ReadAllText(file))!.AsObject();
    }

    /// <summary>The whole description, where it was recorded.</summary>
    internal JsonObject Document => _openApi ?? new JsonObject { ["openapi"] = "3.1.0", ["info"] = new JsonObject { ["title"] = "SkyPilot API Server" }, ["paths"] = new JsonObject() };

    /// <summary>The recorded description beside the repository that this was built in; null where there is none.</summary>
    internal static string? FindRecorded()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Slipway.slnx")))
        {
            folder = folder.Parent;
        }

        var file = folder?.Parent is { } beside ? Path.Combine(beside.FullName, Recorded) : null;
        return File.Exists(file) ? file : null;
    }

    /// <summary>Checks the body of a path; a path without a described body is not checked.</summary>
    internal SchemaCheck Check(string path, JsonNode? body)
    {
        var check = new SchemaCheck(Resolve);
        if (SchemaOf(path) is { } schema)
        {
            check.Check(schema, body, []);
        }

        return check;
    }

    private JsonObject? SchemaOf(string path) => _openApi is null
        ? BodyTable.Schemas.GetValueOrDefault(path)
        : _openApi["paths"]?[path]?["post"]?["requestBody"]?["content"]?["application/json"]?["schema"] as JsonObject;

    private JsonObject Resolve(string reference) => _openApi is null
        ? BodyTable.Schemas[reference]
        : _openApi["components"]!["schemas"]![reference[(reference.LastIndexOf('/') + 1)..]]!.AsObject();
}
