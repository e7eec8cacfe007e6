using System.Text;
using Slipway.Machines.Processes;
using Slipway.Runs.Jobs;
using Slipway.Runs.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Runs.Tests.Jobs;

public sealed class JobTextTests
{
    [Theory]
    [InlineData("a", true)]
    [InlineData("9.b_c-d", true)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    [InlineData(".a", false)]
    [InlineData("A", false)]
    [InlineData("a b", false)]
    [InlineData("é", false)]
    [InlineData("20261122t022900-7f3a9c21", false)]
    public void Names_are_checked(string text, bool isName) => Assert.Equal(isName, JobName.Parse(text).IsOk);

    [Theory]
    [InlineData("train.py", "train")]
    [InlineData("/some where/Fine Tune.py", "fine-tune")]
    [InlineData("./.py", "job")]
    [InlineData("-", "job")]
    [InlineData("package.module", "package.module")]
    public void Names_are_made_after_targets(string target, string name) => Assert.Equal(name, JobName.After(target).ToString());

    [Fact]
    public void Name_after_a_long_target_is_one() => Assert.Equal(63, JobName.After(new string('a', 200)).ToString().Length);

    [Fact]
    public void Ids_tell_their_time_and_are_read_back()
    {
        var id = RunId.New(new DateTimeOffset(2026, 11, 22, 3, 29, 0, TimeSpan.FromHours(1)));
        Assert.StartsWith("20261122t022900-", id.ToString(), StringComparison.Ordinal);
        Assert.Equal(id, RunId.Parse(id.ToString()));
        Assert.Null(RunId.Parse($"{id}\n"));
        Assert.Null(RunId.Parse(id.ToString()[..^1]));
    }

    [Fact]
    public void Log_text_flushes_a_part_of_a_line_after_a_while_and_never_a_part_of_a_character()
    {
        var time = new ManualTimeProvider();
        var sink = new CollectingSink();
        using var text = new LogText(sink, time);
        var bytes = Encoding.UTF8.GetBytes("one\ntwo é€𝄞");
        foreach (var piece in bytes.Chunk(1))
        {
            text.Write(OutputStream.Output, piece);
        }

        Assert.Equal(["one\n"], sink.Pieces);
        time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Equal("one\ntwo é€𝄞", sink.Text);
        text.Write(OutputStream.Output, [0xE2, 0x82]);
        time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Equal("one\ntwo é€𝄞", sink.Text);
        text.Write(OutputStream.Output, [0xAC, (byte)'\n']);
        Assert.Equal("one\ntwo é€𝄞€\n", sink.Text);
        text.Write(OutputStream.Output, [0x80, 0x80, 0x80, 0x80]);
        text.Complete();
        Assert.Equal(4, sink.Pieces[^1].Length);
    }
}
