using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Environments.Bindings;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Models;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Nodes;

/// <summary>Selects a model from a catalogue and tells what it needs. It checks and installs nothing: that is what a dependency environment is for.</summary>
internal static class ModelLibraryNode
{
    /// <summary>The type; Pantograph's name of it.</summary>
    public static NodeType Type { get; } = new("puma-lib", "Input", "Selects a model from a catalogue: where it lies, what it needs, how it is set.")
    {
        // The catalogue and the model lie where anyone may change them.
        Purity = NodePurity.Never,
        IsCheap = true,
        RunsOnResume = true,
        Inputs =
        [
            PortSpec.Required("catalogue", PortType.Text, "a models.toml, or a directory of directories with a slipway-model.json; relative to the workflow's file") with { NamesCatalogue = true },
            PortSpec.Required("model_id", PortType.Text, "the model"),
            PortSpec.Optional("settings", PortType.Json, "values of its inference settings by their keys; an option by its value or its label"),
        ],
        Outputs =
        [
            PortSpec.Required("model_path", PortType.Text, "the absolute path of its file or directory"),
            PortSpec.Required("model_id", PortType.Text, "its name"),
            PortSpec.Optional("model_type", PortType.Text, "how it lies there: transformers, torchscript, or what its backend knows"),
            PortSpec.Optional("task_type_primary", PortType.Text, "what it is for"),
            PortSpec.Optional("backend_key", PortType.Text, "what runs it"),
            PortSpec.Optional("recommended_backend", PortType.Text, "the same by the name that it has here"),
            PortSpec.Optional("dependency_requirements", PortType.Requirements, "what it needs, as the catalogue says it"),
            PortSpec.Required("inference_settings", PortType.Json, "the settings' values by their keys: defaults, and what was set"),
            PortSpec.Required("settings_schema", PortType.Json, "the settings that it has, for who shows them"),
            PortSpec.Required("model_ref", PortType.Json, "the model in one value"),
        ],
        Behaviour = new NodeFunction(Select),
    };

    private static NodeOutcome Select(NodeCall call)
    {
        var path = Path.GetFullPath(call["catalogue"].AsText(), call.Place.WorkflowFolder);
        if (!ModelCatalogue.Read(path).Then(catalogue => catalogue.Find(call["model_id"].AsText())).TryGet(out var model, out var failure)
            || !Settings(call, model).TryGet(out var settings, out failure))
        {
            return failure;
        }

        if (!Path.Exists(model.Path))
        {
            return new Failure(NodeFailures.UnknownModel, $"The model {model.Id} should lie at {model.Path}, and nothing is there.") { Hint = "Put it there, or correct its path in the catalogue." };
        }

        var outputs = NodeOutputs.None
            .With("model_path", PortValue.Of(model.Path))
            .With("model_id", PortValue.Of(model.Id))
            .With("inference_settings", PortValue.Of(settings))
            .With("settings_schema", PortValue.Of(model.SettingsDocument))
            .With("model_ref", PortValue.Of(Reference(model)));
        foreach (var (port, text) in Texts(model))
        {
            outputs = text is null ? outputs : outputs.With(port, PortValue.Of(text));
        }

        return NodeOutcome.Of(model.Requirements is { } requirements ? outputs.With("dependency_requirements", PortValue.Of(requirements)) : outputs);
    }

    private static (string Port, string? Text)[] Texts(ModelEntry model) =>
    [
        ("model_type", model.ModelType),
        ("task_type_primary", model.Task),
        ("backend_key", model.BackendKey),
        ("recommended_backend", BackendTable.Canonical(model.BackendKey)),
    ];

    private static JsonElement Reference(ModelEntry model) => JsonMembers.Make(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("model_id", model.Id);
        writer.WriteString("model_path", model.Path);
        foreach (var (port, text) in Texts(model))
        {
            if (text is not null)
            {
                writer.WriteString(port, text);
            }
        }

        writer.WriteEndObject();
    });

    private static Result<JsonElement> Settings(NodeCall call, ModelEntry model)
    {
        var given = call.Find("settings")?.Json ?? JsonMembers.Parse("{}");
        if (given.ValueKind is not JsonValueKind.Object)
        {
            return new Failure(WorkflowsFailures.BadValue, $"{call.Node.Id}.settings is {WorkflowText.Kind(given)}, and should be an object.");
        }

        var values = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var setting in model.Settings.Where(static setting => setting.Default is not null))
        {
            values[setting.Key] = setting.Default!.Value;
        }

        foreach (var member in given.EnumerateObject())
        {
            if (model.Settings.FirstOrDefault(known => string.Equals(known.Key, member.Name, StringComparison.Ordinal)) is not { } setting)
            {
                var near = NearestName.Of(member.Name, model.Settings.Select(static known => known.Key));
                return new Failure(WorkflowsFailures.BadValue, $"{call.Node.Id}.settings has {Shown.Quote(member.Name)}, and {model.Id} has no such setting{(near is null ? string.Empty : $"; did you mean '{near}'?")}.");
            }

            values[setting.Key] = setting.Meant(member.Value);
            if (setting.Objection(values[setting.Key]) is { } expected)
            {
                return new Failure(WorkflowsFailures.BadValue, $"{call.Node.Id}.settings/{member.Name} is {member.Value.GetRawText()}, and should be {expected}.");
            }
        }

        return JsonMembers.Make(writer =>
        {
            writer.WriteStartObject();
            foreach (var (key, value) in values)
            {
                writer.WritePropertyName(key);
                value.WriteTo(writer);
            }

            writer.WriteEndObject();
        });
    }
}
