using System.Collections.Immutable;
using Slipway.Runs.Launching;
using Slipway.Runs.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Runs.Tests.Launching;

public sealed class LaunchRecordTests
{
    [Fact]
    public void Any_text_comes_back() => Property.Check(200, gen =>
    {
        var record = RecordGen.Any(gen);
        var text = record.ToText();
        Assert.Equal(text, LaunchRecord.Parse(text)?.ToText());
        var again = LaunchRecord.Parse(text)!;
        Same.Items(record.Checks, again.Checks);
        Same.Items(record.Arguments, again.Arguments);
        Same.Items(record.Set, again.Set);
        Same.Items(record.Prepend, again.Prepend);
        Same.Items(record.Unset, again.Unset);
        Same.Items(record.Warnings, again.Warnings);
        Assert.Equal((record.Lease, record.Meta, record.Executable), (again.Lease, again.Meta, again.Executable));
    });

    [Fact]
    public void Record_cut_anywhere_is_refused()
    {
        var text = RecordGen.Any(new Gen(7)).ToText();
        for (var length = 0; length < text.Length - 1; length++)
        {
            Assert.Null(LaunchRecord.Parse(text[..length]));
        }

        // Only the last line end may be missing: everything is there.
        Assert.NotNull(LaunchRecord.Parse(text[..^1]));
    }

    [Fact]
    public void Garbled_record_never_throws() => Property.Check(500, gen =>
    {
        var text = RecordGen.Any(gen).ToText();
        for (var i = gen.Int(1, 4); i > 0; i--)
        {
            text = gen.Mutate(text);
        }

        _ = LaunchRecord.Parse(text);
    });

    [Theory]
    [InlineData("slipway-launch/2", "slipway-launch/1")]
    [InlineData("check\tNothing", "check\tAbsence")]
    [InlineData("surprise", "lease")]
    [InlineData("exec\ta", "exec")]
    public void Record_of_another_form_is_refused(string garbled, string original)
    {
        var text = RecordGen.Plain.ToText();
        Assert.NotNull(LaunchRecord.Parse(text));
        var at = text.IndexOf(original, StringComparison.Ordinal);
        Assert.Null(LaunchRecord.Parse(text[..at] + garbled + text[(at + original.Length)..]));
    }

    [Fact]
    public void Text_after_the_end_is_refused() => Assert.Null(LaunchRecord.Parse(RecordGen.Plain.ToText() + "arg\tmore\n"));

    [Fact]
    public void Nul_is_refused() => Assert.Null(LaunchRecord.Parse(RecordGen.Plain.ToText().Replace("/py", "/p\0y", StringComparison.Ordinal)));

    [Theory]
    [InlineData("lease")]
    [InlineData("meta")]
    [InlineData("exec")]
    [InlineData("arg")]
    [InlineData("end")]
    public void Missing_line_is_refused(string tag)
    {
        var lines = RecordGen.Plain.ToText().Split('\n').Where(line => !line.StartsWith(tag, StringComparison.Ordinal));
        Assert.Null(LaunchRecord.Parse(string.Join('\n', lines)));
    }
}
