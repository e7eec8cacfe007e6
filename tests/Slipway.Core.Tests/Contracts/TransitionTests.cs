using Slipway.Core.Contracts;

namespace Slipway.Core.Tests.Contracts;

public sealed class TransitionTests
{
    private static readonly HashSet<(DependencyState, DependencyState)> Legal =
    [
        (DependencyState.Unresolved, DependencyState.Checking),
        (DependencyState.NeedsUserInput, DependencyState.Checking),
        (DependencyState.NeedsUserInput, DependencyState.Unresolved),
        (DependencyState.Checking, DependencyState.NeedsUserInput),
        (DependencyState.Checking, DependencyState.Missing),
        (DependencyState.Checking, DependencyState.Ready),
        (DependencyState.Checking, DependencyState.Failed),
        (DependencyState.Missing, DependencyState.Installing),
        (DependencyState.Missing, DependencyState.Checking),
        (DependencyState.Missing, DependencyState.Unresolved),
        (DependencyState.Installing, DependencyState.Ready),
        (DependencyState.Installing, DependencyState.Failed),
        (DependencyState.Ready, DependencyState.Checking),
        (DependencyState.Ready, DependencyState.Unresolved),
        (DependencyState.Failed, DependencyState.Checking),
        (DependencyState.Failed, DependencyState.Unresolved),
    ];

    public static TheoryData<DependencyState, DependencyState> All()
    {
        var pairs = new TheoryData<DependencyState, DependencyState>();
        foreach (var from in Enum.GetValues<DependencyState>())
        {
            foreach (var to in Enum.GetValues<DependencyState>())
            {
                pairs.Add(from, to);
            }
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Transition_is_legal_exactly_when_the_table_says_so(DependencyState from, DependencyState to)
    {
        Assert.Equal(Legal.Contains((from, to)), DependencyTransitions.IsLegal(from, to));
        if (Legal.Contains((from, to)))
        {
            Assert.Equal(to, DependencyTransitions.Require(from, to));
        }
        else
        {
            Assert.Throws<InvalidOperationException>(() => DependencyTransitions.Require(from, to));
        }
    }
}
