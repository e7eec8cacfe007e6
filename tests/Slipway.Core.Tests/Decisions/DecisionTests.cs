using Slipway.Core.Decisions;
using Slipway.Core.Identity;

namespace Slipway.Core.Tests.Decisions;

public sealed class DecisionTests
{
    [Fact]
    public void Decision_is_compared_by_value()
    {
        var one = new Decision(DecisionKind.Build, DecisionReason.NotYetResolved, "not yet", new FieldDifference("python", "a", "b"));
        Assert.Equal(one, one with { });
        Assert.NotEqual(one, one with { FirstDifference = null });
    }

    // The numbers are not part of any contract, but scripts see the names.
    [Fact]
    public void Names_are_stable() => Assert.Equal(
        ["Hit", "Build", "Refuse"],
        Enum.GetNames<DecisionKind>());
}
