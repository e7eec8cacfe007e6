using System.Runtime.CompilerServices;
using System.Text;
using Example;
using Slipway.TestKit;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Tests.Support;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Tests.Nodes;

/// <summary>The guide says what the catalogue says, and its example is code that runs.</summary>
public sealed class NodeGuideTests : IDisposable
{
    private readonly NodeWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Guide_has_the_table_of_all_types_and_the_example_as_it_is_compiled()
    {
        var path = Path.GetFullPath("../../../docs/guides/workflow-nodes.md", Here());
        var guide = File.ReadAllText(path);
        var should = Between(guide, "<!-- types -->\n", "<!-- end of types -->", Table(_world.Catalogue));
        should = Between(should, "<!-- example -->\n", "<!-- end of example -->", $"```csharp\n{File.ReadAllText(Path.Combine(Here(), "OnnxInference.cs"))}```\n");
        if (Environment.GetEnvironmentVariable("SLIPWAY_UPDATE_SNAPSHOTS") is "1")
        {
            File.WriteAllText(path, should);
            return;
        }

        Assert.Equal(should, guide);
    }

    [Fact]
    public void Types_say_what_they_are_and_are_kept_only_where_that_is_right()
    {
        Assert.All(_world.Catalogue.All, static type => Assert.EndsWith(".", type.Description, StringComparison.Ordinal));
        Assert.All(_world.Catalogue.All.SelectMany(static type => type.Inputs.Concat(type.Outputs)), static port => Assert.NotEmpty(port.Description));
        Assert.All(_world.Catalogue.All.SelectMany(static type => type.Inputs), static port => Assert.True(port.Default is not { } value || port.Objection(value) is null, port.Name));
        Assert.Equal(
            ["dependency-environment", "file-output", "human-input", "puma-lib", "run-on-host", "run-recipe", "run-workflow", "secret-input"],
            _world.Catalogue.All.Where(static type => type.Purity is NodePurity.Never).Select(static type => type.Id),
            StringComparer.Ordinal);
        Assert.Equal(["python-script"], _world.Catalogue.All.Where(static type => type.Purity is NodePurity.Pure && !type.IsCheap).Select(static type => type.Id), StringComparer.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Example_is_a_type_like_any_other()
    {
        // What onnxruntime is to the example, a module of the same face: real wheels of it are large, and come from the public index alone.
        _world.Write("model.onnx", "x");
        await using var index = await LocalIndex.StartAsync();
        index.Add(new WheelBuilder("onnxruntime", "1.0").Module("onnxruntime.py", "class Port:\n    name = 'sum'\nclass InferenceSession:\n    def __init__(self, path, providers):\n        open(path).close()\n    def run(self, names, inputs):\n        return [sum(inputs['x'])]\n    def get_outputs(self):\n        return [Port]\n"));
        _world.Catalogue = _world.Catalogue.With(OnnxInference.Type(_world.Services.Here.Machine));
        var graph = Plain.Graph("example-onnx", ["env:dependency-environment", "run"], "env.environment_ref -> run.environment_ref")
            .Set("run.model", "\"model.onnx\"").Set("run.inputs", "{\"x\": [1, 2, 3.5]}")
            .Set("env.dependency_requirements", $"{{\"contract_version\": 1, \"model_id\": \"m\", \"bindings\": [{{\"binding_id\": \"b\", \"environment_kind\": \"python-venv\", \"requirements\": [{{\"name\": \"onnxruntime\", \"index_url\": \"{index.SimpleUrl}\"}}]}}]}}");

        var result = await _world.RunAsync(graph);
        Assert.Equal("{\"sum\": 6.5}", result.Of("run").Json("outputs"));
        Assert.Equal(NodeState.Cached, (await _world.RunAsync(graph)).Of("run").State);
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    private static string Between(string text, string begin, string end, string content)
    {
        var (from, to) = (text.IndexOf(begin, StringComparison.Ordinal) + begin.Length, text.IndexOf(end, StringComparison.Ordinal));
        return $"{text[..from]}{content}{text[to..]}";
    }

    private static string Table(NodeCatalogue catalogue)
    {
        var text = new StringBuilder();
        foreach (var category in catalogue.All.GroupBy(static type => type.Category, StringComparer.Ordinal).OrderBy(static group => group.Key, StringComparer.Ordinal))
        {
            text.Append($"### {category.Key}\n\n| type | inputs | outputs |\n| --- | --- | --- |\n");
            foreach (var type in category)
            {
                text.Append($"| `{type.Id}`<br>{type.Description}{Facts(type)} | {Ports(type.Inputs, type.FurtherInputs)} | {Ports(type.Outputs, type.FurtherOutputs)} |\n");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static string Facts(NodeType type) => type.Purity switch
    {
        NodePurity.Never => " *Runs each time.*",
        NodePurity.Seeded => " *Kept for a `seed`.*",
        _ => type.IsCheap ? string.Empty : " *Outputs are kept.*",
    };

    private static string Ports(IEnumerable<PortSpec> ports, PortType? further) => string.Join("<br>", ports.Select(Words).Concat(further is null ? [] : [$"any other name ({further})"]).DefaultIfEmpty("none"));

    private static string Words(PortSpec port)
    {
        var facts = new List<string> { port.Type.ToString() };
        facts.AddRange(port.TakesMany ? ["several edges"] : []);
        facts.AddRange(port.Choices.Length > 0 ? [string.Join(" / ", port.Choices)] : []);
        facts.AddRange(port.Default is { } value ? [$"default {value}"] : []);
        facts.AddRange(port.Aliases.Length > 0 ? [$"also `{string.Join("`, `", port.Aliases)}`"] : []);
        return $"`{port.Name}`{(port.IsRequired ? "\\*" : string.Empty)} ({string.Join("; ", facts)}): {port.Description.Replace("|", "\\|", StringComparison.Ordinal)}";
    }
}
