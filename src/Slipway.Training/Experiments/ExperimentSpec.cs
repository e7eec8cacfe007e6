using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Text;
using Slipway.Training.Configuration;

namespace Slipway.Training.Experiments;

/// <summary>What a stage of an experiment does.</summary>
public enum StageKind
{
    /// <summary>Learns from conversations; also a teacher's samples, or its distribution.</summary>
    Supervised,

    /// <summary>Learns from rewards of its own answers; also the distance to a teacher.</summary>
    Reinforcement,

    /// <summary>Learns from pairs of answers, of which one is preferred.</summary>
    Preference,
}

/// <summary>One stage: a loop with its settings.</summary>
/// <param name="Kind">The loop.</param>
/// <param name="Name">Its name in reports.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Continues">Whether it begins with the weights with which the stage before it ended.</param>
public sealed record StageSpec(StageKind Kind, string Name, RecipeConfig Settings, bool Continues = false);

/// <summary>What a recipe asks for, and nothing of how: the same settings give the same bytes.</summary>
/// <param name="Recipe">The recipe's name.</param>
/// <param name="Stages">The stages, in order.</param>
public sealed record ExperimentSpec(string Recipe, ImmutableArray<StageSpec> Stages)
{
    /// <summary>The specification as canonical JSON (RFC 8785).</summary>
    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            WriteTo(writer);
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return CanonicalJson.Bytes(document.RootElement);
    }

    /// <summary>Writes the specification.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString("schema", "slipway.experiment/1");
        writer.WriteString("recipe", Recipe);
        writer.WriteStartArray("stages");
        foreach (var stage in Stages)
        {
            writer.WriteStartObject();
            writer.WriteString("kind", stage.Kind switch
            {
                StageKind.Supervised => "supervised",
                StageKind.Reinforcement => "reinforcement",
                _ => "preference",
            });
            writer.WriteString("name", stage.Name);
            writer.WriteBoolean("continues", stage.Continues);
            writer.WritePropertyName("settings");
            stage.Settings.WriteTo(writer);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
