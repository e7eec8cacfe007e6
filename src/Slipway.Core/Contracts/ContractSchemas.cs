using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Slipway.Core.Contracts;

/// <summary>A JSON Schema (draft 2020-12) of a contract.</summary>
/// <param name="FileName">The name of its file in <c>contracts/</c>.</param>
/// <param name="Text">Its text.</param>
public sealed record ContractSchema(string FileName, string Text);

/// <summary>Writes the JSON Schemas of the contracts from the same declarations that documents are checked by.</summary>
public static class ContractSchemas
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    /// <summary>All of them.</summary>
    public static ImmutableArray<ContractSchema> All =>
    [
        Write("dependency-requirements", "What a model or node says that it needs. Unknown fields are kept.", ContractShapes.Requirements),
        Write("dependency-override-patch", "A person's correction of declared requirements. Unknown fields are refused.", ContractShapes.OverridePatch),
        Write("environment-ref", "Names one environment and its state.", ContractShapes.Reference),
        Write("dependency-environment-status", "How far a dependency environment has come, and what stands in its way.", ContractShapes.Status),
    ];

    private static ContractSchema Write(string name, string meaning, Shape.Fields shape)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, Readable))
        {
            writer.WriteStartObject();
            writer.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
            writer.WriteString("$id", $"slipway:contracts/{name}/1");
            writer.WriteString("title", name);
            writer.WriteString("description", meaning);
            WriteFields(writer, shape, isDocument: true);
            writer.WriteEndObject();
        }

        return new ContractSchema($"{name}.schema.json", Encoding.UTF8.GetString(bytes.ToArray()) + "\n");
    }

    private static void WriteFields(Utf8JsonWriter writer, Shape.Fields shape, bool isDocument = false)
    {
        writer.WriteString("type", "object");
        writer.WriteStartObject("properties");
        foreach (var field in shape.Members)
        {
            writer.WriteStartObject(field.Name);
            writer.WriteString("description", field.Meaning);
            Write(writer, field.Shape, field.IsNullable);
            writer.WriteEndObject();
        }

        if (isDocument)
        {
            writer.WriteStartObject(ContractShapes.VersionAlias);
            writer.WriteString("description", $"Read as an alias of {ContractShapes.Version}, and never written.");
            Write(writer, new Shape.Whole(EnvironmentRef.CurrentContractVersion), isNullable: false);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        WriteNames(writer, "required", shape.Members.Where(field => field.IsRequired && !(isDocument && field.Name is ContractShapes.Version)).Select(field => field.Name));
        if (isDocument)
        {
            writer.WriteStartArray("anyOf");
            foreach (var name in (string[])[ContractShapes.Version, ContractShapes.VersionAlias])
            {
                writer.WriteStartObject();
                WriteNames(writer, "required", [name]);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteBoolean("additionalProperties", shape.IsOpen);
    }

    private static void Write(Utf8JsonWriter writer, Shape shape, bool isNullable)
    {
        switch (shape)
        {
            case Shape.Fields fields:
                WriteFields(writer, fields);
                break;
            case Shape.List list:
                WriteType(writer, "array", isNullable);
                writer.WriteStartObject("items");
                Write(writer, list.Item, isNullable: false);
                writer.WriteEndObject();
                break;
            case Shape.Choice choice:
                WriteChoice(writer, choice, isNullable);
                break;
            case Shape.Whole { Only: { } only }:
                writer.WriteNumber("const", only);
                break;
            case Shape.Text { IsFilled: true }:
                WriteType(writer, "string", isNullable);
                writer.WriteString("pattern", "\\S");
                break;
            case Shape.Instant:
                WriteType(writer, "string", isNullable);
                writer.WriteString("format", "date-time");
                break;
            default:
                WriteType(writer, shape is Shape.Whole ? "integer" : shape is Shape.Flag ? "boolean" : "string", isNullable);
                break;
        }
    }

    private static void WriteChoice(Utf8JsonWriter writer, Shape.Choice choice, bool isNullable)
    {
        writer.WriteStartArray("enum");
        foreach (var name in choice.Names)
        {
            writer.WriteStringValue(name);
        }

        if (isNullable)
        {
            writer.WriteNullValue();
        }

        writer.WriteEndArray();
    }

    private static void WriteType(Utf8JsonWriter writer, string type, bool isNullable)
    {
        if (!isNullable)
        {
            writer.WriteString("type", type);
            return;
        }

        writer.WriteStartArray("type");
        writer.WriteStringValue(type);
        writer.WriteStringValue("null");
        writer.WriteEndArray();
    }

    private static void WriteNames(Utf8JsonWriter writer, string keyword, IEnumerable<string> names)
    {
        writer.WriteStartArray(keyword);
        foreach (var name in names)
        {
            writer.WriteStringValue(name);
        }

        writer.WriteEndArray();
    }
}
