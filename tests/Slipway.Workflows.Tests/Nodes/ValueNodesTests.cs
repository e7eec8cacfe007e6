using Slipway.Core.Failures;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Nodes;
using Slipway.Workflows.Tests.Support;

namespace Slipway.Workflows.Tests.Nodes;

/// <summary>The types that take no more than this process: inputs, outputs, templates, and what decides.</summary>
public sealed class ValueNodesTests : IDisposable
{
    private readonly NodeWorld _world = new(("TOKEN_OF_TEST", "s3cret"));

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Inputs_give_what_they_hold()
    {
        Assert.Equal("\"hi\"", (await _world.RunOneAsync("text-input", ("text", "\"hi\""))).Json("text"));
        Assert.Equal("2.5", (await _world.RunOneAsync("number-input", ("value", "2.5"))).Json("value"));
        Assert.Equal("true", (await _world.RunOneAsync("boolean-input", ("value", "true"))).Json("value"));
        Assert.Equal("3", (await _world.RunOneAsync("selection-input", ("value", "3"), ("options", "[1, 3]"))).Json("value"));
        Assert.Equal("\"any\"", (await _world.RunOneAsync("selection-input", ("value", "\"any\""))).Json("value"));
    }

    [Fact]
    public async Task Selection_that_is_no_option_is_refused_with_what_would_be()
    {
        (await _world.RunOneAsync("selection-input", ("value", "\"smal\""), ("options", "[\"small\", \"large\"]"))).AssertFailed(WorkflowsFailures.BadValue, "one.value is 'smal'", "small, large", "Did you mean 'small'?");
        (await _world.RunOneAsync("selection-input", ("value", "1"), ("options", "{}"))).AssertFailed(WorkflowsFailures.BadValue, "one.options is an object");
    }

    [Fact]
    public async Task Files_are_content_and_of_the_kind_that_is_meant()
    {
        _world.Write("data/a.txt", "abc");
        _world.Write("p.png", "png");
        var file = (await _world.RunOneAsync("file-input", ("path", "\"data/a.txt\""))).Outputs.Values["file"];
        Assert.Equal(("a.txt", "text/plain", 3L), (file.Blob!.Name, file.Blob.MediaType, file.Blob.Size));
        Assert.Equal("image/png", (await _world.RunOneAsync("image-input", ("path", "\"p.png\""))).Outputs.Values["image"].Blob!.MediaType);
        (await _world.RunOneAsync("audio-input", ("path", "\"p.png\""))).AssertFailed(WorkflowsFailures.BadValue, "p.png, which is image/png by its name, and should be audio/");
        (await _world.RunOneAsync("file-input", ("path", "\"none\""))).AssertFailed(WorkflowsFailures.BadValue, "one.path names", "there is no such file");
    }

    [Fact]
    public async Task Secret_is_told_to_nobody_and_a_missing_one_is_named()
    {
        var secret = await _world.RunOneAsync("secret-input", ("variable", "\"TOKEN_OF_TEST\""));
        Assert.True(secret.Outputs.Values["secret"].IsSecret);
        Assert.Equal("s3cret", secret.Outputs.Values["secret"].AsText());
        Assert.DoesNotContain(_world.Told, static one => one.Data.ValueKind is not System.Text.Json.JsonValueKind.Undefined && one.Data.GetRawText().Contains("s3cret", StringComparison.Ordinal));
        (await _world.RunOneAsync("secret-input", ("variable", "\"NO_SUCH\""))).AssertFailed(NodeFailures.MissingSecret, "'NO_SUCH', which is not set");
    }

    [Fact]
    public async Task File_output_writes_whole_files_below_its_roots_only()
    {
        _world.Write("in.bin", "bytes");
        var graph = Plain.Graph("file-output", ["in:file-input", "out"], "in.file -> out.file").Set("in.path", "\"in.bin\"").Set("out.path", "\"made/copy.bin\"");
        Assert.Equal(NodeState.Finished, (await _world.RunAsync(graph)).Of("out").State);
        Assert.Equal("bytes", await File.ReadAllTextAsync($"{_world.Folder}/made/copy.bin"));
        Assert.Equal(["copy.bin"], Directory.GetFileSystemEntries($"{_world.Folder}/made").Select(Path.GetFileName), StringComparer.Ordinal);

        Assert.Equal("\"text\"", (await _world.RunOneAsync("file-output", ("file", "\"text\""), ("path", "\"a/b.txt\""), ("to", "\"run\""))).Json("file"));
        Assert.Equal("text", await File.ReadAllTextAsync($"{_world.Place.OutputFolder}/a/b.txt"));
        await _world.RunOneAsync("file-output", ("file", "{\"k\": [1]}"), ("path", "\"made/v.json\""));
        Assert.Equal("{\n  \"k\": [\n    1\n  ]\n}\n", await File.ReadAllTextAsync($"{_world.Folder}/made/v.json"));

        Directory.CreateSymbolicLink($"{_world.Folder}/away", Path.GetDirectoryName(_world.Folder)!);
        foreach (var path in (string[])["../x", "/etc/x", "a/../../x", "away/x", "away/new/x", "made", ".", ""])
        {
            (await _world.RunOneAsync("file-output", ("file", "1"), ("path", $"\"{path}\""))).AssertFailed(WorkflowsFailures.BadValue, "one.path");
        }

        Assert.False(Path.Exists($"{Path.GetDirectoryName(_world.Folder)}/x"));
        Assert.False(Path.Exists($"{Path.GetDirectoryName(_world.Folder)}/new"));
    }

    [Fact]
    public async Task Template_is_filled_once_and_a_missing_place_is_named()
    {
        Assert.Equal("\"a {{b}} 2 [1] {x}\"", (await _world.RunOneAsync("prompt-template", ("template", "\"a {{ a }} {{b}} {{c}} {x}\""), ("a", "\"{{b}}\""), ("b", "2"), ("c", "[1]"))).Json("prompt"));
        var failure = (await _world.RunOneAsync("prompt-template", ("template", "\"{{one}} {{two}} {{template}}\""), ("two", "1"))).AssertFailed(WorkflowsFailures.MissingInput, "places one, template", "there is two");
        Assert.Contains("one.one", failure.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_pick_follows_its_pointer()
    {
        const string Document = "{\"items\": [{\"a/b\": 1}, {\"a/b\": 2}], \"text\": null}";
        Assert.Equal("2", (await _world.RunOneAsync("json-pick", ("json", Document), ("pointer", "\"/items/1/a~1b\""))).Json("value"));
        Assert.Equal("null", (await _world.RunOneAsync("json-pick", ("json", Document), ("pointer", "\"/text\""))).Json("value"));
        Assert.Equal("7", (await _world.RunOneAsync("json-pick", ("json", "\"[5, 7]\""), ("pointer", "\"/1\""))).Json("value"));
        Assert.Equal("9", (await _world.RunOneAsync("json-pick", ("json", Document), ("pointer", "\"/no\""), ("default", "9"))).Json("value"));
        (await _world.RunOneAsync("json-pick", ("json", Document), ("pointer", "\"/items/2\""))).AssertFailed(WorkflowsFailures.BadValue, "nothing at /items/2", "/items is a list of 2");
        (await _world.RunOneAsync("json-pick", ("json", Document), ("pointer", "\"items\""))).AssertFailed(WorkflowsFailures.BadValue, "begins with '/'");
        (await _world.RunOneAsync("json-pick", ("json", "\"{\""), ("pointer", "\"/a\""))).AssertFailed(WorkflowsFailures.BadValue, "no JSON");
    }

    [Theory]
    [InlineData("truthy", "\"\"", null, false)]
    [InlineData("truthy", "[0]", null, true)]
    [InlineData("equals", "{\"a\": 1}", "{\"a\": 1}", true)]
    [InlineData("not-equals", "1", "\"1\"", true)]
    [InlineData("greater", "10", "\"9.5\"", true)]
    [InlineData("less", "10", "9.5", false)]
    [InlineData("contains", "\"abc\"", "\"bc\"", true)]
    [InlineData("contains", "[1, 2]", "3", false)]
    [InlineData("contains", "{\"k\": 0}", "\"k\"", true)]
    [InlineData("matches", "\"v12\"", "\"^v[0-9]+$\"", true)]
    public async Task Condition_takes_one_way_and_a_merge_joins_them_again(string how, string value, string? other, bool holds)
    {
        var graph = Plain.Graph("condition", ["c", "t:text-output", "e:text-output", "m:merge"], "c.then -> t.text", "c.else -> e.text", "t.text -> m.values", "e.text -> m.values")
            .Set("c.value", value).Set("c.operator", $"\"{how}\"");
        var result = await _world.RunAsync(other is null ? graph : graph.Set("c.other", other));

        Assert.Equal(holds ? (NodeState.Finished, NodeState.Skipped) : (NodeState.Skipped, NodeState.Finished), (result.Of("t").State, result.Of("e").State));
        Assert.Equal(value.Replace(" ", string.Empty, StringComparison.Ordinal), result.Of("m").Json("value"));
    }

    [Theory]
    [InlineData("equals", "1", null, "one.other is missing")]
    [InlineData("greater", "1", "[]", "one.other is a list, and only numbers")]
    [InlineData("contains", "1", "1", "one.value is a number")]
    [InlineData("matches", "\"x\"", "\"(\"", "no regular expression")]
    public async Task Condition_that_cannot_be_told_is_a_failure(string how, string value, string? other, string words)
    {
        (string, string)[] inputs = [("value", value), ("operator", $"\"{how}\"")];
        var failure = (await _world.RunOneAsync("condition", other is null ? inputs : [.. inputs, ("other", other)])).Failure;
        Assert.Contains(words, failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Person_is_asked_and_the_answer_goes_on()
    {
        var graph = Plain.Graph("human-input", ["ask", "out:text-output"], "ask.value -> out.text").Set("ask.prompt", "\"Which?\"").Set("ask.default", "\"red\"");
        var asked = await _world.RunAsync(graph);
        Assert.True(asked.IsWaiting);
        Assert.Equal(("Which?", "answer", "{\"prompt\":\"Which?\",\"default\":\"red\"}"), (asked.Of("ask").Question!.Question, asked.Of("ask").Question!.AnswerPort, asked.Of("ask").Question!.Details.GetRawText()));

        var answered = await _world.RunAsync(graph, static request => request with { Given = request.Given.Add(PortAddress.Parse("ask.answer")!.Value, PortValue.Of("blue")) });
        Assert.Equal("\"blue\"", answered.Of("out").Json("text"));
    }
}
