using System.Text;
using System.Text.RegularExpressions;
using Slipway.Core.Scripts;
using Slipway.Core.Tests.Support;

namespace Slipway.Core.Tests.Scripts;

public sealed partial class ScriptBlockTests
{
    private static readonly string[] Lines =
    [
        "# /// script", "# /// script", "# /// pyproject", "# ///", "# ///", "#", "# a = 1", "# /// script ", "#/// script", "# /// ", "#///",
        "# /// some-tool2", "# /// a_b", "#x", "print(1)", "", " # ///", "# ///x", "# # ///", "\"\"\"", "# ///\t", "\u000B# ///", "# é",
    ];

    [Theory]
    [InlineData("# /// script\n# a = 1\n# ///\n", 0, 26)]
    [InlineData("# /// script\n# a = 1\n# ///", 0, 26)]
    [InlineData("# /// script\r\n# a = 1\r\n# ///\r\n", 0, 28)]
    [InlineData("import x\n# /// script\n#\n# ///\nprint()", 9, 29)]
    [InlineData("# /// script\n# ///\n# ///\n# b\n", 0, 24)]
    [InlineData("# /// other\n# x\n# ///\n\n# /// script\n# x\n# ///\n", 23, 45)]
    public void TryLocate_block_is_found(string script, int start, int end)
    {
        Assert.True(ScriptBlock.TryLocate(Encoding.UTF8.GetBytes(script), out var block, out var isAmbiguous));
        Assert.Equal(start..end, block);
        Assert.False(isAmbiguous);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# /// script\n# ///\n")]
    [InlineData("# /// script\n# a = 1\n")]
    [InlineData("# /// script\n#a = 1\n# ///\n")]
    [InlineData("# /// script \n# a = 1\n# ///\n")]
    [InlineData(" # /// script\n# a = 1\n# ///\n")]
    [InlineData("# /// script\n# a = 1\n\n# ///\n")]
    [InlineData("# /// Script\n# a = 1\n# ///\n")]
    [InlineData("# /// other\n# /// script\n# a = 1\n# ///\n")]
    [InlineData("# /// other\n# x\n# ///\n# /// script\n# x\n# ///\n")]
    public void TryLocate_no_block_is_none(string script) =>
        Assert.False(ScriptBlock.TryLocate(Encoding.UTF8.GetBytes(script), out _, out _));

    [Fact]
    public void TryLocate_second_block_is_said()
    {
        Assert.True(ScriptBlock.TryLocate("# /// script\n#\n# ///\nx\n# /// script\n#\n# ///\n"u8, out var block, out var isAmbiguous));
        Assert.Equal(0..20, block);
        Assert.True(isAmbiguous);
    }

    [Fact]
    public void TryLocate_any_script_agrees_with_the_reference()
    {
        const int Seed = 723;
        var gen = new Gen(Seed);
        var found = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var end = gen.Pick("\n", "\n", "\r\n", "\r");
            var script = string.Join(end, Enumerable.Range(0, gen.Next(14)).Select(_ => gen.Pick(Lines))) + (gen.Chance(70) ? end : string.Empty);
            script = gen.Chance(10) ? gen.Mutate(script, "# /\n\rs") : script;
            found += Compare(script, $"seed {Seed}, round {round}: {script}");
        }

        Assert.InRange(found, 300, 19_000);
    }

    [Fact]
    public void TryLocate_many_openings_take_linear_time()
    {
        var script = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("# /// script\n", 200_000)));
        Assert.False(ScriptBlock.TryLocate(script, out _, out _));
    }

    [Fact]
    public void TryLocate_allocates_nothing()
    {
        var script = Encoding.UTF8.GetBytes("# /// script\n# a = 1\n# ///\n" + string.Concat(Enumerable.Repeat("# x\nprint()\n", 1000)));
        ScriptBlock.TryLocate(script, out _, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        ScriptBlock.TryLocate(script, out _, out _);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    // The standard's own expression; Python reads a script with every line end as LF.
    [GeneratedRegex(@"^# /// (?<type>[a-zA-Z0-9-]+)$\s(?<content>(^#(| .*)$\s)+)^# ///$", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Reference();

    private static int Compare(string script, string what)
    {
        var asPythonReads = script.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        var matches = Reference().Matches(asPythonReads).Where(match => match.Groups["type"].Value == "script").ToList();
        var bytes = Encoding.UTF8.GetBytes(script);
        var isFound = ScriptBlock.TryLocate(bytes, out var block, out var isAmbiguous);
        Assert.True(isFound == matches.Count > 0 && isAmbiguous == matches.Count > 1, what);
        if (isFound)
        {
            var located = Encoding.UTF8.GetString(bytes[block]).Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
            var before = Encoding.UTF8.GetString(bytes[..block.Start]).Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
            Assert.True(located == matches[0].Value && before.Length == matches[0].Index, what);
        }

        return isFound ? 1 : 0;
    }
}
