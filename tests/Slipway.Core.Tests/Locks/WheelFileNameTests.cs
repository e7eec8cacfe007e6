using Slipway.Core.Locks;
using Slipway.Core.Tests.Support;

namespace Slipway.Core.Tests.Locks;

public sealed class WheelFileNameTests
{
    [Fact]
    public void Parse_all_parts_are_there()
    {
        var wheel = Must.Succeed(WheelFileName.Parse("My_Pkg-1.0rc1+cu121-2b-cp311.cp312-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"));
        Assert.Equal("my-pkg", wheel.Name.ToString());
        Assert.Equal("1.0rc1+cu121", wheel.Version.ToString());
        Assert.Equal("2b", wheel.Build);
        Assert.Equal(
            "cp311-abi3-manylinux_2_17_x86_64 cp311-abi3-manylinux2014_x86_64 cp312-abi3-manylinux_2_17_x86_64 cp312-abi3-manylinux2014_x86_64",
            string.Join(' ', wheel.Tags));
        Assert.Null(Must.Succeed(WheelFileName.Parse("a-1-py2.py3-none-any.whl")).Build);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a-1-py3-none-any.zip")]
    [InlineData("a-1-py3-none.whl")]
    [InlineData("a-1-2-3-py3-none-any.whl")]
    [InlineData("a__b-1-py3-none-any.whl")]
    [InlineData("-a-1-py3-none-any.whl")]
    [InlineData("_a-1-py3-none-any.whl")]
    [InlineData("a-x-py3-none-any.whl")]
    [InlineData("a-1-b2-py3-none-any.whl")]
    [InlineData("a-1--py3-none-any.whl")]
    [InlineData("a-1-py3..py2-none-any.whl")]
    [InlineData("a-1-py3-none-a/b.whl")]
    [InlineData("../a-1-py3-none-any.whl")]
    public void Parse_malformed_is_refused(string name) => Must.Fail(WheelFileName.Parse(name), CoreFailures.WheelNameInvalid);

    [Theory]
    [InlineData("pylock.toml", true, null)]
    [InlineData("pylock.dev.toml", true, "dev")]
    [InlineData("pylock.a b.toml", true, "a b")]
    [InlineData("pylock..toml", false, null)]
    [InlineData("pylock.a.b.toml", false, null)]
    [InlineData("pylock.a/b.toml", false, null)]
    [InlineData("Pylock.toml", false, null)]
    [InlineData("pylock.toml.bak", false, null)]
    [InlineData("mypylock.toml", false, null)]
    [InlineData("", false, null)]
    public void PylockFileName_follows_the_standard(string name, bool isValid, string? inner)
    {
        Assert.Equal(isValid, PylockFileName.IsValid(name));
        Assert.Equal(inner, PylockFileName.NameIn(name));
    }
}
