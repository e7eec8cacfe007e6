using System.Collections.Immutable;

namespace Slipway.Machines.Processes;

/// <summary>
/// Changes to an inherited environment, applied in the order unset, set, prepend. The same shape is an
/// environment's activation block, so runs, jobs, workers and shells all see the same variables.
/// </summary>
/// <param name="Set">Variables that get a value.</param>
/// <param name="Prepend">Variables that get text before their value, joined with a colon; created when absent or empty.</param>
/// <param name="Unset">Variables that are removed first.</param>
public sealed record EnvironmentChanges(
    ImmutableSortedDictionary<string, string> Set,
    ImmutableSortedDictionary<string, string> Prepend,
    ImmutableSortedSet<string> Unset)
{
    /// <summary>No change.</summary>
    public static EnvironmentChanges None { get; } = new(
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal),
        ImmutableSortedSet.Create<string>(StringComparer.Ordinal));

    /// <summary>Applies the changes to <paramref name="environment"/> in place.</summary>
    public void ApplyTo(IDictionary<string, string> environment)
    {
        foreach (var name in Unset)
        {
            environment.Remove(name);
        }

        foreach (var (name, value) in Set)
        {
            environment[name] = value;
        }

        foreach (var (name, value) in Prepend)
        {
            environment[name] = environment.TryGetValue(name, out var rest) && rest.Length > 0 ? $"{value}:{rest}" : value;
        }
    }

    /// <summary>These changes, then <paramref name="later"/>.</summary>
    public EnvironmentChanges Then(EnvironmentChanges later)
    {
        var set = Set.RemoveRange(later.Unset);
        var prepend = Prepend.RemoveRange(later.Unset).RemoveRange(later.Set.Keys);
        foreach (var (name, value) in later.Prepend)
        {
            if (later.Set.ContainsKey(name))
            {
                prepend = prepend.SetItem(name, value);
            }
            else
            {
                prepend = prepend.SetItem(name, prepend.TryGetValue(name, out var rest) ? $"{value}:{rest}" : value);
            }
        }

        return new EnvironmentChanges(set.SetItems(later.Set), prepend, Unset.Union(later.Unset));
    }
}
