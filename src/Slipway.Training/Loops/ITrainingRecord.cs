using System.Collections.Immutable;
using Slipway.Core.Failures;

namespace Slipway.Training.Loops;

/// <summary>A checkpoint of a run, and all that going on from it needs beside it.</summary>
/// <param name="Name">Its name: the number of steps that were taken, or <c>final</c>.</param>
/// <param name="Stage">The stage, from 0.</param>
/// <param name="NextStep">The step with which the run goes on: a state after steps 0 to k says k + 1.</param>
/// <param name="Epoch">The pass over the data that the next step is in, from 0.</param>
/// <param name="StatePath">The weights and the optimiser's state.</param>
/// <param name="SamplerPath">The weights to sample from; null where there are none.</param>
/// <param name="ReferencePath">The weights that the stage began with, which its loss compares with; null where it compares with none.</param>
/// <param name="IsFinal">Whether the stage ended with it.</param>
public sealed record CheckpointRecord(string Name, int Stage, int NextStep, int Epoch, string StatePath, string? SamplerPath, string? ReferencePath, bool IsFinal);

/// <summary>How far a stage has come.</summary>
/// <param name="Stage">The stage's name.</param>
/// <param name="Step">Steps that are done.</param>
/// <param name="Total">Steps that there are.</param>
/// <param name="Metrics">What was told of the last one.</param>
/// <param name="Elapsed">How long the steps of this process took.</param>
/// <param name="Done">How many steps this process did.</param>
public sealed record TrainingProgress(string Stage, int Step, int Total, ImmutableSortedDictionary<string, double> Metrics, TimeSpan Elapsed, int Done)
{
    /// <summary>How long the rest will take when it goes on like that; null before the first step.</summary>
    public TimeSpan? Remaining => Done == 0 ? null : Elapsed / Done * (Total - Step);
}

/// <summary>Where a run writes what came of it. What is said here is on its way to the disk when the method returns.</summary>
public interface ITrainingRecord
{
    /// <summary>Writes the metrics of a step; what is not a number becomes <c>null</c>.</summary>
    Result<Unit> Metrics(int stage, int step, ImmutableSortedDictionary<string, double> values);

    /// <summary>Writes a checkpoint down, and has it on the disk.</summary>
    Result<Unit> Checkpoint(CheckpointRecord checkpoint);

    /// <summary>The checkpoints that were written down, in their order.</summary>
    Result<ImmutableArray<CheckpointRecord>> Checkpoints();

    /// <summary>Takes away what was written of steps that will be done again.</summary>
    Result<Unit> Cut(int stage, int nextStep);

    /// <summary>Writes a span of time.</summary>
    void Span(string name, DateTimeOffset start, DateTimeOffset end, int step);

    /// <summary>Writes a file of the run.</summary>
    /// <param name="name">A relative path.</param>
    /// <param name="content">Its text.</param>
    Result<Unit> Write(string name, string content);

    /// <summary>Reads a file of the run; null when there is none.</summary>
    string? Read(string name);

    /// <summary>Tells people.</summary>
    void Say(string message);

    /// <summary>Tells how far it is.</summary>
    void Progress(TrainingProgress progress);
}
