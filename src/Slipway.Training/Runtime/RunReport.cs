using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Training.Experiments;

namespace Slipway.Training.Runtime;

/// <summary>How a stage went.</summary>
/// <param name="Name">The stage.</param>
/// <param name="Steps">How many steps it has.</param>
/// <param name="First">The metrics of the first step that this process did; empty when it did none.</param>
/// <param name="Last">The metrics of the last step.</param>
/// <param name="StatePath">The weights at its end, with the optimiser's state.</param>
/// <param name="SamplerPath">The weights at its end, to sample from.</param>
public sealed record StageReport(string Name, int Steps, ImmutableSortedDictionary<string, double> First, ImmutableSortedDictionary<string, double> Last, string? StatePath, string? SamplerPath);

/// <summary>How a run went.</summary>
/// <param name="Experiment">What was asked for.</param>
/// <param name="Manifest">The port manifest.</param>
/// <param name="Adapters">The adapter of each port, as <c>port=adapter</c>.</param>
/// <param name="IsSimulated">Whether nothing was trained for real.</param>
/// <param name="IsDryRun">Whether nothing was done at all.</param>
/// <param name="Stages">The stages; none of a dry run.</param>
/// <param name="Took">How long it took.</param>
public sealed record RunReport(
    ExperimentSpec Experiment, string Manifest, ImmutableArray<string> Adapters, bool IsSimulated, bool IsDryRun, ImmutableArray<StageReport> Stages, TimeSpan Took)
{
    /// <summary>Writes the report, schema <c>slipway.training/1</c>.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString("schema", "slipway.training/1");
        writer.WriteString("manifest", Manifest);
        writer.WriteBoolean("simulated", IsSimulated);
        writer.WriteBoolean("dry_run", IsDryRun);
        writer.WriteStartArray("ports");
        foreach (var adapter in Adapters)
        {
            writer.WriteStringValue(adapter);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("stages");
        foreach (var stage in Stages)
        {
            WriteStage(writer, stage);
        }

        writer.WriteEndArray();
        writer.WriteNumber("seconds", Math.Round(Took.TotalSeconds, 3));
        writer.WritePropertyName("experiment");
        Experiment.WriteTo(writer);
        writer.WriteEndObject();
    }

    private static void WriteStage(Utf8JsonWriter writer, StageReport stage)
    {
        writer.WriteStartObject();
        writer.WriteString("name", stage.Name);
        writer.WriteNumber("steps", stage.Steps);
        WriteMetrics(writer, "first", stage.First);
        WriteMetrics(writer, "last", stage.Last);
        writer.WriteString("state_path", stage.StatePath);
        writer.WriteString("sampler_path", stage.SamplerPath);
        writer.WriteEndObject();
    }

    private static void WriteMetrics(Utf8JsonWriter writer, string name, ImmutableSortedDictionary<string, double> metrics)
    {
        writer.WriteStartObject(name);
        foreach (var (key, value) in metrics)
        {
            if (double.IsFinite(value))
            {
                writer.WriteNumber(key, value);
            }
            else
            {
                writer.WriteNull(key);
            }
        }

        writer.WriteEndObject();
    }
}
