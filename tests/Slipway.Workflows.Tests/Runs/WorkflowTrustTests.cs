using System.Collections.Immutable;
using Slipway.Store.Layout;
using Slipway.TestKit;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Loading;
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
    }
}
