using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Slipway.TestKit;

/// <summary>Writes the pages of the simple repository API 1.4: HTML (PEP 503) and JSON (PEP 691, PEP 700).</summary>
internal static class IndexPages
{
    private const string ApiVersion = "1.4";

    internal static byte[] RootHtml(IEnumerable<string> projects) => Page("Simple index", status: null, projects.Select(project =>
        $"<a href=\"/simple/{project}/\">{project}</a><br>\n"));

    internal static byte[] RootJson(IEnumerable<string> projects) => Json(writer =>
    {
        writer.WriteStartArray("projects");
        foreach (var project in projects)
        {
            writer.WriteStartObject();
            writer.WriteString("name", project);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    internal static byte[] ProjectHtml(string project, ProjectStatus? status, IEnumerable<IndexedFile> files) =>
        Page("Links for " + project, status, files.Select(Anchor));

    internal static byte[] ProjectJson(string project, ProjectStatus? status, IReadOnlyList<IndexedFile> files) => Json(writer =>
    {
        writer.WriteString("name", project);
        if (status is not null)
        {
            writer.WriteStartObject("project-status");
            writer.WriteString("status", status.Marker);
            WriteOptional(writer, "reason", status.Reason);
            writer.WriteEndObject();
        }

        writer.WriteStartArray("versions");
        foreach (var version in files.Select(file => file.Package.Version).Distinct(StringComparer.Ordinal))
        {
            writer.WriteStringValue(version);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("files");
        foreach (var file in files)
        {
            WriteFile(writer, file);
        }

        writer.WriteEndArray();
    });

    private static byte[] Page(string title, ProjectStatus? status, IEnumerable<string> anchors)
    {
        var head = new StringBuilder($"<meta name=\"pypi:repository-version\" content=\"{ApiVersion}\">\n");
        if (status is not null)
        {
            head.Append($"<meta name=\"pypi:project-status\" content=\"{Escape(status.Marker)}\">\n");
        }

        if (status?.Reason is { } reason)
        {
            head.Append($"<meta name=\"pypi:project-status-reason\" content=\"{Escape(reason)}\">\n");
        }

        return Encoding.UTF8.GetBytes(
            $"<!DOCTYPE html>\n<html>\n<head>\n{head}<title>{Escape(title)}</title>\n</head>\n<body>\n{string.Concat(anchors)}</body>\n</html>\n");
    }

    private static string Anchor(IndexedFile file)
    {
        var anchor = new StringBuilder($"<a href=\"{file.Link}");
        if (file.Options.Hash)
        {
            anchor.Append("#sha256=").Append(file.Sha256);
        }

        anchor.Append('"');
        Attribute("data-requires-python", file.RequiresPython);
        Attribute("data-yanked", file.Options.Yanked ? file.Options.YankedReason ?? string.Empty : null);
        var metadata = file.MetadataSha256 is { } hash ? "sha256=" + hash : null;
        Attribute("data-dist-info-metadata", metadata);
        Attribute("data-core-metadata", metadata);
        return anchor.Append($">{Escape(file.Package.FileName)}</a><br>\n").ToString();

        void Attribute(string name, string? value)
        {
            if (value is not null)
            {
                anchor.Append($" {name}=\"{Escape(value)}\"");
            }
        }
    }

    private static void WriteFile(Utf8JsonWriter writer, IndexedFile file)
    {
        writer.WriteStartObject();
        writer.WriteString("filename", file.Package.FileName);
        writer.WriteString("url", file.Link);
        writer.WriteNumber("size", file.Content.Length);
        WriteOptional(writer, "requires-python", file.RequiresPython);
        WriteOptional(writer, "upload-time", file.Options.UploadTime?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
        WriteHash(writer, "hashes", file.Options.Hash ? file.Sha256 : null);
        if (file.MetadataSha256 is { } metadata)
        {
            // Not under its first name dist-info-metadata: pip 22.3 to 23.0 fails on an object there, hence PEP 714.
            WriteHash(writer, "core-metadata", metadata);
        }

        if (file.Options is { Yanked: true, YankedReason: { } reason })
        {
            writer.WriteString("yanked", reason);
        }
        else
        {
            writer.WriteBoolean("yanked", file.Options.Yanked);
        }

        writer.WriteEndObject();
    }

    private static void WriteHash(Utf8JsonWriter writer, string property, string? sha256)
    {
        writer.WriteStartObject(property);
        WriteOptional(writer, "sha256", sha256);
        writer.WriteEndObject();
    }

    private static void WriteOptional(Utf8JsonWriter writer, string property, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(property, value);
        }
    }

    private static byte[] Json(Action<Utf8JsonWriter> body)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("meta");
            writer.WriteString("api-version", ApiVersion);
            writer.WriteEndObject();
            body(writer);
            writer.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
