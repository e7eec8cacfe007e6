using System.Collections.Immutable;
using Slipway.TestKit;
using Slipway.Training.Renderers;
using Slipway.Training.Tests.Support;
using Slipway.Training.Tokenizers;
using static Slipway.Training.Tests.Support.Talk;

namespace Slipway.Training.Tests.Renderers;

public sealed class ResponseTests
{
    [Theory]
    [InlineData("llama3", "4<|eot_id|>", "4", Termination.StopSequence)]
    [InlineData("llama3", "4", "4", Termination.Malformed)]
    [InlineData("llama3", "4<|eot_id|>and more", "4", Termination.StopSequence)]
    [InlineData("role_colon", " 4\n\nUser:", "4", Termination.StopSequence)]
    [InlineData("role_colon", " 4<eos>", "4", Termination.Eos)]
    [InlineData("role_colon", " 4\n\n<eos>", "4", Termination.Eos)]
    [InlineData("role_colon", " 4", "4", Termination.Malformed)]
    [InlineData("role_colon", " 4\n\nUser:<eos>", "4", Termination.Malformed)]
    [InlineData("role_colon", " 4\n\nUser: x\n\nUser:", "4", Termination.Malformed)]
    [InlineData("role_colon", "  4 \n\n\n\nUser:", " 4 ", Termination.StopSequence)]
    [InlineData("role_colon", "", "", Termination.Malformed)]
    [InlineData("qwen3", "<think>\n\n</think>\n\n4<|im_end|>", "4", Termination.StopSequence)]
    [InlineData("qwen3", "<think>\n\n</think>\n\n4", "<think>\n\n</think>\n\n4", Termination.Malformed)]
    [InlineData("deepseekv3", "4<｜end▁of▁sentence｜>", "4", Termination.StopSequence)]
    [InlineData("deepseekv3_thinking", "4", "4", Termination.Malformed)]
    public async Task Answers_are_read(string renderer, string answer, string text, Termination termination)
    {
        var read = (await Parse(renderer, answer)).Ok();
        Assert.Equal((text, termination, null), (read.Message.Text, read.Termination, read.Message.Thinking));
    }

    [Theory]
    [InlineData("qwen3", "<think>\nabc\n</think>\n\n4<|im_end|>")]
    [InlineData("qwen3", "abc\n</think>\n\n4<|im_end|>")]
    [InlineData("deepseekv3_thinking", "abc</think>4<｜end▁of▁sentence｜>")]
    [InlineData("deepseekv3_thinking", "<think>abc</think>4<｜end▁of▁sentence｜>")]
    public async Task Reasoning_is_a_part_of_its_own(string renderer, string answer)
    {
        var read = (await Parse(renderer, answer)).Ok();
        Assert.Equal(("abc", "4"), (read.Message.Thinking, read.Message.Text));
        Assert.True(read.IsClean);
    }

    [Theory]
    [InlineData("llama3", "4<|eot_id|><|eot_id|>")]
    [InlineData("qwen3", "4<|im_end|>x<|im_end|>")]
    [InlineData("deepseekv3", "<｜end▁of▁sentence｜><｜end▁of▁sentence｜>")]
    public async Task Two_ends_are_a_failure(string renderer, string answer) => (await Parse(renderer, answer)).Fails(TrainingFailures.BadResponse, "2 times");

    [Theory]
    [InlineData("qwen3", "<think>\nabc\n</think>\n\nWait.\n<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1}}\n</tool_call>\n<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n</tool_call><|im_end|>", "{\"a\": 1}")]
    [InlineData("deepseekv3_thinking", "abc</think>Wait.<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>add<｜tool▁sep｜>{\"a\": 1}<｜tool▁call▁end｜><｜tool▁call▁begin｜>now<｜tool▁sep｜>{}<｜tool▁call▁end｜><｜tool▁calls▁end｜><｜end▁of▁sentence｜>", "{\"a\": 1}")]
    public async Task Calls_are_read(string renderer, string answer, string arguments)
    {
        var message = (await Parse(renderer, answer)).Ok().Message;
        Assert.Equal([new ToolCall("add", arguments), new ToolCall("now", "{}")], message.ToolCalls.ToArray());
        Assert.Equal(("abc", "Wait."), (message.Thinking, message.Text));
    }

    [Theory]
    [InlineData("qwen3", "<tool_call>\n{\"name\": \"add\"}\n</tool_call>")]
    [InlineData("qwen3", "<tool_call>\n{\"name\": \"add\", \"arguments\": {}}\n")]
    [InlineData("qwen3", "<tool_call>\n{\"name\": \"\\ud800\", \"arguments\": {}}\n</tool_call>")]
    [InlineData("deepseekv3", "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>add<｜tool▁call▁end｜><｜tool▁calls▁end｜>")]
    public async Task Calls_that_cannot_be_read_stay_text(string renderer, string answer)
    {
        var message = (await Parse(renderer, answer + Renderer(renderer).Stop.Token)).Ok().Message;
        Assert.Equal(answer, message.Text);
        Assert.Empty(message.ToolCalls);
    }

    [Fact]
    public void Nothing_that_a_model_draws_breaks_the_reading() => Property.Check(400, static gen =>
    {
        var renderer = Renderer(gen.Pick([.. RendererCatalog.Names]));
        var tokenizer = new ByteTokenizer();
        var answer = gen.List(static g => g.OneIn(2) ? g.Int(256, 287) : g.Pick(10, 32, 34, 123, 125, 58, g.Int(0, 255)), 0, 25).ToImmutableArray();
        var read = ResponseReader.ReadAsync(renderer, tokenizer, [answer], CancellationToken.None).Now().Ok()[0];
        if (renderer.Stop.Token is { } stop)
        {
            var ends = answer.Count(id => id == tokenizer.Specials[stop]);
            Assert.Equal(ends switch { 0 => "Malformed", 1 => "StopSequence", _ => "failure" }, read.IsOk ? read.Value.Termination.ToString() : "failure");
        }
        else
        {
            Assert.True(read.IsOk);
        }
    });
}
