using System.Text;
using Slipway.Core.Failures;
using Slipway.Projects.Managed;
using Slipway.TestKit;

namespace Slipway.Projects.Tests.Managed;

public sealed class ManagedBlockTests
{
    private const string Path = "/p/.gitignore";

    [Fact]
    public void User_text_around_the_block_stays_byte_for_byte() => Property.Check(2000, static gen =>
    {
        var user = Bytes(gen);
        var once = With(user, ["a", "b"]);
        Assert.Equal(once, With(once, ["a", "b"]));
        Assert.Equal(user, Find(With(once, ["c"])).Outside);
        Assert.Equal(user, Find(once).Outside);
        Assert.False(Find(once).MadeFile);

        // What the user writes above and below an existing block stays too.
        var (above, below) = (Bytes(gen, end: "\n"), Bytes(gen));
        byte[] around = [.. above, .. With(null, ["x"]), .. below];
        Assert.Equal((byte[])[.. above, .. With(null, ["y", "z"]), .. below], With(around, ["y", "z"]));
    });

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("#!/bin/bash\na\r\n", "a\r\n")]
    [InlineData("#!/bin/bash", "#!/bin/bash")]
    public void Block_goes_to_the_top_behind_a_line_that_names_an_interpreter(string text, string below)
    {
        var composed = Encoding.UTF8.GetString(With(Encoding.UTF8.GetBytes(text), ["x"]));
        Assert.EndsWith($"x\n{ManagedBlock.End}\n{below}", composed, StringComparison.Ordinal);
        Assert.StartsWith(text[..^below.Length] + ManagedBlock.Begin, composed, StringComparison.Ordinal);
    }

    [Fact]
    public void Byte_order_mark_stays_the_first()
    {
        var composed = With([0xEF, 0xBB, 0xBF, (byte)'a'], ["x"]);
        Assert.Equal((byte[])[0xEF, 0xBB, 0xBF], composed[..3]);
        Assert.Equal(composed, With(composed, ["x"]));
        Assert.Equal((byte[])[0xEF, 0xBB, 0xBF, (byte)'a'], Find(composed).Outside);
    }

    [Fact]
    public void Block_whose_lines_an_editor_ended_otherwise_is_still_found()
    {
        var windows = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(With("mine\n"u8.ToArray(), ["x"])).Replace("\n", "\r\n", StringComparison.Ordinal));
        Assert.Equal("mine\r\n"u8.ToArray(), Find(windows).Outside);
    }

    [Fact]
    public void File_that_came_with_its_block_is_known_as_such_also_after_edits()
    {
        var made = With(null, ["x"]);
        Assert.True(Find(made).MadeFile);
        Assert.True(Find(With([.. made, .. "mine\n"u8], ["y"])).MadeFile);
        Assert.Empty(Find(made).Outside);
    }

    [Theory]
    [InlineData("a\n# >>> slipway >>>\nx\n", 2, "is missing")]
    [InlineData("a\nx\n# <<< slipway <<<", 3, "is missing")]
    [InlineData("# >>> slipway >>>\n# >>> slipway >>>\nx\n# <<< slipway <<<\n", 2, "twice")]
    [InlineData("# >>> slipway >>>\n# <<< slipway <<<\n# <<< slipway <<<\n", 3, "twice")]
    [InlineData("# <<< slipway <<<\n# >>> slipway >>>\n", 1, "wrong order")]
    [InlineData("# >>> slipway >>>\n# <<< slipway <<<\n# >>> slipway >>>\n# <<< slipway <<<\n", 3, "twice")]
    public void Damaged_pair_of_marks_is_refused_at_its_line(string text, int line, string why)
    {
        var failure = ManagedBlock.Find(Path, Encoding.UTF8.GetBytes(text)).Failure;
        Assert.Equal((ProjectFailures.BlockDamaged, ExitCode.BadData, line), (failure.Code, failure.Code.Exit, failure.Location!.Line));
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }

    // Anything but our own marks: also bytes that are no text.
    private static byte[] Bytes(Gen gen, string end = "")
    {
        byte[] bytes =
        [
            .. gen.List<byte[]>(g => g.Pick<byte[]>(["\n"u8.ToArray(), "\r\n"u8.ToArray(), "*.pyc"u8.ToArray(), [0xEF, 0xBB, 0xBF], [0xFF, 0x80], "#!/bin/sh\n"u8.ToArray(), "# >>> conda >>>\n"u8.ToArray(), Encoding.UTF8.GetBytes(g.Text(0, 6))]), 0, 8).SelectMany(static part => part),
            .. Encoding.UTF8.GetBytes(end),
        ];
        return bytes;
    }

    private static ManagedBlock Find(byte[]? content)
    {
        Assert.True(ManagedBlock.Find(Path, content).TryGet(out var block, out var failure), failure?.ToString());
        return block;
    }

    private static byte[] With(byte[]? content, string[] lines) => Find(content).With(lines);
}
