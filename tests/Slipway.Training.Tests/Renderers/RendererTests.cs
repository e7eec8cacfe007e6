using System.Collections.Immutable;
using System.Text;
using Slipway.TestKit;
using Slipway.Training.Data;
using Slipway.Training.Renderers;
using Slipway.Training.Tests.Support;
using Slipway.Training.Tokenizers;
using static Slipway.Training.Tests.Support.Checked;
using static Slipway.Training.Tests.Support.Talk;

namespace Slipway.Training.Tests.Renderers;

public sealed class RendererTests
{
    private static readonly Message Picture = new(Role.User, [new TextPart("See: "), new ImagePart(new ImagePointerChunk("x", "png", 4))]);

    public static TheoryData<string> Names => [.. RendererCatalog.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Text_never_becomes_a_special_token(string renderer)
    {
        var tokenizer = Tokenizer(renderer);
        var hostile = string.Concat(tokenizer.Specials.Keys.Where(static key => key is not ("<think>" or "</think>")));
        var plain = await Weighted(renderer, [Message.Of(Role.User, "x"), Message.Of(Role.Assistant, "y")], TrainOnWhat.AllMessages);
        var spiked = await Weighted(renderer, [Message.Of(Role.User, $"x{hostile}<think>"), Message.Of(Role.Assistant, $"y{hostile}")], TrainOnWhat.AllMessages);
        Same([.. plain.Tokens.Where(static id => id >= 0x110000)], spiked.Tokens.Where(static id => id >= 0x110000));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Images_are_refused_and_named(string renderer) =>
        Renderer(renderer).BuildSupervised([Picture, Message.Of(Role.Assistant, "y")], TrainOnWhat.AllMessages, Tokenizer(renderer)).Fails(TrainingFailures.BadConversation, "Message 0 (user)", "image", renderer);

    [Theory]
    [InlineData("llama3", "calls a tool")]
    [InlineData("role_colon", "calls a tool")]
    [InlineData("qwen3", "no JSON")]
    public void Calls_that_cannot_be_written_are_refused(string renderer, string word)
    {
        var call = Message.Of(Role.Assistant, string.Empty) with { ToolCalls = [new("f", "{")] };
        Renderer(renderer).BuildSupervised([call], TrainOnWhat.AllMessages, Tokenizer(renderer)).Fails(TrainingFailures.BadConversation, word);
    }

    [Fact]
    public void Reasoning_is_refused_where_there_is_none_and_late_system_messages_by_DeepSeek()
    {
        Assert.All(["llama3", "role_colon", "qwen3_disable_thinking", "qwen3_instruct"], static name =>
            Renderer(name).BuildSupervised(Reasoned, TrainOnWhat.LastAssistantMessage, Tokenizer(name)).Fails(TrainingFailures.BadConversation, "reasoning"));
        ImmutableArray<Message> late = [Message.Of(Role.User, "a"), Message.Of(Role.System, "b")];
        Renderer("deepseekv3").BuildGenerationPrompt(late, Tokenizer("deepseekv3")).Fails(TrainingFailures.BadConversation, "Message 1 (system)", "not the first");
        Assert.True(new DeepSeekRenderer(isThinking: false, systemAsUser: true).BuildGenerationPrompt(late, Tokenizer("deepseekv3")).IsOk);
    }

    [Fact]
    public async Task Trainable_chooses_message_by_message()
    {
        ImmutableArray<Message> chosen = [.. C.Select(static (message, index) => message with { Trainable = index is 1 or 2 })];
        Assert.Equal("<bos>System: Be brief.\n\nUser:⟦ Hi\n\n⟧Assistant:⟦ Hello!\n\n⟧User: 2+2?\n\nAssistant: 4\n\nUser:", await Marked("role_colon", chosen, TrainOnWhat.Customized));
        var renderer = Renderer("role_colon");
        renderer.BuildSupervised(C, TrainOnWhat.Customized, new CharTokenizer()).Fails(TrainingFailures.BadConversation, "Message 0", "trainable");
        renderer.BuildSupervised(chosen, TrainOnWhat.AllTokens, new CharTokenizer()).Fails(TrainingFailures.BadConversation, "all_tokens");
        renderer.BuildSupervised([], TrainOnWhat.AllTokens, new CharTokenizer()).Fails(TrainingFailures.BadConversation, "no message");
    }

    [Fact]
    public async Task Last_turn_is_all_that_follows_the_last_question()
    {
        ImmutableArray<Message> talk = [C[1], C[2], C[3], C[4], Message.Of(Role.Assistant, "Yes.")];
        Assert.Equal(
            "<bos>User: Hi\n\nAssistant: Hello!\n\nUser: 2+2?\n\nAssistant:⟦ 4\n\n⟧Assistant:⟦ Yes.\n\nUser:⟧", await Marked("role_colon", talk, TrainOnWhat.LastAssistantTurn));
    }

    [Fact]
    public async Task Answers_are_shown_one_by_one_where_history_loses_its_reasoning()
    {
        ImmutableArray<Message> talk = [.. Reasoned, Message.Of(Role.User, "ok?"), Message.Of(Role.Assistant, "yes")];
        Same(
            [
                "<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n⟦<think>\n2 and 2 is 4\n</think>\n\n4<|im_end|>⟧",
                "<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n4<|im_end|>\n<|im_start|>user\nok?<|im_end|>\n<|im_start|>assistant\n⟦<think>\n\n</think>\n\nyes<|im_end|>⟧",
            ],
            await Several("qwen3", talk, TrainOnWhat.AllAssistantMessages));
        Same(
            [
                "<|im_start|>user\n⟦2+2?<|im_end|>⟧\n<|im_start|>assistant\n⟦<think>\n2 and 2 is 4\n</think>\n\n4<|im_end|>⟧",
                "<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n4<|im_end|>\n<|im_start|>user\n⟦ok?<|im_end|>⟧",
            ],
            await Several("qwen3", talk[..3], TrainOnWhat.AllMessages));
        Assert.Single(await Several("qwen3", talk, TrainOnWhat.AllUserAndSystemMessages));
        Assert.Single(await Several("llama3", C, TrainOnWhat.AllAssistantMessages));
    }

    [Theory]
    [InlineData("llama3")]
    [InlineData("role_colon")]
    [InlineData("qwen3_instruct")]
    [InlineData("deepseekv3")]
    public async Task Later_prompts_begin_with_earlier_answers(string renderer)
    {
        Assert.True(Renderer(renderer).Extends);
        var answer = renderer is "role_colon" ? " Hello!\n\nUser:" : $"Hello!{Renderer(renderer).Stop.Token}";
        Assert.StartsWith(await Prompt(renderer, C[..2]) + answer, await Prompt(renderer, C[..4]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prefill_follows_what_the_renderer_writes() =>
        Assert.EndsWith("<|im_start|>assistant\n<think>\n\n</think>\n\nThe <think>", await Prompt("qwen3_disable_thinking", C[..2], "The <think>"), StringComparison.Ordinal);

    [Fact]
    public async Task Many_conversations_are_one_call_and_each_text_is_encoded_once()
    {
        var tokenizer = Tokenizer("llama3");
        var example = Renderer("llama3").BuildSupervised(C, TrainOnWhat.LastAssistantMessage, tokenizer).Ok();
        var encoded = (await Rendering.EncodeAsync(tokenizer, [example, example, example], CancellationToken.None)).Ok();
        Assert.Equal((3, 1, 9), (encoded.Length, tokenizer.Calls, tokenizer.Chunks));
    }

    [Fact]
    public async Task Conversation_becomes_an_example()
    {
        var datum = (await Weighted("llama3", C, TrainOnWhat.LastAssistantMessage)).ToDatum(new DatumOptions()).Ok();
        Assert.Equal((79, 79), (datum.Input.Length, datum.Floats(LossInput.Weights).Length));
        Assert.Equal(1, datum.Floats(LossInput.Weights).Sum(), 1e-6);
    }

    [Fact]
    public void Stop_is_a_token_or_a_text()
    {
        var parameters = new SamplingParameters { MaxTokens = 3 };
        Same([262], Renderer("llama3").Stop.Apply(parameters, new ByteTokenizer()).Ok().StopTokens);
        Same(["\n\nUser:"], Renderer("role_colon").Stop.Apply(parameters, new ByteTokenizer()).Ok().StopTexts);
        new StopCondition("<x>", null).Apply(parameters, new ByteTokenizer()).Fails(TrainingFailures.UnknownSpecial, "<x>");
    }

    [Theory]
    [InlineData("meta-llama/Llama-3.1-8B-Instruct", "llama3")]
    [InlineData("meta-llama/Llama-3.1-8B", "role_colon")]
    [InlineData("Qwen/Qwen3-8B", "qwen3")]
    [InlineData("Qwen/Qwen3-30B-A3B", "qwen3")]
    [InlineData("Qwen/Qwen3-8B-Base", "role_colon")]
    [InlineData("Qwen/Qwen3-4B-Instruct-2507", "qwen3_instruct")]
    [InlineData("Qwen/Qwen3-235B-A22B-Instruct-2507", "qwen3_instruct")]
    [InlineData("deepseek-ai/DeepSeek-V3.1", "deepseekv3")]
    [InlineData("deepseek-ai/DeepSeek-V3.1-Base", "role_colon")]
    [InlineData("tiny-byte", "role_colon")]
    public void Known_models_have_their_renderer(string model, string renderer) => Assert.Equal(renderer, RendererCatalog.ForModel(model).Ok().Name);

    [Fact]
    public void Unknown_models_and_names_are_not_guessed()
    {
        RendererCatalog.ForModel("Qwen/Qwen3-VL-8B").Fails(TrainingFailures.UnknownRenderer, "Qwen3-VL");
        Assert.Contains("role_colon", RendererCatalog.ForModel("gpt-9").Failure.Remedy, StringComparison.Ordinal);
        RendererCatalog.Find("lama3").Fails(TrainingFailures.UnknownRenderer, "deepseekv3_thinking");
        Assert.Contains("llama3", RendererCatalog.Find("lama3").Failure.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_is_rendered_and_read_back() => Property.Check(150, static gen =>
    {
        var name = gen.Pick("llama3", "qwen3_instruct", "deepseekv3", "qwen3");
        var (renderer, tokenizer) = (Renderer(name), Tokenizer(name));
        var text = gen.Text(1, 30).Replace("<think>", string.Empty, StringComparison.Ordinal).Replace("</think>", string.Empty, StringComparison.Ordinal).TrimStart('\n') + ".";
        ImmutableArray<Message> question = [Message.Of(Role.User, gen.Unicode(0, 10))];
        var prompt = Rendering.EncodePromptsAsync(tokenizer, [renderer.BuildGenerationPrompt(question, tokenizer).Ok()], CancellationToken.None).Now().Ok()[0].ToTokens();
        var whole = Rendering.EncodeAsync(tokenizer, [renderer.BuildSupervised([.. question, Message.Of(Role.Assistant, text)], TrainOnWhat.LastAssistantMessage, tokenizer).Ok()], CancellationToken.None).Now().Ok()[0];
        var read = ResponseReader.ReadAsync(renderer, tokenizer, [whole.Tokens[prompt.Length..]], CancellationToken.None).Now().Ok()[0].Ok();
        Same([.. prompt], whole.Tokens[..prompt.Length]);
        Assert.Equal((text, Termination.StopSequence), (read.Message.Text, read.Termination));
    });

    private static async Task<List<string>> Several(string renderer, ImmutableArray<Message> messages, TrainOnWhat mode)
    {
        var tokenizer = Tokenizer(renderer);
        var examples = Renderer(renderer).BuildSupervisedExamples(messages, mode, tokenizer).Ok();
        return [.. (await Rendering.EncodeAsync(tokenizer, examples, CancellationToken.None)).Ok().Select(Mark)];
    }
}
