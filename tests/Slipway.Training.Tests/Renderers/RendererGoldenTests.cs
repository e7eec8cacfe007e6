using System.Collections.Immutable;
using Slipway.Training.Renderers;
using Slipway.Training.Tests.Support;
using static Slipway.Training.Tests.Support.Talk;

namespace Slipway.Training.Tests.Renderers;

public sealed class RendererGoldenTests
{
    private const string BriefQwen = "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello!<|im_end|>\n<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n";

    [Theory]
    [InlineData("llama3", 78, 80, new[] { 2, 2, 9, 27, 79, 18 })]
    [InlineData("role_colon", 71, 80, new[] { 9, 9, 18, 42, 79, 24 })]
    [InlineData("qwen3", 71, 79, new[] { 8, 8, 15, 33, 79, 18 })]
    [InlineData("qwen3_disable_thinking", 77, 79, new[] { 2, 2, 15, 33, 79, 18 })]
    [InlineData("qwen3_instruct", 71, 73, new[] { 2, 2, 9, 27, 73, 18 })]
    [InlineData("deepseekv3", 29, 31, new[] { 2, 2, 9, 24, 30, 15 })]
    [InlineData("deepseekv3_thinking", 29, 32, new[] { 3, 3, 11, 26, 31, 15 })]
    public async Task Counts_of_tokens_and_of_learned_tokens(string renderer, int prompt, int all, int[] trained)
    {
        var tokenizer = Tokenizer(renderer);
        var built = Renderer(renderer).BuildGenerationPrompt(C[..^1], tokenizer).Ok();
        Assert.Equal(prompt, (await Rendering.EncodePromptsAsync(tokenizer, [built], CancellationToken.None)).Ok()[0].Length);
        foreach (var (mode, count) in TrainOnWhatNames.All.Zip(trained))
        {
            var weighted = await Weighted(renderer, C, mode);
            Assert.Equal((mode, all, count), (mode, weighted.Tokens.Length, weighted.Weights.Count(static weight => weight == 1)));
        }
    }

    [Fact]
    public async Task Llama() => Assert.Equal(
        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n⟦Hello!<|eot_id|>⟧"
        + "<|start_header_id|>user<|end_header_id|>\n\n2+2?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n⟦4<|eot_id|>⟧",
        await Marked("llama3", C, TrainOnWhat.AllAssistantMessages));

    [Fact]
    public async Task Role_colon()
    {
        const string Until = "<bos>System: Be brief.\n\nUser: Hi\n\nAssistant: Hello!\n\nUser: 2+2?\n\n";
        Assert.Equal(Until + "Assistant:⟦ 4\n\nUser:⟧", await Marked("role_colon", C, TrainOnWhat.LastAssistantMessage));
        Assert.Equal(Until, await Marked("role_colon", C[..^1], TrainOnWhat.LastAssistantMessage));
    }

    [Theory]
    [InlineData("qwen3", "⟦<think>\n\n</think>\n\n4<|im_end|>⟧")]
    [InlineData("qwen3_disable_thinking", "<think>\n\n</think>\n\n⟦4<|im_end|>⟧")]
    [InlineData("qwen3_instruct", "⟦4<|im_end|>⟧")]
    public async Task Qwen(string renderer, string last) => Assert.Equal(BriefQwen + last, await Marked(renderer, C, TrainOnWhat.LastAssistantMessage));

    [Fact]
    public async Task Qwen_shows_reasoning_only_where_it_is_written()
    {
        const string Question = "<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n";
        var turn = await Weighted("qwen3", Reasoned, TrainOnWhat.LastAssistantMessage);
        Assert.Equal(Question + "⟦<think>\n2 and 2 is 4\n</think>\n\n4<|im_end|>⟧", Mark(turn));
        Assert.Equal((43, 20), (turn.Tokens.Length, turn.Weights.Count(static weight => weight == 1)));
        var later = await Weighted("qwen3", [.. Reasoned, Message.Of(Role.User, "ok?"), Message.Of(Role.Assistant, "yes")], TrainOnWhat.LastAssistantMessage);
        Assert.Equal(Question + "4<|im_end|>\n<|im_start|>user\nok?<|im_end|>\n<|im_start|>assistant\n⟦<think>\n\n</think>\n\nyes<|im_end|>⟧", Mark(later));
        Assert.Equal((58, 10), (later.Tokens.Length, later.Weights.Count(static weight => weight == 1)));
        ImmutableArray<Message> inline = [Reasoned[0], Message.Of(Role.Assistant, "<think>\n2 and 2 is 4\n</think>\n\n\n4")];
        Assert.Equal(Mark(turn), await Marked("qwen3", inline, TrainOnWhat.LastAssistantMessage));
    }

    [Theory]
    [InlineData("deepseekv3", "<｜Assistant｜></think>⟦4<｜end▁of▁sentence｜>⟧")]
    [InlineData("deepseekv3_thinking", "<｜Assistant｜><think>⟦</think>4<｜end▁of▁sentence｜>⟧")]
    public async Task DeepSeek(string renderer, string last) => Assert.Equal(
        "<｜begin▁of▁sentence｜>Be brief.<｜User｜>Hi<｜Assistant｜></think>Hello!<｜end▁of▁sentence｜><｜User｜>2+2?" + last,
        await Marked(renderer, C, TrainOnWhat.LastAssistantMessage));

    [Fact]
    public async Task DeepSeek_shows_reasoning()
    {
        var turn = await Weighted("deepseekv3_thinking", Reasoned, TrainOnWhat.LastAssistantMessage);
        Assert.Equal("<｜begin▁of▁sentence｜><｜User｜>2+2?<｜Assistant｜><think>⟦2 and 2 is 4</think>4<｜end▁of▁sentence｜>⟧", Mark(turn));
        Assert.Equal((23, 15), (turn.Tokens.Length, turn.Weights.Count(static weight => weight == 1)));
        Assert.Equal(
            "<｜begin▁of▁sentence｜><｜User｜>2+2?<｜Assistant｜></think>⟦4<｜end▁of▁sentence｜>⟧",
            await Marked("deepseekv3", [Reasoned[0], Message.Of(Role.Assistant, "<think>x</think>4")], TrainOnWhat.LastAssistantMessage));
    }

    [Fact]
    public async Task Tools_are_called_and_answer()
    {
        ImmutableArray<Message> talk =
        [
            Message.Of(Role.User, "Sum?"),
            Message.Of(Role.Assistant, "Wait.") with { ToolCalls = [new("add", """{"a":1,"b":[2,"é"]}"""), new("now", "{}")] },
            Message.Of(Role.Tool, "3"),
            Message.Of(Role.Assistant, "3"),
        ];
        Assert.Equal(
            "<|im_start|>user\nSum?<|im_end|>\n<|im_start|>assistant\nWait.\n<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1, \"b\": [2, \"é\"]}}\n</tool_call>\n<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n</tool_call><|im_end|>\n"
            + "<|im_start|>user\n<tool_response>\n3\n</tool_response><|im_end|>\n<|im_start|>assistant\n⟦3<|im_end|>⟧",
            await Marked("qwen3_instruct", talk, TrainOnWhat.LastAssistantMessage));
        Assert.Equal(
            "<｜begin▁of▁sentence｜><｜User｜>Sum?<｜Assistant｜></think>Wait.<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>add<｜tool▁sep｜>{\"a\":1,\"b\":[2,\"é\"]}<｜tool▁call▁end｜><｜tool▁call▁begin｜>now<｜tool▁sep｜>{}<｜tool▁call▁end｜>"
            + "<｜tool▁calls▁end｜><｜end▁of▁sentence｜><｜tool▁output▁begin｜>3<｜tool▁output▁end｜>⟦3<｜end▁of▁sentence｜>⟧",
            await Marked("deepseekv3", talk, TrainOnWhat.LastAssistantMessage));
        Assert.Equal("<｜tool▁output▁end｜>", (await Prompt("deepseekv3_thinking", talk[..3]))[^"<｜tool▁output▁end｜>".Length..]);
    }
}
