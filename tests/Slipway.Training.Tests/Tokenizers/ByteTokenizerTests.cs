using System.Text;
using Slipway.TestKit;
using Slipway.Training.Tests.Support;
using Slipway.Training.Tokenizers;
using static Slipway.Training.Tests.Support.Checked;

namespace Slipway.Training.Tests.Tokenizers;

public sealed class ByteTokenizerTests
{
    private static readonly ByteTokenizer Tokenizer = new("tiny-byte");

    [Fact]
    public void Specials_follow_the_bytes()
    {
        Assert.Equal(26, Tokenizer.Specials.Count);
        Assert.Equal(Enumerable.Range(256, 26), Tokenizer.Specials.Values.Order());
        Assert.Equal((256, 257, 262, 267, 281), (Tokenizer.Begin, Tokenizer.End, Tokenizer.Specials["<|eot_id|>"], Tokenizer.Specials["<tool_call>"], Tokenizer.Specials["<｜tool▁output▁end｜>"]));
        Assert.Equal("caf7509f9319ad4c28d2592a8d5b86839e778aad81d7ef38978adda1151c66ab", Tokenizer.Fingerprint);
    }

    [Fact]
    public async Task Text_is_bytes_and_never_special()
    {
        var encoded = (await Tokenizer.EncodeAsync(
            [new([TokenText.Special("<|eot_id|>"), TokenText.Plain("é<|eot_id|>")]), new([])], CancellationToken.None)).Ok();
        Same([262, 0xc3, 0xa9, .. Encoding.UTF8.GetBytes("<|eot_id|>").Select(static value => (int)value)], encoded[0]);
        Assert.Empty(encoded[1]);
    }

    [Fact]
    public async Task Unknown_special_and_unknown_id_are_named()
    {
        (await Tokenizer.EncodeAsync([new([TokenText.Special("<x>")])], CancellationToken.None)).Fails(TrainingFailures.UnknownSpecial, "tiny-byte", "<x>");
        (await Tokenizer.DecodeAsync([[1, 288]], CancellationToken.None)).Fails(TrainingFailures.UnknownToken, "288");
        (await Tokenizer.DecodeAsync([[-1]], CancellationToken.None)).Fails(TrainingFailures.UnknownToken, "-1");
    }

    [Fact]
    public async Task Broken_bytes_and_unused_ids_are_replaced() =>
        Same(["a\uFFFD<bos>b\uFFFD"], (await Tokenizer.DecodeAsync([['a', 0xff, 256, 'b', 287]], CancellationToken.None)).Ok());

    [Fact]
    public void Any_text_comes_back() => Property.Check(300, static gen =>
    {
        var text = gen.Unicode(0, 20) + gen.Text(0, 20);
        var tokens = Tokenizer.EncodeAsync([new([TokenText.Plain(text)])], CancellationToken.None).Now().Ok()[0];
        Assert.Equal(text, Tokenizer.DecodeAsync([tokens], CancellationToken.None).Now().Ok()[0]);
        Assert.All(tokens, static id => Assert.InRange(id, 0, 255));
    });
}
