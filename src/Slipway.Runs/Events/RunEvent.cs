using System.Text.Json;

namespace Slipway.Runs.Events;

/// <summary>One event of a run: the line of <c>events.jsonl</c>, schema <c>slipway.event/1</c>.</summary>
/// <param name="Sequence">Counts from 1 within the run.</param>
/// <param name="Time">When, in UTC.</param>
/// <param name="RunId">The run.</param>
/// <param name="Node">The node of a workflow; null for the run itself.</param>
/// <param name="Type">For example <c>run_started</c> or <c>node_finished</c>.</param>
/// <param name="Data">What belongs to the type; undefined for nothing.</param>
public readonly record struct RunEvent(long Sequence, DateTimeOffset Time, string RunId, string? Node, string Type, JsonElement Data);

/// <summary>Takes the events of a run, in their order.</summary>
public interface IRunEventSink
{
    /// <summary>Takes one event. Never called by two threads at once.</summary>
    void Take(in RunEvent told);
}
