using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.TestKit;
using Slipway.Training.Renderers;
using Slipway.Training.Tests.Support;
using Slipway.Training.Tokenizers;
using static Slipway.Training.Tests.Support.Talk;

namespace Slipway.Training.Tests.Renderers;

public sealed class PreviewTests
{
    private static readonly FailureLocation At = new("talk.jsonl", 3);

    [Fact]
    public async Task Preview_marks_what_is_learned_and_hides_nothing()
    {
        ImmutableArray<Message> talk = [Message.Of(Role.User, "\u001b[31m\t⟦a\\n\u202eb"), Message.Of(Role.Assistant, "é✓")];
        var preview = await Preview(talk);
        Assert.Equal("<bos>User: \\u{1b}[31m\\t\\u{27e6}a\\\\n\\u{202e}b\\n\n\\n\nAssistant:⟦ é✓\\n\n\\n\nUser:⟧", preview.ToText());
    }

    [Fact]
    public async Task Preview_as_json_counts()
    {
        using var stream = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(stream))
        {
            (await Preview([Message.Of(Role.User, "<b>"), Message.Of(Role.Assistant, "y")])).WriteTo(writer);
        }

        var json = Encoding.UTF8.GetString(stream.ToArray());
        using var document = JsonDocument.Parse(json);
        Assert.Equal((31, 9), (document.RootElement.GetProperty("tokens").GetInt32(), document.RootElement.GetProperty("trained").GetInt32()));
        Assert.Equal(" y\n\nUser:", document.RootElement.GetProperty("spans")[1].GetProperty("text").GetString());
        Assert.DoesNotContain("<b>", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Weight_that_is_not_one_is_told() =>
        Assert.Equal("a⟦0.5: b⟧", new RenderedPreview([new([1], 0, "a"), new([2], 0.5f, "b")]).ToText());

    [Theory]
    [InlineData("""{}""", "messages is missing")]
    [InlineData("""[]""", "messages is missing")]
    [InlineData("""{"messages":{}}""", "messages must be a list")]
    [InlineData("""{"messages":[]}""", "messages has no message")]
    [InlineData("""{"messages":[1]}""", "messages[0] must be an object")]
    [InlineData("""{"messages":[{"role":"bot","content":"x"}]}""", "messages[0].role must be system, user")]
    [InlineData("""{"messages":[{"role":"user"}]}""", "messages[0].content must be")]
    [InlineData("""{"messages":[{"role":"user","content":"\ud800"}]}""", "messages[0].content must be")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"audio"}]}]}""", "messages[0].content[0].type must be")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image","format":"gif"}]}]}""", "content[0].format must be png or jpeg")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image","format":"png","expected_tokens":"4"}]}]}""", "expected_tokens must be")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image","format":"png","expected_tokens":4,"data":"?"}]}]}""", "content[0].data must be")]
    [InlineData("""{"messages":[{"role":"user","content":"x","trainable":1}]}""", "messages[0].trainable must be")]
    [InlineData("""{"messages":[{"role":"assistant","tool_calls":[{"name":"f"}]}]}""", "messages[0].tool_calls[0] must have")]
    public void Bad_messages_name_line_and_field(string json, string message) => MessageJson.Read(Parse(json), "messages", At).Fails(TrainingFailures.BadRow, "talk.jsonl:3", message);

    [Fact]
    public void Messages_are_read()
    {
        var messages = MessageJson.Read(Parse(
            """
            {"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image","format":"png","expected_tokens":4,"data":"AQI="}],"trainable":false,"name":"x"},
            {"role":"assistant","content":null,"tool_calls":[{"id":"1","function":{"name":"f","arguments":"{\"a\":1}"}},{"name":"g","arguments":{"b":2}}]},
            {"role":"assistant","content":[{"type":"thinking","thinking":"t"},{"type":"text","text":"u"}]}]}
            """), "messages", At).Ok();
        Assert.Equal(("a", false), (messages[0].Text, messages[0].Trainable));
        Assert.Equal(4, Assert.IsType<ImagePart>(messages[0].Parts[1]).Image.Length);
        Assert.Equal([new ToolCall("f", """{"a":1}""", "1"), new ToolCall("g", """{"b":2}""")], messages[1].ToolCalls.ToArray());
        Assert.Equal(("t", "u"), (messages[2].Thinking, messages[2].Text));
    }

    [Fact]
    public void Any_json_is_read_or_refused() => Property.Check(400, static gen =>
    {
        var text = gen.Mutate(gen.Mutate("""{"messages":[{"role":"user","content":[{"type":"text","text":"\u0041"}],"tool_calls":[{"name":"f","arguments":{}}],"trainable":null}]}"""));
        try
        {
            _ = MessageJson.Read(Parse(text), "messages", At).IsOk;
        }
        catch (JsonException)
        {
            // Who reads the file tells this.
        }
    });

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private static async Task<RenderedPreview> Preview(ImmutableArray<Message> talk)
    {
        var tokenizer = new ByteTokenizer();
        var example = Renderer("role_colon").BuildSupervised(talk, TrainOnWhat.LastAssistantMessage, tokenizer).Ok();
        return (await RenderedPreview.MakeAsync(tokenizer, (await Rendering.EncodeAsync(tokenizer, [example], CancellationToken.None)).Ok(), CancellationToken.None)).Ok()[0];
    }
}
