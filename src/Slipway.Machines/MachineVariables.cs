using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Machines.Posix;
using Slipway.Machines.Processes;

namespace Slipway.Machines;

/// <summary>The environment variables that a machine gives to what runs there.</summary>
public static class MachineVariables
{
    // The names are ours; what they hold is never evaluated.
    private const string Script = "for sw_n; do eval \"[ -z \\\"\\${$sw_n+x}\\\" ] || printf '%s=%s\\\\0' $sw_n \\\"\\$$sw_n\\\"\"; done";

    /// <summary>Reads variables.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="names">Their names, each a letter or underscore followed by those and digits.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <returns>Those that are set.</returns>
    public static async Task<Result<ImmutableDictionary<string, string>>> ReadAsync(IMachine machine, ImmutableArray<string> names, CancellationToken cancellationToken)
    {
        var command = ProcessCommand.Create("sh", ["-c", Script, "sh", .. names]) with { Timeout = TimeSpan.FromSeconds(30) };
        var ran = await machine.RunAsync(command, output: null, cancellationToken).ConfigureAwait(false);
        return ran.Then<ImmutableDictionary<string, string>>(outcome => outcome.Succeeded
            ? PosixText.Decode(outcome.StandardOutput.Span).Split('\0', StringSplitOptions.RemoveEmptyEntries)
                .Select(static text => text.Split('=', 2))
                .ToImmutableDictionary(static pair => pair[0], static pair => pair[1], StringComparer.Ordinal)
            : new Failure(MachinesFailures.NoRemoteShell, $"{machine.Name} did not tell its variables ({outcome.Describe()}).") { Detail = outcome.ErrorText.Trim() });
    }
}
