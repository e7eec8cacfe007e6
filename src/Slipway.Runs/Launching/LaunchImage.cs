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

        foreach (var (name, value) in record.Set)
        {
            variables.Set(PosixText.Encode(name), PosixText.Encode(value));
        }

        foreach (var (name, value) in record.Prepend)
        {
            variables.Prepend(PosixText.Encode(name), PosixText.Encode(value));
        }

        foreach (var assignment in arguments.Values(RunOptions.EnvVar))
        {
            var equals = assignment.IndexOf('=', StringComparison.Ordinal);
            variables.Set(PosixText.Encode(assignment[..equals]), PosixText.Encode(assignment[(equals + 1)..]));
        }

        var all = new byte[record.Arguments.Length + arguments.Tail.Length][];
        for (var i = 0; i < all.Length; i++)
        {
            all[i] = PosixText.Encode(i < record.Arguments.Length ? record.Arguments[i] : arguments.Tail[i - record.Arguments.Length]);
        }

        return new ExecImage(PosixText.Encode(record.Executable), all, variables.ToArray());
    }
}
