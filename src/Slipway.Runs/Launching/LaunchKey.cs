using System.Text;
using Slipway.Core.Identity;
using Slipway.Machines.Posix;
using Slipway.Runs.Arguments;

namespace Slipway.Runs.Launching;

/// <summary>
/// Finds the launch record of a command line: by Slipway's version, the working directory, the head's options, the target,
/// every <c>SLIPWAY_*</c> variable but credentials and the id of the job that this is in, <c>HOME</c>, which ends the search for files, and <c>XDG_CONFIG_HOME</c>, where the user's
/// own configuration is. What only the workload sees is not in
/// it: the tail, its variables (no digest may be made of a secret), how much is said and where a report is written.
/// </summary>
internal static class LaunchKey
{
    /// <summary>The path of the record.</summary>
    /// <param name="directory">The store's directory of records.</param>
    /// <param name="version">The version of Slipway.</param>
    /// <param name="workingDirectory">The current directory.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="variables">All variables, as <c>NAME=VALUE</c>.</param>
    public static string PathOf(string directory, string version, string workingDirectory, RunArguments arguments, ReadOnlySpan<byte[]> variables)
    {
        var text = new StringBuilder();
        Field(text, "slipway.launch-key/1");
        Field(text, version);
        Field(text, workingDirectory);
        foreach (var (option, value) in arguments.Options)
        {
            if (!IsForWorkload(option))
            {
                Field(text, option.Name);
                Field(text, value);
            }
        }

        Field(text, arguments.Target!.Form.ToString());
        Field(text, arguments.Target.Text);
        foreach (var name in Steering(variables))
        {
            Field(text, name);
        }

        return $"{directory}/{PureSha256.Hex(PosixText.Encode(text.ToString()))}";
    }

    private static bool IsForWorkload(RunOption option) =>
        ReferenceEquals(option, RunOptions.EnvVar) || ReferenceEquals(option, RunOptions.Secret)
        || ReferenceEquals(option, RunOptions.Report) || ReferenceEquals(option, RunOptions.Quiet) || ReferenceEquals(option, RunOptions.NoColor);

    private static List<string> Steering(ReadOnlySpan<byte[]> variables)
    {
        var found = new List<string>();
        foreach (var variable in variables)
        {
            if ((variable.AsSpan().StartsWith("SLIPWAY_"u8) && !IsCredential(variable) && !variable.AsSpan().StartsWith("SLIPWAY_RUN_ID="u8)) || variable.AsSpan().StartsWith("HOME="u8)
                || variable.AsSpan().StartsWith("XDG_CONFIG_HOME="u8))
            {
                found.Add(PosixText.Decode(variable));
            }
        }

        found.Sort(StringComparer.Ordinal);
        return found;
    }

    // They open an index and change nothing about what is launched.
    private static bool IsCredential(ReadOnlySpan<byte> variable) =>
        variable.StartsWith("SLIPWAY_INDEX_"u8) && variable.IndexOf((byte)'=') is > 0 and var end
        && (variable[..end].EndsWith("_USERNAME"u8) || variable[..end].EndsWith("_PASSWORD"u8));

    private static void Field(StringBuilder text, string value) => text.Append(value.Length).Append(':').Append(value);
}
