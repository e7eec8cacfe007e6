using System.CommandLine;
using System.Text.Json;
using Slipway.Cli.Terminal;
using Slipway.Cloud.Templates;
using Slipway.Training.Configuration;

namespace Slipway.Cli.Commands.Cloud;

/// <summary><c>cloud templates</c>: what can be launched, and with which parameters.</summary>
internal static class CloudTemplates
{
    public static Command Define(Output output)
    {
        var name = new Argument<string>("TEMPLATE") { Description = "Only this one, with its parameters.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("templates", "List what can be launched; of one template, its parameters.\n\nExample: slipway cloud templates lora") { name };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(name) is not { } wanted)
            {
                return Show(output, TemplateCatalogue.All, withParameters: output.IsJson);
            }

            return TemplateCatalogue.Find(wanted).TryGet(out var template, out var failure) ? Show(output, [template], withParameters: true) : output.Fail(failure);
        });
        return command;
    }

    private static int Show(Output output, IReadOnlyList<LaunchTemplate> templates, bool withParameters)
    {
        if (output.IsJson)
        {
            output.Json(CloudDocument.Of("templates", writer => Write(writer, templates)), CloudDocumentJson.Default.JsonElement);
            return 0;
        }

        if (!withParameters)
        {
            TextTable.Write(output.Data, ["TEMPLATE", "BACKENDS", "WHAT IT DOES"], [.. templates.Select(static template => (IReadOnlyList<string>)
                [template.Name, string.Join(' ', template.Backends), template.Summary])]);
            return 0;
        }

        foreach (var template in templates)
        {
            output.Data.WriteLine(Plain.Line($"{template.Name}: {template.Summary}"));
            output.Data.WriteLine(Plain.Line($"Best for: {template.BestFor}"));
            output.Data.WriteLine(template.Survives ? "A run that was ended goes on from its checkpoint.\n" : string.Empty);
            TextTable.Write(output.Data, ["PARAMETER", "VALUE", "WHAT IT IS"], [.. template.Schema.Fields.Select(static field => (IReadOnlyList<string>)
                [field.Key, field.Default?.ToString() ?? "none", field.Help])]);
        }

        return 0;
    }

    private static void Write(Utf8JsonWriter writer, IReadOnlyList<LaunchTemplate> templates)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("templates");
        foreach (var template in templates)
        {
            writer.WriteStartObject();
            writer.WriteString("name", template.Name);
            writer.WriteString("summary", template.Summary);
            writer.WriteString("best_for", template.BestFor);
            writer.WriteBoolean("resumes", template.Survives);
            writer.WriteStartArray("backends");
            foreach (var backend in template.Backends)
            {
                writer.WriteStringValue(backend);
            }

            writer.WriteEndArray();
            writer.WriteStartArray("parameters");
            foreach (var field in template.Schema.Fields)
            {
                Write(writer, template, field);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, LaunchTemplate template, ConfigField field)
    {
        var isList = template.Lists.Contains(field.Key, StringComparer.Ordinal);
        var isTable = template.Tables.Contains(field.Key, StringComparer.Ordinal);
        writer.WriteStartObject();
        writer.WriteString("name", field.Key);
        writer.WriteString("kind", isList ? "list" : isTable ? "table" : field.Kind switch { ConfigKind.Flag => "boolean", ConfigKind.Whole => "integer", ConfigKind.Number => "number", _ => "text" });
        writer.WriteBoolean("optional", field.IsOptional);
        writer.WriteString("default", field.Default?.ToString());
        if (double.IsFinite(field.Least))
        {
            writer.WriteNumber("least", field.Least);
        }

        if (double.IsFinite(field.Most))
        {
            writer.WriteNumber("most", field.Most);
        }

        if (!field.Choices.IsEmpty)
        {
            writer.WriteStartArray("choices");
            foreach (var choice in field.Choices)
            {
                writer.WriteStringValue(choice);
            }

            writer.WriteEndArray();
        }

        writer.WriteString("help", field.Help);
        writer.WriteEndObject();
    }
}
