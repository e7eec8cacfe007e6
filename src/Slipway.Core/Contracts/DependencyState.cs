using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Slipway.Core.Contracts;

/// <summary>The states of a dependency environment, as the contracts spell them (snake_case).</summary>
[JsonConverter(typeof(ContractEnumConverter<DependencyState>))]
public enum DependencyState
{
    /// <summary>Nothing is selected, or the profile is unknown.</summary>
    [JsonStringEnumMemberName("unresolved")]
    Unresolved,

    /// <summary>A person has to name what is missing before anything can be resolved.</summary>
    [JsonStringEnumMemberName("needs_user_input")]
    NeedsUserInput,

    /// <summary>The environment is being looked up or resolved.</summary>
    [JsonStringEnumMemberName("checking")]
    Checking,

    /// <summary>Resolved, but not installed.</summary>
    [JsonStringEnumMemberName("missing")]
    Missing,

    /// <summary>Being installed.</summary>
    [JsonStringEnumMemberName("installing")]
    Installing,

    /// <summary>Published and checked by executing it.</summary>
    [JsonStringEnumMemberName("ready")]
    Ready,

    /// <summary>Cannot be had; the status says why.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>The legal transitions between states; every other one is a defect.</summary>
public static class DependencyTransitions
{
    private static readonly FrozenDictionary<DependencyState, ImmutableArray<DependencyState>> Next =
        new Dictionary<DependencyState, ImmutableArray<DependencyState>>
        {
            [DependencyState.Unresolved] = [DependencyState.Checking],
            [DependencyState.NeedsUserInput] = [DependencyState.Checking, DependencyState.Unresolved],
            [DependencyState.Checking] =
                [DependencyState.NeedsUserInput, DependencyState.Missing, DependencyState.Ready, DependencyState.Failed],
            [DependencyState.Missing] = [DependencyState.Installing, DependencyState.Checking, DependencyState.Unresolved],
            [DependencyState.Installing] = [DependencyState.Ready, DependencyState.Failed],
            [DependencyState.Ready] = [DependencyState.Checking, DependencyState.Unresolved],
            [DependencyState.Failed] = [DependencyState.Checking, DependencyState.Unresolved],
        }.ToFrozenDictionary();

    /// <summary>Whether <paramref name="to"/> may follow <paramref name="from"/>.</summary>
    public static bool IsLegal(DependencyState from, DependencyState to) => Next[from].Contains(to);

    /// <summary>Returns <paramref name="to"/> when it may follow <paramref name="from"/>.</summary>
    /// <exception cref="InvalidOperationException">It may not: a defect of the caller.</exception>
    public static DependencyState Require(DependencyState from, DependencyState to) => IsLegal(from, to)
        ? to
        : throw new InvalidOperationException($"Illegal transition of a dependency environment: {from} -> {to}.");
}
