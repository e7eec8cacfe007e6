using System.Collections.Concurrent;
using Slipway.Runs.Events;
using Slipway.TestKit;
using Slipway.Workflows.Caching;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Tests.Support;

/// <summary>A folder, a cache and a log for runs of the engine.</summary>
internal sealed class EngineWorld : IDisposable
{
    private readonly TempFolder _folder = new();

    public EngineWorld()
    {
        Blobs = new BlobStore(_folder.Combine("blobs"));
        Cache = new NodeCache(_folder.Combine("nodes"), Blobs);
        Place = new RunPlace(_folder.FullPath, Blobs);
    }

    public BlobStore Blobs { get; }

    public NodeCache Cache { get; }

    public RunPlace Place { get; }

    public TempFolder Folder => _folder;

    public ManualTimeProvider Time { get; } = new();

    /// <summary>What was told, as <c>type node</c>.</summary>
    public List<string> Told { get; } = [];

    public async Task<RunResult> RunAsync(WorkflowGraph graph, IEnumerable<NodeType> types, Func<RunRequest, RunRequest>? change = null, CancellationToken cancellationToken = default)
    {
        var request = new RunRequest(graph, Place);
        using var events = new RunEventLog(null, "20261126t000000-00000000", Time, new Listener(Told));
        return await new WorkflowEngine(new NodeCatalogue(types), Cache, Time).RunAsync(change?.Invoke(request) ?? request, events, null, cancellationToken);
    }

    public void Dispose() => _folder.Dispose();

    private sealed class Listener(List<string> told) : IRunEventSink
    {
        public void Take(in RunEvent one) => told.Add($"{one.Type} {one.Node}");
    }
}
