using System.Collections.Immutable;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Tests.Support;
using Slipway.Workflows.Types;
using Slipway.Workflows.Validation;

namespace Slipway.Workflows.Tests.Validation;

public sealed class GraphValidatorTests
{
    private static readonly NodeType Number = Plain.Pass with { Id = "number", Outputs = [PortSpec.Optional("value", PortType.Number, "a number")] };

    private static readonly NodeType Picture = Plain.Pass with
    {
        Id = "picture",
        Inputs = [PortSpec.Required("image", PortType.Image, "the picture"), PortSpec.Optional("size", PortType.Number, "the size"), PortSpec.Optional("way", PortType.Text, "how") with { Choices = ["fast", "slow"] }],
    };

    private static readonly GraphValidator Validator = new(new NodeCatalogue([Plain.Pass, Number, Picture]));

    [Fact]
    public void Everything_is_found_at_once()
    {
        var graph = Plain.Graph(
            "pass", ["one:pass", "two", "three", "n:number", "p:picture", "odd:pictur", "alone"],
            "one.value -> two.value", "two.value -> three.value", "three.value -> one.value", "n.value -> p.image", "n.wrong -> p.size", "n.value -> p.colour", "gone.value -> p.size", "odd.x -> p.size")
            .Set("p.way", "\"medium\"").Set("p.size", "\"big\"");

        var problems = Validator.Problems(graph);

        Assert.Equal(
            [
                "WFL0104 /nodes/odd/type", "WFL0108 /edges/3", "WFL0106 /edges/4/from", "WFL0106 /edges/5/to", "WFL0107 /edges/6/from", "WFL0111 /edges/6/to",
                "WFL0112 /nodes/p/inputs/size", "WFL0112 /nodes/p/inputs/way", "WFL0109 /nodes/one", "WFL0113 /nodes/alone",
            ],
            problems.Select(static problem => $"{problem.Code.Id} {problem.Pointer}"),
            StringComparer.Ordinal);
        Assert.Contains("did you mean 'picture'?", problems[0].Message, StringComparison.Ordinal);
        Assert.Contains("one -> two -> three -> one", problems.Single(static problem => problem.Code == WorkflowsFailures.Cycle).Message, StringComparison.Ordinal);
        Assert.False(problems[^1].IsError);
    }

    [Fact]
    public void Required_input_needs_an_edge_a_value_a_default_or_what_the_run_is_given()
    {
        var graph = Plain.Graph("picture", ["p"]);

        Assert.Equal(WorkflowsFailures.MissingInput, Assert.Single(Validator.Problems(graph)).Code);
        Assert.Empty(Validator.Problems(graph.Set("p.image", "\"a.png\"")));
        Assert.Empty(Validator.Problems(graph, new HashSet<PortAddress> { PortAddress.Parse("p.image")!.Value }));
        Assert.Empty(Validator.Problems(graph.Change("p", static node => node with { Bypass = true })));
        Assert.False(Assert.Single(Validator.Problems(graph.Set("p.image", "\"/home/me/a.png\""))).IsError);
    }

    [Fact]
    public void What_must_not_be_saved_is_refused()
    {
        var types = new NodeCatalogue([Plain.Pass with
        {
            Inputs = [PortSpec.Optional("key", PortType.Secret, "a key"), PortSpec.Optional("environment_ref", PortType.Environment, "an environment")],
        }]);

        var problems = new GraphValidator(types).Problems(Plain.Graph("pass", ["a"]).Set("a.key", "\"hunter2\"").Set("a.environment_ref", "{}"));

        Assert.Equal([WorkflowsFailures.BadValue, WorkflowsFailures.SavedSecret], problems.Select(static problem => problem.Code));
        Assert.DoesNotContain(problems, static problem => problem.Message.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public void Earlier_versions_are_brought_to_this_one_and_later_ones_refused()
    {
        var type = Plain.Pass with
        {
            Version = 3,
            Migrations = ImmutableSortedDictionary<int, Func<WorkflowNode, WorkflowNode>>.Empty
                .Add(1, static node => node with { Inputs = node.Inputs.Remove("old").SetItem("value", node.Inputs["old"]) })
                .Add(2, static node => node),
        };
        var validator = new GraphValidator(new NodeCatalogue([type]));

        var first = validator.Migrate(Plain.Graph("pass", ["a"]).Set("a.old", "7"));
        Assert.Empty(first.Problems);
        Assert.Equal((3, "7"), (first.Graph.Nodes.Values.Single().Version, first.Graph.Nodes.Values.Single().Inputs["value"].GetRawText()));
        var later = validator.Migrate(Plain.Graph("pass", ["a"]).Change("a", static node => node with { Version = 4 }));
        Assert.Equal((WorkflowsFailures.UnknownVersion, "/nodes/a/version"), (Assert.Single(later.Problems).Code, later.Problems[0].Pointer));
    }

    [Fact]
    public void Types_fit_as_the_table_says_and_a_secret_goes_to_secrets_only()
    {
        var fitting = PortType.All.SelectMany(static from => PortType.All.Where(from.Fits).Select(to => $"{from}>{to}")).ToHashSet(StringComparer.Ordinal);

        Assert.All(PortType.All, type => Assert.Contains($"{type}>{type}", fitting));
        foreach (var pair in (string[])["prompt>string", "string>prompt", "number>string", "json>string", "audio>file", "environment_ref>json", "any>number", "number>any", "audio_stream>stream"])
        {
            Assert.Contains(pair, fitting);
        }

        foreach (var pair in (string[])["string>number", "number>boolean", "image>audio", "secret>any", "any>secret", "secret>string", "string>secret", "environment_ref>string"])
        {
            Assert.DoesNotContain(pair, fitting);
        }
    }

    [Fact]
    public void Cycles_are_told_once_each_and_a_large_graph_is_no_matter()
    {
        var graph = Plain.Graph("pass", ["a", "b", "c", "d", "e"], "a.value -> a.value", "b.value -> c.value", "c.value -> b.value", "c.value -> d.value");
        Assert.Equal(
            ["the graph has a cycle: a -> a", "the graph has a cycle: b -> c -> b"],
            Validator.Problems(graph).Where(static problem => problem.Code == WorkflowsFailures.Cycle).Select(static problem => problem.Message),
            StringComparer.Ordinal);

        var ids = Enumerable.Range(0, 20_000).Select(static i => NodeId.Parse($"n{i}")!.Value).ToArray();
        var line = WorkflowGraph.Empty with
        {
            Nodes = ids.ToImmutableSortedDictionary(static id => id, static id => new WorkflowNode(id, "pass", 1)),
            Edges = [.. ids.Skip(1).Select((id, i) => new WorkflowEdge(new PortAddress(ids[i], "value"), new PortAddress(id, "value")))],
        };
        Assert.Empty(Validator.Problems(line));
    }
}
