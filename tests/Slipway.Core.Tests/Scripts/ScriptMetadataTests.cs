using Slipway.Core.Scripts;
using Slipway.Core.Tests.Support;

namespace Slipway.Core.Tests.Scripts;

public sealed class ScriptMetadataTests
{
    private const string Script =
        """
        #!/usr/bin/env python3
        # /// script
        # requires-python = ">=3.11"
        # dependencies = [
        #   "requests<3",
        #   "rich",
        # ]
        #
        # [tool.slipway]
        # gpu = true
        # ///
        import requests
        """;

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void Parse_block_is_read(string lineEnd)
    {
        var metadata = Must.Succeed(ScriptMetadata.Parse(Script.ReplaceLineEndings(lineEnd), "x.py"));
        Assert.True(metadata.IsPresent);
        Assert.Equal(">=3.11", metadata.RequiresPython!.ToString());
        Assert.Equal("requests<3 rich", string.Join(' ', metadata.Dependencies));
        Assert.True(Must.Succeed(Must.Succeed(metadata.Tool.GetTable("slipway")).FindBoolean("gpu")).Or(false));
    }

    [Fact]
    public void Parse_without_a_block_is_none()
    {
        var metadata = Must.Succeed(ScriptMetadata.Parse("print()", "x.py"));
        Assert.False(metadata.IsPresent);
        Assert.Null(metadata.RequiresPython);
        Assert.Empty(metadata.Dependencies);
        Assert.Empty(metadata.Tool.Keys);
    }

    [Fact]
    public void Parse_two_blocks_are_refused() =>
        Must.Fail(ScriptMetadata.Parse(Script + "\n\n" + Script, "x.py"), CoreFailures.ScriptBlockTwice);

    [Theory]
    [InlineData("dependencies = [1 2]", 3, 21)]
    [InlineData("dependencies = ['a>>1']", 3, 21)]
    [InlineData("dependencies = ['ok', '--index-url=x']", 3, 26)]
    [InlineData("dependencies = 'a'", 3, 18)]
    [InlineData("requires-python = '3.11'", 3, 22)]
    [InlineData("name = 'x'", 3, 3)]
    [InlineData("#\n# tool = 1", 4, 10)]
    public void Parse_mistake_is_reported_where_the_script_has_it(string line, int expectedLine, int expectedColumn)
    {
        var failure = ScriptMetadata.Parse($"#!/bin/python\n# /// script\n# {line}\n# ///\n", "x.py").Failure;
        Assert.Equal(("x.py", expectedLine, expectedColumn), (failure.Location!.Source, failure.Location.Line, failure.Location.Column));
        Assert.StartsWith("# ", failure.Location.LineText, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_unknown_key_is_refused() =>
        Must.Fail(ScriptMetadata.Parse("# /// script\n# name = 'x'\n# ///\n", "x.py"), CoreFailures.ScriptMetadataInvalid);
}
