using System.Text;
using Slipway.Workflows.Graphs;

namespace Slipway.Workflows.Tests.Graphs;

public sealed class WorkflowTextTests
{
    private const string Whole = """
        {
          "schema": "slipway.workflow/1",
          "name": "Größe",
          "nodes": {
            "a": {
              "type": "text-input",
              "version": 1,
              "inputs": {
                "text": "one\nline"
              },
              "ui": {
                "label": "First",
                "x": 1.5,
                "y": -2
              },
              "note": [
                1
              ]
            },
            "b": {
              "type": "upper",
              "version": 3,
              "inputs": {},
              "pin": {
                "text": "P"
              },
              "bypass": true,
              "policy": {
                "retries": 2,
                "backoff_s": 0.5,
                "timeout_s": 60
              }
            }
          },
          "edges": [
            {
              "from": "a.text",
              "to": "b.text"
            }
          ],
          "future": {
            "x": 1
          }
        }

        """;

    [Fact]
    public void Document_is_written_as_it_was_read_with_what_is_not_known()
    {
        var reading = WorkflowText.Read(Encoding.UTF8.GetBytes(Whole), "w").Value;

        Assert.Empty(reading.Problems);
        Assert.Equal(Whole, Encoding.UTF8.GetString(WorkflowText.Write(reading.Graph)));
        var node = reading.Graph.Nodes[NodeId.Parse("b")!.Value];
        Assert.Equal((new NodePolicy(2, 0.5, 60), true, 3, "First"), (node.Policy, node.Bypass, node.Version, reading.Graph.Nodes[NodeId.Parse("a")!.Value].Label));
    }

    [Fact]
    public void Order_of_a_document_does_not_matter()
    {
        var one = """{"schema":"slipway.workflow/1","edges":[{"to":"c.x","from":"b.x"},{"from":"a.x","to":"c.x"}],"nodes":{"c":{"type":"t"},"a":{"type":"t"},"b":{"type":"t"}}}""";
        var other = """{"nodes":{"a":{"type":"t","version":1},"b":{"type":"t"},"c":{"type":"t","inputs":{}}},"edges":[{"from":"a.x","to":"c.x"},{"to":"c.x","from":"b.x"}],"schema":"slipway.workflow/1"}""";

        Assert.Equal(Written(one), Written(other));
    }

    [Theory]
    [InlineData("", "no JSON document")]
    [InlineData("[]", "it holds a list")]
    [InlineData("{}", "its schema is not there")]
    [InlineData("""{"schema":7}""", "its schema is not there")]
    [InlineData("""{"schema":"slipway.run/1"}""", "its schema is 'slipway.run/1'")]
    [InlineData("""{"schema":"slipway.workflow/2"}""", "'slipway.workflow/2'")]
    public void What_is_no_workflow_is_refused(string text, string expected)
    {
        var failure = WorkflowText.Read(Encoding.UTF8.GetBytes(text), "x.json").Failure;

        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.Contains("x.json", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once_with_its_place()
    {
        const string Text = """
            {"schema":"slipway.workflow/1","name":1,
             "nodes":{"Bad":{"type":"t"},"a":{"type":"t","version":0,"bypass":"yes","inputs":{"Q":1},"policy":{"retries":-1,"speed":2}},"b":{},"c":[],"d":{"type":"t","inputs":[]},"a":{"type":"t"}},
             "edges":[{"from":"a.x","to":"b"},{"from":"a.x"},7,{"from":"a.x","to":"d.y"},{"from":"a.x","to":"d.y"}]}
            """;

        var problems = WorkflowText.Read(Encoding.UTF8.GetBytes(Text), "w").Value.Problems.Select(static problem => problem.Pointer).ToList();

        Assert.Equal(
            [
                "/name", "/nodes/Bad", "/nodes/a/version", "/nodes/a/bypass", "/nodes/a/inputs/Q", "/nodes/a/policy/retries", "/nodes/a/policy/speed", "/nodes/b", "/nodes/c", "/nodes/c",
                "/nodes/d/inputs", "/nodes/a", "/edges/0/to", "/edges/1/to", "/edges/2", "/edges/2/from", "/edges/2/to", "/edges/4",
            ],
            problems,
            StringComparer.Ordinal);
    }

    [Fact]
    public void Any_bytes_give_a_graph_or_a_failure()
    {
        var random = new Random(11);
        for (var round = 0; round < 3000; round++)
        {
            var bytes = Encoding.UTF8.GetBytes(Whole);
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)"{}[]\",:0a.-\\"[random.Next(12)];
            }

            var read = WorkflowText.Read(bytes, "w");
            if (read.TryGet(out var reading, out _) && reading.Problems.IsEmpty)
            {
                var written = WorkflowText.Write(reading.Graph);
                Assert.Equal(written, WorkflowText.Write(WorkflowText.Read(written, "w").Value.Graph));
            }
        }
    }

    [Theory]
    [InlineData("Whisper STT", "whisper-stt")]
    [InlineData("7 Über", "node-7-ber")]
    [InlineData("---", "node")]
    public void Foreign_names_become_names(string text, string expected)
    {
        var taken = new HashSet<NodeId> { NodeId.Parse("whisper-stt")!.Value };

        Assert.Equal(expected, NodeId.Coin(text, new HashSet<NodeId>()).ToString());
        Assert.NotNull(NodeId.Parse(NodeId.Coin(new string('x', 200), taken).ToString()));
        Assert.Equal("whisper-stt-2", NodeId.Coin("Whisper STT", taken).ToString());
    }

    private static string Written(string text) => Encoding.UTF8.GetString(WorkflowText.Write(WorkflowText.Read(Encoding.UTF8.GetBytes(text), "w").Value.Graph));
}
