using System.Collections.Immutable;

namespace Slipway.Runs.Arguments;

/// <summary>The command line of <c>run</c> or <c>plan</c>, cut into head, target and tail.</summary>
/// <param name="Options">The head's options in order, each with its value (empty for a switch).</param>
/// <param name="Target">The target; null when none was given.</param>
/// <param name="Tail">Everything after the target: the workload's, byte for byte.</param>
/// <param name="HelpAsked">Whether <c>-h</c> or <c>--help</c> stood before the target.</param>
public sealed record RunArguments(
    ImmutableArray<GivenOption> Options, RunTarget? Target, ImmutableArray<string> Tail, bool HelpAsked)
{
    /// <summary>The last value of an option; null when it was not given.</summary>
    public string? Value(RunOption option)
    {
        string? found = null;
        foreach (var (name, value) in Options)
        {
            found = ReferenceEquals(name, option) ? value : found;
        }

        return found;
    }

    /// <summary>All values of an option in order.</summary>
    public ImmutableArray<string> Values(RunOption option)
    {
        var found = ImmutableArray.CreateBuilder<string>();
        foreach (var (name, value) in Options)
        {
            if (ReferenceEquals(name, option))
            {
                found.Add(value);
            }
        }

        return found.ToImmutable();
    }

    /// <summary>Whether a switch was given.</summary>
    public bool Has(RunOption option) => Value(option) is not null;
}
