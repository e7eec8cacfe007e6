using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Machines;
using Slipway.Machines.HandOff;
using Slipway.Runs.Jobs;
using Slipway.Store.Layout;
using Slipway.TestKit;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Runs;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Tests.Support;

/// <summary>A store and a folder for whole runs with records, on this machine.</summary>
internal sealed class RunWorld : IDisposable
{
    private readonly TempStore _store = new();
    private readonly List<NodeType> _types = [];

    public RunWorld() => Directory.CreateDirectory(_store.SlipwayHome);

    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    public string Folder => _store.Root;

    public List<TrustQuestion> Asked { get; } = [];

    public Failure? Refusal { get; set; }

    public StoreLayout Layout => new(_store.SlipwayHome);

    public WorkflowOrder Order => new()
    {
        Trust = question =>
        {
            Asked.Add(question);
            return Refusal;
        },
    };

    public RunWorld With(params NodeType[] types)
    {
        _types.AddRange(types);
        return this;
    }

    public async Task<WorkflowContext> ContextAsync()
    {
        var machine = new LocalMachine(TimeProvider.System, StartupEnvironment.Read());
        var facts = (await machine.GetFactsAsync(CancellationToken.None)).Value;
        return new WorkflowContext(new NodeCatalogue(_types), new BuildHost(machine, Layout, facts), TimeProvider.System, "1.2.3", Folder, name => Variables.GetValueOrDefault(name));
    }

    public string Save(WorkflowGraph graph, string name = "some")
    {
        var path = Path.Combine(Folder, $"{name}.workflow.json");
        File.WriteAllBytes(path, WorkflowText.Write(graph));
        return path;
    }

    public async Task<Result<WorkflowRunEnd>> RunAsync(string path, Func<WorkflowOrder, WorkflowOrder>? change = null, CancellationToken cancellationToken = default) =>
        await new RunWorkflow(await ContextAsync()).RunAsync(RunId.New(TimeProvider.System.GetUtcNow()), path, change?.Invoke(Order) ?? Order, null, cancellationToken);

    public async Task<Result<WorkflowRunEnd>> ResumeAsync(string run, bool fromFile = false, Func<WorkflowOrder, WorkflowOrder>? change = null) =>
        await new RunWorkflow(await ContextAsync()).ResumeAsync(run, fromFile, change?.Invoke(Order) ?? Order, null, CancellationToken.None);

    public async Task<WorkflowRunView> ViewAsync(RunId id)
    {
        var context = await ContextAsync();
        var runs = new WorkflowRuns(context.Host, context.Time);
        return runs.View((await runs.FindAsync(id.ToString(), CancellationToken.None)).Value);
    }

    public string Read(RunId id, string file) => File.ReadAllText(Path.Combine(Layout.Run(id.ToString()), file));

    public JsonElement Json(RunId id, string file) => JsonMembers.Parse(Read(id, file).Split('\n')[0]);

    public void Dispose() => _store.Dispose();
}
