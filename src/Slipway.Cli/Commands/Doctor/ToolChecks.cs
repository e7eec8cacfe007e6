using Slipway.Machines;
using Slipway.Machines.Processes;

namespace Slipway.Cli.Commands.Doctor;

/// <summary>Other programs that Slipway uses: present or not, in which version, and what for. None is needed for the rest to work.</summary>
internal static class ToolChecks
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private static readonly (string Name, string Purpose)[] Tools = [("git", "packages from repositories")];

    /// <summary>Looks for each on PATH and asks it for its version.</summary>
    public static async Task<IReadOnlyList<DoctorCheck>> LookAsync(IMachine machine, CancellationToken cancellationToken)
    {
        var checks = new List<DoctorCheck>();
        foreach (var (name, purpose) in Tools)
        {
            var found = await machine.RunAsync(ProcessCommand.Create(name, "--version") with { Timeout = Limit }, output: null, cancellationToken).ConfigureAwait(false);
            checks.Add(Check(name, purpose, found.TryGet(out var outcome, out var failure) ? outcome : null, failure?.Code == MachinesFailures.ProgramNotFound));
        }

        return checks;
    }

    private static DoctorCheck Check(string name, string purpose, ProcessOutcome? outcome, bool isAbsent) =>
        outcome is { Succeeded: true } ? DoctorCheck.Good("tool", $"{outcome.OutputText.Trim().Split('\n')[0]}: for {purpose}")
        : isAbsent ? DoctorCheck.Note("tool", $"{name} is not on PATH: no {purpose}", $"Install {name}, if you need them.")
        : DoctorCheck.Note("tool", $"{name} does not tell its version ({outcome?.Describe() ?? "it cannot be started"}): for {purpose}", $"Run `{name} --version` by hand.");
}
