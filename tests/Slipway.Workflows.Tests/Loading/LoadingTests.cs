using Slipway.TestKit;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Loading;
using Slipway.Workflows.Tests.Support;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Tests.Loading;

public sealed class LoadingTests : IDisposable
{
    private static readonly NodeType Ports = new("ports", "Test", "Has ports of all sorts.")
    {
        Inputs =
        [
            PortSpec.Optional("number", PortType.Number, "n"), PortSpec.Optional("flag", PortType.Boolean, "f") with { Aliases = ["switch"] }, PortSpec.Optional("json", PortType.Json, "j"),
            PortSpec.Optional("text", PortType.Text, "t"), PortSpec.Optional("file", PortType.File, "f"), PortSpec.Optional("mode", PortType.Text, "m") with { Choices = ["auto", "manual"] },
        ],
        Behaviour = Plain.Pass.Behaviour,
    };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void File_with_several_problems_is_told_with_all_of_them()
    {
        var path = Write("bad.workflow.json", """{"schema":"slipway.workflow/1","nodes":{"a":{"type":"nothing"},"B":{},"c":{"type":"pass","version":7}},"edges":[{"from":"a.x","to":"gone.y"}]}""");
        var failure = new WorkflowLoader(new NodeCatalogue([Plain.Pass])).Load(path).Failure;
        Assert.Equal(WorkflowsFailures.Invalid, failure.Code);
        Assert.Equal(["WFL0101 /nodes/B", "WFL0105 /nodes/c/version", "WFL0104 /nodes/a/type", "WFL0107 /edges/0/to"], failure.Detail!.Split('\n').Select(static line => line.Split(':')[0]), StringComparer.Ordinal);
        Assert.Equal(WorkflowsFailures.FileMissing, new WorkflowLoader(new NodeCatalogue([])).Load(_folder.Combine("none")).Failure.Code);
        Assert.Equal(WorkflowsFailures.FileMissing, new WorkflowLoader(new NodeCatalogue([])).Load(_folder.FullPath).Failure.Code);
    }

    [Fact]
    public void Workflows_are_found_below_a_folder_but_not_in_hidden_ones_and_environments()
    {
        foreach (var name in (string[])["one.workflow.json", "sub/two.workflow.json", ".git/no.workflow.json", "venv/no.workflow.json", "venv/pyvenv.cfg", "three.json"])
        {
            Write(name, "{}");
        }

        Assert.Equal(["one.workflow.json", "sub/two.workflow.json"], WorkflowLoader.Find(_folder.FullPath).Select(path => Path.GetRelativePath(_folder.FullPath, path)), StringComparer.Ordinal);
        Assert.Equal("two", WorkflowLoader.NameOf("/x/two.workflow.json"));
    }

    [Theory]
    [InlineData("n.number=1e3", "1000")]
    [InlineData("n.switch=true", "true")]
    [InlineData("n.json={\"a\":[1]}", "{\"a\":[1]}")]
    [InlineData("n.text=a=b", "\"a=b\"")]
    [InlineData("n.text=@words.txt", "\"from a file\"")]
    [InlineData("n.text=@@words", "\"@words\"")]
    [InlineData("n.mode=manual", "\"manual\"")]
    public void Given_value_is_read_as_its_port_wants_it(string given, string json)
    {
        Write("words.txt", "from a file");
        var (address, value) = Assert.Single(Reader().Read(Plain.Graph("ports", ["n"]), [given], []).Value);
        Assert.NotEqual("switch", address.Port, StringComparer.Ordinal);
        Assert.Equal(json, value.Json.GetRawText());
    }

    [Theory]
    [InlineData("n.number=many", "WFL0112", "takes a number")]
    [InlineData("n.flag=yes", "WFL0112", "true or false")]
    [InlineData("n.json=word", "WFL0112", "texts have quotes")]
    [InlineData("n.mode=other", "WFL0112", "auto, manual")]
    [InlineData("n.text=@none", "WFL0112", "no such file")]
    [InlineData("n", "WFL0112", "node.port=value")]
    [InlineData("x.text=1", "WFL0107", "'x'")]
    [InlineData("n.none=1", "WFL0106", "number, flag")]
    public void Given_value_that_does_not_fit_says_what_would(string given, string code, string words)
    {
        var failure = Reader().Read(Plain.Graph("ports", ["n"]), [given], []).Failure;
        Assert.Equal(code, failure.Code.Id);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_file_is_relative_to_where_it_was_typed() =>
        Assert.Equal(_folder.Combine("a.wav"), Reader().Read(Plain.Graph("ports", ["n"]), ["n.file=a.wav"], []).Value.Values.Single().AsText());

    private GivenInputs Reader() => new(new NodeCatalogue([Ports]), _folder.FullPath, static _ => null);

    private string Write(string name, string text)
    {
        var path = _folder.Combine(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
