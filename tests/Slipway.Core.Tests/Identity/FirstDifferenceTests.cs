using Slipway.Core.Identity;

namespace Slipway.Core.Tests.Identity;

public sealed class FirstDifferenceTests
{
    private static readonly CanonicalField[] Before = [new("python", "3.11"), new("lock", "x"), new("flags", "f")];

    [Fact]
    public void Equal_lists_have_none() => Assert.Null(CanonicalFields.FirstDifference(Before, [.. Before]));

    [Fact]
    public void Order_alone_is_none() => Assert.Null(CanonicalFields.FirstDifference(Before, [.. Before.Reverse()]));

    [Fact]
    public void First_changed_field_of_the_later_list_is_named()
    {
        var difference = CanonicalFields.FirstDifference(Before, [new("python", "3.12"), new("lock", "y"), new("flags", "f")]);
        Assert.Equal(new FieldDifference("python", "3.11", "3.12"), difference);
        Assert.Equal("python was 3.11 and is 3.12", difference!.ToString());
    }

    [Fact]
    public void New_field_is_named()
    {
        var difference = CanonicalFields.FirstDifference(Before, [.. Before, new("abi", "cp311")]);
        Assert.Equal("abi is new: cp311", difference!.ToString());
    }

    [Fact]
    public void Missing_field_is_named_last()
    {
        var difference = CanonicalFields.FirstDifference(Before, [Before[0], Before[2]]);
        Assert.Equal("lock is gone (was x)", difference!.ToString());
    }
}
