using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Runs.Events;
using Slipway.Training.Adapters.Records;
using Slipway.Training.Experiments;
using Slipway.Training.Loops;

namespace Slipway.Training.Adapters.Runs;

/// <summary>The events of a run of a recipe, in the one stream that all runs have; what is told goes on to a listener.</summary>
internal sealed class TrainingEvents(string path, string runId, TimeProvider time, ITrainingListener? listener, IRunEventSink? sink) : ITrainingListener, IDisposable
{
    private readonly RunEventLog _log = sink is null ? new(path, runId, time) : new(path, runId, time, sink);

    /// <summary>The run begins.</summary>
    public void Begin(ExperimentSpec spec, string folder)
    {
        Tell("run_started", writer =>
        {
            writer.WriteString("recipe", spec.Recipe);
            writer.WriteString("folder", folder);
            writer.WriteNumber("stages", spec.Stages.Length);
        });
        _log.Publish();
    }

    /// <summary>The run is over.</summary>
    public void End(string end, Failure? failure)
    {
        Tell(failure is null && end is "finished" ? "run_finished" : "run_failed", writer =>
        {
            writer.WriteString("end", end);
            if (failure is not null)
            {
                writer.WriteString("failure", failure.Code.Id);
                writer.WriteString("message", failure.Message);
            }
        });
        _log.Flush();
    }

    /// <inheritdoc/>
    public void Say(string message)
    {
        Tell("log", writer => writer.WriteString("message", message));
        _log.Publish();
        listener?.Say(message);
    }

    /// <inheritdoc/>
    public void Metrics(int stage, int step, ImmutableSortedDictionary<string, double> values)
    {
        Tell("metric", writer =>
        {
            writer.WriteNumber("stage", stage);
            writer.WriteNumber("step", step);
            foreach (var (name, value) in values.Where(static pair => double.IsFinite(pair.Value)))
            {
                writer.WriteNumber(name, value);
            }
        });
        _log.Publish();
        listener?.Metrics(stage, step, values);
    }

    /// <inheritdoc/>
    public void Progress(TrainingProgress progress)
    {
        Tell("run_progress", writer =>
        {
            writer.WriteString("stage", progress.Stage);
            writer.WriteNumber("step", progress.Step);
            writer.WriteNumber("total", progress.Total);
        });
        listener?.Progress(progress);
    }

    /// <inheritdoc/>
    public void Dispose() => _log.Dispose();

    private void Tell(string type, Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        using var document = JsonDocument.Parse(Encoding.UTF8.GetString(stream.ToArray()));
        _log.Tell(type, data: document.RootElement.Clone());
    }
}
