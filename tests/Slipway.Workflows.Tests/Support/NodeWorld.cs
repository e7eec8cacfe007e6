using System.Collections.Concurrent;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Environments.Bindings;
using Slipway.Machines;
using Slipway.Machines.HandOff;
using Slipway.Machines.Posix;
using Slipway.Runs.Events;
using Slipway.Runs.Hosts;
using Slipway.Store.Layout;
using Slipway.TestKit;
using Slipway.Workflows.Caching;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Nodes;
using Slipway.Workflows.Types;
using Slipway.Workflows.Validation;

namespace Slipway.Workflows.Tests.Support;

/// <summary>A store, a project folder and the types that come with Slipway, shut off from the person who runs the tests.</summary>
internal sealed class NodeWorld : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private readonly TempStore _store = new();
    private readonly CancellationTokenSource _limit = new(Limit);
    private readonly TaskCompletionSource<string> _firstLine = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public NodeWorld(params (string Name, string Value)[] variables)
    {
        var block = StartupEnvironment.Read().ToBlock();
        foreach (var (name, value) in _store.Environment.Where(static pair => pair.Value is not null).Select(static pair => (pair.Key, pair.Value!))
            .Concat(variables).Append(("PATH", $"{Path.GetDirectoryName(DefaultPython.FullPath)}:/usr/bin:/bin")))
        {
            block.Set(PosixText.Encode(name), PosixText.Encode(value));
        }

        foreach (var (name, _) in _store.Environment.Where(static pair => pair.Value is null))
        {
            block.Unset(PosixText.Encode(name));
        }

        var startup = new StartupEnvironment(block.ToArray());
        var machine = new LocalMachine(environment: startup);
        var facts = Task.Run(() => machine.GetFactsAsync(CancellationToken.None)).GetAwaiter().GetResult().Value;
        Layout = StoreHome.Prepare(new StoreLayout(_store.SlipwayHome), facts.UserId).Value;
        var host = new BuildHost(machine, Layout, facts);
        Services = new NodeServices(host, startup, static () => new Failure(WorkflowsFailures.NodeFailed, "This world has no hosts."), TimeProvider.System, "test") { Roots = [_store.Root] };
        host = host with { Variable = Services.Variable };
        Services = Services with { Here = host };
        Catalogue = BuiltinNodes.Catalogue(Services);
        Folder = Directory.CreateDirectory($"{_store.Root}/project").FullName;
        Blobs = new BlobStore($"{Layout.Cache}/blobs");
        Place = new RunPlace(Folder, Blobs) { OutputFolder = $"{_store.Root}/outputs", WorkflowFile = $"{Folder}/main.workflow.json" };
    }

    /// <summary>The Python with the oldest pip that is still common.</summary>
    public static PythonInterpreter DefaultPython => Pythons.TryFind(3, 11) ?? Pythons.Default;

    public NodeServices Services { get; set; }

    public NodeCatalogue Catalogue { get; set; }

    public StoreLayout Layout { get; }

    public BlobStore Blobs { get; }

    public RunPlace Place { get; }

    /// <summary>The directory of the workflow's file.</summary>
    public string Folder { get; }

    public CancellationToken Token => _limit.Token;

    /// <summary>What was told.</summary>
    public ConcurrentQueue<RunEvent> Told { get; } = new();

    public BindingEnvironments Environments => BindingEnvironments.For(Services.Here, new OverrideStore(Layout), [_store.Root]);

    /// <summary>The first line that a node of this world tells.</summary>
    public Task<string> FirstLine => _firstLine.Task;

    /// <summary>The lines that were told.</summary>
    public IEnumerable<string> Lines => Told.Where(static one => one.Type is "log").Select(static one => one.Data.GetProperty("line").GetString()!);

    public string Write(string path, string text)
    {
        var full = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return full;
    }

    /// <summary>Runs a graph, after it was found to have no problems.</summary>
    public async Task<RunResult> RunAsync(WorkflowGraph graph, Func<RunRequest, RunRequest>? change = null, CancellationToken? cancellationToken = null)
    {
        var request = new RunRequest(graph, Place);
        request = change?.Invoke(request) ?? request;
        Assert.Empty(new GraphValidator(Catalogue).Problems(graph, request.Given.Keys.ToHashSet()).Where(static problem => problem.IsError));
        using var events = new RunEventLog(null, "20261126t000000-00000000", TimeProvider.System, new Listener(this));
        return await new WorkflowEngine(Catalogue, new NodeCache($"{Layout.Cache}/nodes", Blobs), TimeProvider.System).RunAsync(request, events, null, cancellationToken ?? Token);
    }

    /// <summary>Runs one node with these inputs, each <c>port: JSON</c>.</summary>
    public async Task<NodeResult> RunOneAsync(string type, params (string Port, string Json)[] inputs)
    {
        var graph = inputs.Aggregate(Plain.Graph(type, ["one"]), static (graph, input) => graph.Set($"one.{input.Port}", input.Json));
        return (await RunAsync(graph)).Of("one");
    }

    public void Dispose()
    {
        _limit.Dispose();
        _store.Dispose();
    }

    private sealed class Listener(NodeWorld world) : IRunEventSink
    {
        public void Take(in RunEvent one)
        {
            world.Told.Enqueue(one);
            if (one.Type is "log")
            {
                world._firstLine.TrySetResult(one.Data.GetProperty("line").GetString()!);
            }
        }
    }
}

/// <summary>What is said about results in tests.</summary>
internal static class NodeResults
{
    /// <summary>An output as JSON.</summary>
    public static string Json(this NodeResult result, string port)
    {
        Assert.True(result.State is NodeState.Finished or NodeState.Cached, result.Failure is { } failure ? $"{failure}\n{failure.Detail}" : result.ToString());
        return result.Outputs.Values[port].Json.GetRawText();
    }

    /// <summary>It failed with a code and these words.</summary>
    public static Failure AssertFailed(this NodeResult result, FailureCode code, params string[] words)
    {
        var failure = result.Failure;
        Assert.True(failure is not null, $"It is {result.State}.");
        Assert.True(failure.Code == code, failure.ToString());
        Assert.All(words, word => Assert.Contains(word, failure.Message, StringComparison.Ordinal));
        return failure;
    }
}
