using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Loops;

namespace Slipway.Training.Runtime;

/// <summary>A record that remembers the first and the last metrics that went through it.</summary>
internal sealed class WatchedRecord(ITrainingRecord record) : ITrainingRecord
{
    public ImmutableSortedDictionary<string, double> First { get; private set; } = ImmutableSortedDictionary<string, double>.Empty;

    public ImmutableSortedDictionary<string, double> Last { get; private set; } = ImmutableSortedDictionary<string, double>.Empty;

    public Result<Unit> Metrics(int stage, int step, ImmutableSortedDictionary<string, double> values)
    {
        First = First.IsEmpty ? values : First;
        Last = values;
        return record.Metrics(stage, step, values);
    }

    public Result<Unit> Checkpoint(CheckpointRecord checkpoint) => record.Checkpoint(checkpoint);

    public Result<ImmutableArray<CheckpointRecord>> Checkpoints() => record.Checkpoints();

    public Result<Unit> Cut(int stage, int nextStep) => record.Cut(stage, nextStep);

    public void Span(string name, DateTimeOffset start, DateTimeOffset end, int step) => record.Span(name, start, end, step);

    public Result<Unit> Write(string name, string content) => record.Write(name, content);

    public string? Read(string name) => record.Read(name);

    public void Say(string message) => record.Say(message);

    public void Progress(TrainingProgress progress) => record.Progress(progress);
}
