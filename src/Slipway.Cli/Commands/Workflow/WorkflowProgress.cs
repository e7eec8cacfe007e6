using System.Globalization;
using System.Text.Json;
using Slipway.Cli.Terminal;
using Slipway.Runs.Events;

namespace Slipway.Cli.Commands.Workflow;

/// <summary>
/// Shows how a run goes: at a terminal one live line that counts nodes and names those that run, each with what it said last; elsewhere a line for each node that
/// ran; with events, each event as a line of standard output.
/// </summary>
internal sealed class WorkflowProgress(Output output, TimeProvider time, bool printsEvents) : IRunEventSink, IDisposable
{
    private const int NodesNamed = 4;
    private const int NodesTold = 200;

    private readonly BuildProgressView _view = new(output, time);
    private readonly SortedDictionary<string, string> _running = new(StringComparer.Ordinal);
    private int _done;
    private int _all;
    private bool _isDisposed;

    /// <inheritdoc/>
    public void Take(in RunEvent told)
    {
        if (printsEvents)
        {
            EventLines.Write(output, told);
            return;
        }

        if (told.Type is "run_started")
        {
            Begin(told.RunId, told.Data);
        }
        else if (told.Node is { } node)
        {
            TakeNode(node, told.Type, told.Data);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _view.Dispose();
        }
    }

    private void Begin(string run, JsonElement data)
    {
        _all = data.GetProperty("nodes").GetInt32();
        output.Say($"slipway: run {run} of {data.GetProperty("workflow").GetString()}, {_all} nodes");
        var reused = data.GetProperty("reused").EnumerateArray().Select(static node => node.GetString()!).ToList();
        if (reused.Count > 0)
        {
            output.Say($"slipway: used again: {string.Join(", ", reused.Take(NodesTold))}{(reused.Count > NodesTold ? $" and {reused.Count - NodesTold} more" : string.Empty)}");
        }
    }

    private void TakeNode(string node, string type, JsonElement data)
    {
        switch (type)
        {
            case "node_started":
                _running[node] = string.Empty;
                Show();
                break;
            case "node_progress":
                Say(node, Text(data, "message"));
                break;
            case "env_state":
                Say(node, $"environment {Text(data, "state")}");
                break;
            case "log":
                if (output.IsVerbose && !_view.IsLive)
                {
                    output.Say($"slipway: {node} | {Text(data, "line")}");
                }

                break;
            case "node_finished" or "node_cached" or "node_failed" or "node_waiting" or "node_skipped":
                _done++;
                _running.Remove(node);
                End(node, type, data);
                break;
        }
    }

    private void Say(string node, string message)
    {
        if (_running.TryGetValue(node, out var said) && string.Equals(said, message, StringComparison.Ordinal))
        {
            return;
        }

        if (_running.ContainsKey(node))
        {
            _running[node] = message;
        }

        if (_view.IsLive)
        {
            Show();
        }
        else
        {
            output.Say($"slipway: {node}: {message}");
        }
    }

    private void End(string node, string type, JsonElement data)
    {
        if (_view.IsLive)
        {
            Show();
        }
        else if (_all <= NodesTold || type is "node_failed" or "node_waiting")
        {
            var took = data.ValueKind is JsonValueKind.Object && data.TryGetProperty("seconds", out var seconds) ? $" in {seconds.GetDouble().ToString("0.0", CultureInfo.InvariantCulture)} s" : string.Empty;
            output.Say($"slipway: {node}: {type["node_".Length..]}{took}");
        }
    }

    // At a terminal only: a line elsewhere is never written over.
    private void Show()
    {
        if (_view.IsLive)
        {
            var names = _running.Take(NodesNamed).Select(static pair => pair.Value.Length == 0 ? pair.Key : $"{pair.Key} ({pair.Value})");
            _view.Stage($"{_done} of {_all} nodes{(_running.Count == 0 ? string.Empty : $": {string.Join(", ", names)}{(_running.Count > NodesNamed ? $" and {_running.Count - NodesNamed} more" : string.Empty)}")}");
        }
    }

    private static string Text(JsonElement data, string member) =>
        data.ValueKind is JsonValueKind.Object && data.TryGetProperty(member, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString()! : string.Empty;
}
