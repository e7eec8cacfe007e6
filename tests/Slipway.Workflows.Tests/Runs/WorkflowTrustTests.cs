using System.Collections.Immutable;
using Slipway.Store.Layout;
using Slipway.TestKit;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Loading;
using Slipway.Workflows.Nodes;
using Slipway.Workflows.Runs;
using Slipway.Workflows.Tests.Support;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Tests.Runs;

public sealed class WorkflowTrustTests
{
    [Fact]
    public void Script_that_a_text_node_names_is_trusted_by_its_content_too()
    {
        using var folder = new TempFolder();
        var words = Plain.Pass with { Id = "words", Inputs = [PortSpec.Required("text", PortType.Text, "a text")], Outputs = [PortSpec.Required("text", PortType.Text, "it")] };
        var runs = Plain.Pass with { Id = "runs", RunsCode = true, Inputs = [PortSpec.Required("script", PortType.Text, "a script") with { NamesCode = true }] };
        var catalogue = new NodeCatalogue([words, runs]);
        var file = folder.Combine("w.workflow.json");
        File.WriteAllBytes(file, WorkflowText.Write(Plain.Graph("runs", ["a:words", "b"], "a.text -> b.script").Set("a.text", "\"do.py\"")));
        folder.WriteFile("do.py", "print(1)\n");
        var workflow = new WorkflowLoader(catalogue).Load(file).Value;
        var trust = new WorkflowTrust(catalogue, new StoreLayout(folder.CreateFolder("store")));
        var given = ImmutableDictionary<PortAddress, PortValue>.Empty;

        var question = trust.Question(workflow, given)!;
        Assert.Contains("  do.py", question.Lines, StringComparer.Ordinal);
        Assert.True(trust.Trust(question).IsOk);
        Assert.Null(trust.Question(workflow, given));
        folder.WriteFile("do.py", "print(2)\n");
        Assert.NotNull(trust.Question(workflow, given));

        // So is what it can import.
        Assert.True(trust.Trust(trust.Question(workflow, given)!).IsOk);
        folder.WriteFile("beside.py", "V = 1\n");
        Assert.NotNull(trust.Question(workflow, given));
    }

    [Fact]
    public void Scripts_that_a_recipe_and_its_settings_name_are_trusted_by_their_content_too()
    {
        using var folder = new TempFolder();
        var runs = Plain.Pass with
        {
            Id = "runs",
            RunsCode = true,
            Inputs = [PortSpec.Required("recipe", PortType.Text, "a recipe") with { NamesCode = true }, PortSpec.Optional("config", PortType.Text, "settings") with { NamesCode = true }, PortSpec.Optional("settings", PortType.Json, "more settings")],
        };
        var catalogue = new NodeCatalogue([runs]);
        var file = folder.Combine("w.workflow.json");
        File.WriteAllBytes(file, WorkflowText.Write(Plain.Graph("runs", ["a", "b"]).Set("a.recipe", "\"sl_basic\"").Set("a.settings", "{\"reward\": \"./reward.py\"}").Set("b.recipe", "\"mine/my.toml\"").Set("b.config", "\"more.toml\"")));
        folder.CreateFolder("mine");
        folder.WriteFile("mine/my.toml", "extends = 'sl_basic'\n[settings]\ndataset = './data.py'\n");
        folder.WriteFile("more.toml", "environment = \"env.py\"\n");
        string[] scripts = ["reward.py", "mine/data.py", "env.py"];
        foreach (var script in scripts)
        {
            folder.WriteFile(script, "V = 0\n");
        }

        var workflow = new WorkflowLoader(catalogue).Load(file).Value;
        var trust = new WorkflowTrust(catalogue, new StoreLayout(folder.CreateFolder("store")));
        var given = ImmutableDictionary<PortAddress, PortValue>.Empty;
        var question = trust.Question(workflow, given)!;
        Assert.All((string[])["  recipe: sl_basic", "  ./reward.py", "  mine/my.toml", "  ./data.py", "  more.toml", "  env.py"], line => Assert.Contains(line, question.Lines, StringComparer.Ordinal));
        foreach (var script in scripts)
        {
            Assert.True(trust.Trust(trust.Question(workflow, given)!).IsOk);
            Assert.Null(trust.Question(workflow, given));
            folder.WriteFile(script, "V = 1\n");
            Assert.NotNull(trust.Question(workflow, given));
        }
    }

    [Theory]
    [InlineData("models.toml", "[[models]]\nmodel_id = 'm'\npath = 'x'\n[models.dependency_requirements]\ncontract_version = 1\n[[models.dependency_requirements.bindings]]\nbinding_id = 'b'\nrequirements = [{ name = 'demo', exact_pin = '==1.0' }]\n")]
    [InlineData("one/slipway-model.json", "{\"model_id\": \"m\", \"path\": \"x\", \"dependency_requirements\": {\"contract_version\": 1, \"bindings\": [{\"binding_id\": \"b\", \"requirements\": [{\"name\": \"demo\", \"exact_pin\": \"==1.0\"}]}]}}")]
    public void Model_catalogue_is_trusted_by_its_content_where_nodes_run_code(string name, string content)
    {
        using var folder = new TempFolder();
        var runs = Plain.Pass with { Id = "runs", RunsCode = true, Inputs = [PortSpec.Required("needs", PortType.Requirements, "what is needed")] };
        var catalogue = new NodeCatalogue([ModelLibraryNode.Type, runs]);
        var file = folder.Combine("w.workflow.json");
        var graph = Plain.Graph("runs", ["model:puma-lib", "b"], "model.dependency_requirements -> b.needs").Set("model.catalogue", "\".\"").Set("model.model_id", "\"m\"");
        File.WriteAllBytes(file, WorkflowText.Write(graph));
        folder.WriteFile(name, content);
        var workflow = new WorkflowLoader(catalogue).Load(file).Value;
        var trust = new WorkflowTrust(catalogue, new StoreLayout(folder.CreateFolder("store")));
        var given = ImmutableDictionary<PortAddress, PortValue>.Empty;

        var question = trust.Question(workflow, given)!;
        Assert.Contains("  m, packages: demo==1.0", question.Lines, StringComparer.Ordinal);
        Assert.True(trust.Trust(question).IsOk);
        Assert.Null(trust.Question(workflow, given));
        folder.WriteFile(name, content.Replace("==1.0", "==2.0", StringComparison.Ordinal));
        Assert.Contains("  m, packages: demo==2.0", trust.Question(workflow, given)!.Lines, StringComparer.Ordinal);

        // A workflow that only reads it runs nothing.
        File.WriteAllBytes(file, WorkflowText.Write(Plain.Graph("puma-lib", ["model"]).Set("model.catalogue", "\".\"").Set("model.model_id", "\"m\"")));
        Assert.Null(trust.Question(new WorkflowLoader(catalogue).Load(file).Value, given));
    }
}
