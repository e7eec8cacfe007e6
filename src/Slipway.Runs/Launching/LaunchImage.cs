using System.Collections.Immutable;
using Slipway.Machines.HandOff;
using Slipway.Machines.Posix;
using Slipway.Runs.Arguments;

namespace Slipway.Runs.Launching;

/// <summary>Makes what <c>execve</c> gets out of a record and a command line; used by the fast and the full path alike.</summary>
internal static class LaunchImage
{
    /// <summary>The image of a launch.</summary>
    /// <param name="record">The prepared launch.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="variables">The inherited variables; changed in place.</param>
    public static ExecImage Create(LaunchRecord record, RunArguments arguments, EnvironmentBlock variables)
    {
        foreach (var name in record.Unset)
        {
            variables.Unset(PosixText.Encode(name));
        }

        var own = arguments.Values(RunOptions.EnvVar);
        if (own.IsEmpty)
        {
            Apply(record.Set, record.Prepend, variables);
        }
        else
        {
            ApplyWithOwn(record, own, variables);
        }

        var all = new byte[record.Arguments.Length + arguments.Tail.Length][];
        for (var i = 0; i < all.Length; i++)
        {
            all[i] = PosixText.Encode(i < record.Arguments.Length ? record.Arguments[i] : arguments.Tail[i - record.Arguments.Length]);
        }

        return new ExecImage(PosixText.Encode(record.Executable), all, variables.ToArray());
    }

    private static void Apply(
        IEnumerable<Assignment> set, IEnumerable<Assignment> prepend, EnvironmentBlock variables)
    {
        foreach (var (name, value) in set)
        {
            variables.Set(PosixText.Encode(name), PosixText.Encode(value));
        }

        foreach (var (name, value) in prepend)
        {
            variables.Prepend(PosixText.Encode(name), PosixText.Encode(value));
        }
    }

    // The workload's own variables win over the environment's, and all are set in one order: the order of new entries
    // is visible to the workload, so it must not depend on the path that was taken.
    private static void ApplyWithOwn(LaunchRecord record, ImmutableArray<string> own, EnvironmentBlock variables)
    {
        var set = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in record.Set)
        {
            set[name] = value;
        }

        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var assignment in own)
        {
            var (name, value) = WorkloadVariables.Parse(assignment);
            set[name] = value;
            named.Add(name);
        }

        Apply(set.Select(Assignment.From), record.Prepend.Where(variable => !named.Contains(variable.Name)), variables);
    }
}
