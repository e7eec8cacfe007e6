using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Training.Loops;

namespace Slipway.Training.Adapters.Records;

/// <summary>
/// The directory of a run: <c>metrics.jsonl</c> (a line a step), <c>checkpoints.jsonl</c>, <c>timing_spans.jsonl</c>, and what else a run writes. A line is handed to
/// the system as a whole; half a line, which a crash may leave, counts for nothing.
/// </summary>
/// <param name="folder">The directory, which is there.</param>
/// <param name="time">The clock.</param>
/// <param name="listener">Is told what people want to know; null for nobody.</param>
public sealed class TrainingFolder(string folder, TimeProvider time, ITrainingListener? listener) : ITrainingRecord
{
    private const UnixFileMode OwnerReads = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnly = OwnerReads | UnixFileMode.UserExecute;

    /// <summary>The name of the file of metrics.</summary>
    public const string MetricsName = "metrics.jsonl";

    /// <summary>The name of the file of checkpoints.</summary>
    public const string CheckpointsName = "checkpoints.jsonl";

    /// <summary>The name of the file of times.</summary>
    public const string SpansName = "timing_spans.jsonl";

    /// <summary>The directory.</summary>
    public string Folder => folder;

    /// <inheritdoc/>
    public Result<Unit> Metrics(int stage, int step, ImmutableSortedDictionary<string, double> values)
    {
        listener?.Metrics(stage, step, values);
        return Append(MetricsName, writer =>
        {
            writer.WriteNumber("step", step);
            writer.WriteString("time", time.GetUtcNow());
            writer.WriteNumber("stage", stage);
            foreach (var (name, value) in values)
            {
                if (double.IsFinite(value))
                {
                    writer.WriteNumber(name, value);
                }
                else
                {
                    writer.WriteNull(name);
                }
            }
        });
    }

    /// <inheritdoc/>
    public Result<Unit> Checkpoint(CheckpointRecord checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        listener?.Say($"checkpoint {checkpoint.Name}: {checkpoint.StatePath}");
        return Append(CheckpointsName, writer =>
        {
            writer.WriteString("name", checkpoint.Name);
            writer.WriteNumber("stage", checkpoint.Stage);
            writer.WriteNumber("batch", checkpoint.NextStep);
            writer.WriteNumber("next_step", checkpoint.NextStep);
            writer.WriteNumber("epoch", checkpoint.Epoch);
            writer.WriteString("state_path", checkpoint.StatePath);
            writer.WriteString("sampler_path", checkpoint.SamplerPath);
            writer.WriteString("reference_path", checkpoint.ReferencePath);
            writer.WriteBoolean("final", checkpoint.IsFinal);
        }).Then(_ => Sync(CheckpointsName));
    }

    /// <inheritdoc/>
    public Result<ImmutableArray<CheckpointRecord>> Checkpoints() => Lines(CheckpointsName).Map(static lines => lines.Select(static line => line.Json).Where(static json => json.TryGetProperty("state_path", out _)).Select(static json => new CheckpointRecord(
        json.GetProperty("name").GetString()!,
        json.GetProperty("stage").GetInt32(),
        json.GetProperty("next_step").GetInt32(),
        json.GetProperty("epoch").GetInt32(),
        json.GetProperty("state_path").GetString()!,
        json.GetProperty("sampler_path").GetString(),
        json.GetProperty("reference_path").GetString(),
        json.GetProperty("final").GetBoolean())).ToImmutableArray());

    /// <inheritdoc/>
    public Result<Unit> Cut(int stage, int nextStep)
    {
        var cut = Keep(MetricsName, json => IsBefore(json, "step", stage, nextStep - 1));
        return cut.Then(_ => Keep(CheckpointsName, json => IsBefore(json, "next_step", stage, nextStep)));
    }

    /// <inheritdoc/>
    public void Span(string name, DateTimeOffset start, DateTimeOffset end, int step) => _ = Append(SpansName, writer =>
    {
        writer.WriteString("name", name);
        writer.WriteString("start", start);
        writer.WriteString("end", end);
        writer.WriteNumber("step", step);
    });

    /// <inheritdoc/>
    public Result<Unit> Write(string name, string content)
    {
        var path = Path.Combine(folder, name);
        return LocalFiles.MakeDirectory(Path.GetDirectoryName(path)!, OwnerOnly).Then(_ => LocalFiles.WriteUnsynced(path, Encoding.UTF8.GetBytes(content), OwnerReads));
    }

    /// <inheritdoc/>
    public string? Read(string name)
    {
        var path = Path.Combine(folder, name);
        return File.Exists(path) ? File.ReadAllText(path) : null;
    }

    /// <inheritdoc/>
    public void Say(string message) => listener?.Say(message);

    /// <inheritdoc/>
    public void Progress(TrainingProgress progress) => listener?.Progress(progress);

    /// <summary>The metrics of a run's directory, in their order.</summary>
    /// <param name="folder">The directory.</param>
    public static Result<ImmutableArray<JsonElement>> ReadMetrics(string folder) =>
        new TrainingFolder(folder, TimeProvider.System, null).Lines(MetricsName).Map(static lines => lines.Select(static line => line.Json).ToImmutableArray());

    private static bool IsBefore(JsonElement json, string key, int stage, int last) =>
        json.TryGetProperty("stage", out var at) && at.TryGetInt32(out var place) && json.TryGetProperty(key, out var told) && told.TryGetInt32(out var number)
        && (place < stage || (place == stage && number <= last));

    private Result<Unit> Append(string name, Action<Utf8JsonWriter> write)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(line))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        line.Write("\n"u8);
        return Try(name, path =>
        {
            using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
            file.Write(line.WrittenSpan);
        });
    }

    private Result<Unit> Sync(string name) => Try(name, static path =>
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        file.Flush(flushToDisk: true);
    });

    private Result<Unit> Keep(string name, Func<JsonElement, bool> keeps) => Lines(name).Then(lines => !File.Exists(Path.Combine(folder, name)) ? default(Unit)
        : LocalFiles.Write(Path.Combine(folder, name), Encoding.UTF8.GetBytes(string.Concat(lines.Where(line => keeps(line.Json)).Select(static line => line.Text + "\n"))), OwnerReads));

    private Result<ImmutableArray<(string Text, JsonElement Json)>> Lines(string name)
    {
        var found = ImmutableArray.CreateBuilder<(string, JsonElement)>();
        var read = Try(name, path =>
        {
            foreach (var line in File.Exists(path) ? File.ReadLines(path) : [])
            {
                if (Parse(line) is { } json)
                {
                    found.Add((line, json));
                }
            }
        });
        return read.Map(_ => found.ToImmutable());
    }

    private static JsonElement? Parse(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind is JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private Result<Unit> Try(string name, Action<string> act)
    {
        var path = Path.Combine(folder, name);
        try
        {
            act(path);
            return default(Unit);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new Failure(TrainingFailures.BadRecord, $"{path} cannot be read or written: {exception.Message}");
        }
    }
}

/// <summary>Is told of a run under way.</summary>
public interface ITrainingListener
{
    /// <summary>What people want to know.</summary>
    void Say(string message);

    /// <summary>The metrics of a step.</summary>
    void Metrics(int stage, int step, ImmutableSortedDictionary<string, double> values);

    /// <summary>How far it is.</summary>
    void Progress(TrainingProgress progress);
}
