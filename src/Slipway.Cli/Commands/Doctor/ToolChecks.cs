using Slipway.Environments.Provisioners;
using Slipway.Machines;
using Slipway.Machines.Processes;

namespace Slipway.Cli.Commands.Doctor;

/// <summary>Other programs that Slipway can use: present or not, in which version, and what for. None is needed for the rest to work.</summary>
internal static class ToolChecks
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private static readonly (string Name, string VersionOption, string Purpose)[] Tools =
    [
        ("git", "--version", "packages from repositories"),
        ("uv", "--version", "environments by uv"),
        ("micromamba", "--version", "environments by micromamba"),
        ("tmux", "-V", "work that outlives a terminal"),
        ("ssh", "-V", "other hosts"),
    ];

    /// <summary>Looks for each on PATH and asks it for its version.</summary>
    public static async Task<IReadOnlyList<DoctorCheck>> LookAsync(IMachine machine, CancellationToken cancellationToken)
    {
        var checks = new List<DoctorCheck>();
        foreach (var (name, option, purpose) in Tools)
        {
            var found = await machine.RunAsync(ProcessCommand.Create(name, option) with { Timeout = Limit }, output: null, cancellationToken).ConfigureAwait(false);
            checks.Add(Check(name, purpose, found.TryGet(out var outcome, out var failure) ? outcome : null, failure?.Code == MachinesFailures.ProgramNotFound));
        }

        return checks;
    }

    private static DoctorCheck Check(string name, string purpose, ProcessOutcome? outcome, bool isAbsent)
    {
        var use = IsUsed(name) ? $"for {purpose}" : $"for {purpose}, which this version does not do";
        if (outcome is { Succeeded: true })
        {
            var words = (outcome.OutputText.Trim().Length > 0 ? outcome.OutputText : outcome.ErrorText).Trim().Split('\n')[0];
            return DoctorCheck.Good("tool", words.Contains(name, StringComparison.OrdinalIgnoreCase) ? $"{words}: {use}" : $"{name} {words}: {use}");
        }

        return isAbsent
            ? DoctorCheck.Good("tool", $"{name} is not on PATH: {use}")
            : DoctorCheck.Note("tool", $"{name} does not tell its version ({outcome?.Describe() ?? "it cannot be started"}): {use}", $"Run `{name} --version` by hand.");
    }

    private static bool IsUsed(string name) => name is "git" || ProvisionerCatalogue.Default.Kinds.Contains(name, StringComparer.Ordinal);
}
