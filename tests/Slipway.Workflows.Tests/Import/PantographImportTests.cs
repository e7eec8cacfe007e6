using System.Text;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Import;
using Slipway.Workflows.Tests.Support;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Tests.Import;

public sealed class PantographImportTests
{
    private static readonly NodeCatalogue Catalogue = new(
    [
        Type("text-input", [PortSpec.Optional("text", PortType.Text, "")], ["text"]),
        Type("puma-lib", [PortSpec.Optional("model_id", PortType.Text, ""), PortSpec.Optional("inference_settings", PortType.Json, "")], ["model_path", "dependency_requirements"]),
        Type("dependency-environment", [PortSpec.Optional("model_path", PortType.Text, ""), PortSpec.Required("dependency_requirements", PortType.Json, ""), PortSpec.Optional("mode", PortType.Text, "")], ["environment_ref", "resolved_dependency_requirements", "status"]),
        Type("pytorch-inference", [PortSpec.Required("model_path", PortType.Text, ""), PortSpec.Optional("prompt", PortType.Text, ""), PortSpec.Required("environment_ref", PortType.Environment, "")], ["response"]) with { FurtherInputs = PortType.Any },
        Type("condition", [PortSpec.Optional("value", PortType.Any, "")], ["then", "else"]),
        Type("text-output", [PortSpec.Required("text", PortType.Any, "")], ["text"]),
    ]);

    [Fact]
    public void Missing_dependency_step_is_added_between_model_and_inference_with_its_edges()
    {
        var imported = Import("""
            {"version":"1.0","metadata":{"name":"Talk"},"graph":{"nodes":[
              {"id":"Model 1","node_type":"puma-lib","position":{"x":-10.6,"y":4},"data":{"label":"Model","modelPath":"/media/someone/models/x","model_id":"a/b","modelName":"x","inference_settings":[{"key":"voice","cache_dir":"/home/someone/c"}]}},
              {"id":"infer","node_type":"pytorch-inference","position":{"x":30,"y":8},"data":{"response":"left","prompt":"kept"}}],
             "edges":[{"source":"Model 1","source_handle":"model_path","target":"infer","target_handle":"model_path"},
              {"source":"Model 1","source_handle":"dependency_requirements","target":"infer","target_handle":"voice"}],
             "derived_graph":{}},"viewport":{}}
            """);
        var text = Encoding.UTF8.GetString(WorkflowText.Write(imported.Graph));
        Assert.DoesNotContain("someone", text, StringComparison.Ordinal);
        Assert.Equal(["dependency-environment", "infer", "model-1"], imported.Graph.Nodes.Keys.Select(static id => id.ToString()), StringComparer.Ordinal);
        Assert.Equal(
            [
                "model-1.dependency_requirements -> dependency-environment.dependency_requirements", "model-1.model_path -> dependency-environment.model_path",
                "dependency-environment.environment_ref -> infer.environment_ref", "model-1.model_path -> infer.model_path", "model-1.dependency_requirements -> infer.voice",
            ],
            imported.Graph.Edges.Order().Select(static edge => edge.ToString()),
            StringComparer.Ordinal);
        var model = imported.Graph.Nodes[NodeId.Parse("model-1")!.Value];
        Assert.Equal(("a/b", "Model", "-11", "[{\"key\":\"voice\",\"cache_dir\":null}]"), (model.Inputs["model_id"].GetString(), model.Label, model.Ui["x"].GetRawText(), model.Inputs["inference_settings"].GetRawText()));
        Assert.Equal("kept", imported.Graph.Nodes[NodeId.Parse("infer")!.Value].Inputs["prompt"].GetString());
        Assert.Equal(
            [(ImportKind.Renamed, "model-1"), (ImportKind.Dropped, "model-1"), (ImportKind.Dropped, "model-1"), (ImportKind.Dropped, "infer"), (ImportKind.Added, "dependency-environment"), (ImportKind.Added, "dependency-environment"), (ImportKind.Added, "dependency-environment"), (ImportKind.Dropped, null)],
            imported.Remarks.Select(static remark => (remark.Kind, remark.Node)));
        Assert.Contains("model_id is kept", imported.Remarks[1].Message, StringComparison.Ordinal);
        Assert.Empty(new Workflows.Validation.GraphValidator(Catalogue).Problems(imported.Graph).Where(static problem => problem.IsError));
    }

    [Fact]
    public void Step_that_is_there_is_used_its_state_is_left_out_and_its_ports_have_our_names()
    {
        var imported = Import("""
            {"graph":{"nodes":[
              {"id":"m","nodeType":"puma-lib","position":[1,2],"data":{}},
              {"id":"d","nodeType":"dependency-environment","data":{"mode":"auto","activity_log":["x"],"environment_ref":{"python_executable":"/a/b"},"dependency_status":{}}},
              {"id":"i","nodeType":"pytorch-inference","data":{}},
              {"id":"o","nodeType":"text-output","data":{"text":"what came last"}},
              {"id":"c","nodeType":"conditional","data":{}}],
             "edges":[{"source":"m","sourceHandle":"model_path","target":"d","targetHandle":"model_path"},
              {"source":"m","sourceHandle":"model_path","target":"i","targetHandle":"model_path"},
              {"source":"d","sourceHandle":"dependency_status","target":"c","targetHandle":"value"},
              {"source":"c","sourceHandle":"true_out","target":"o","targetHandle":"text"}]}}
            """);
        Assert.Equal(
            ["d.status -> c.value", "m.dependency_requirements -> d.dependency_requirements", "m.model_path -> d.model_path", "d.environment_ref -> i.environment_ref", "m.model_path -> i.model_path", "c.then -> o.text"],
            imported.Graph.Edges.Order().Select(static edge => edge.ToString()),
            StringComparer.Ordinal);
        Assert.Equal(["mode"], imported.Graph.Nodes[NodeId.Parse("d")!.Value].Inputs.Keys, StringComparer.Ordinal);
        Assert.Empty(imported.Graph.Nodes[NodeId.Parse("o")!.Value].Inputs);
        Assert.Equal("condition", imported.Graph.Nodes[NodeId.Parse("c")!.Value].Type);
    }

    [Fact]
    public void Unknown_type_is_kept_as_it_was_and_what_cannot_be_connected_is_told()
    {
        var imported = Import("""
            {"nodes":[{"id":"t","node_type":"text-input","data":{"definition":{"outputs":[{"id":"extra"}]}}},{"id":"r","node_type":"rag-search","data":{"collection":"code","status":"done"}},{"id":"t","node_type":"text-input"},{"node_type":"x"}],
             "edges":[{"source":"t","source_handle":"text","target":"r","target_handle":"query"},{"source":"t","source_handle":"extra","target":"r","target_handle":"query"},{"source":"t","source_handle":"text","target":"gone","target_handle":"x"}]}
            """);
        var kept = imported.Graph.Nodes[NodeId.Parse("r")!.Value];
        Assert.Equal(("rag-search", "{\"collection\":\"code\"}"), (kept.Type, kept.Unknown["data"].GetRawText()));
        Assert.Equal("t.text -> r.query", Assert.Single(imported.Graph.Edges).ToString());
        Assert.Contains(imported.Remarks, static remark => remark is { Kind: ImportKind.Unknown, Node: "r" });
        Assert.Contains(imported.Remarks, static remark => remark.Message.Contains("'extra', which only this node declares,", StringComparison.Ordinal));
        Assert.Contains(imported.Remarks, static remark => remark is { Kind: ImportKind.Renamed, Node: "t-2" });
        var written = WorkflowText.Read(WorkflowText.Write(imported.Graph), "again").Value;
        Assert.Empty(written.Problems);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("""{"graph":{"nodes":{}}}""")]
    [InlineData("""{"schema":"slipway.workflow/1","nodes":{}}""")]
    [InlineData("""{"graph":{"nodes":[{"id":"\ud800","node_type":"x"}]}}""")]
    public void What_is_no_such_file_is_refused(string text) =>
        Assert.Equal(WorkflowsFailures.NotImportable, new PantographImport(Catalogue).Read(Encoding.UTF8.GetBytes(text), "file").Failure.Code);

    private static ImportedWorkflow Import(string text) => new PantographImport(Catalogue).Read(Encoding.UTF8.GetBytes(text), "file").Value;

    private static NodeType Type(string id, PortSpec[] inputs, string[] outputs) => new(id, "Test", "Test.")
    {
        Inputs = [.. inputs],
        Outputs = [.. outputs.Select(static name => PortSpec.Optional(name, name is "environment_ref" ? PortType.Environment : PortType.Any, string.Empty))],
        Behaviour = Plain.Pass.Behaviour,
    };
}
