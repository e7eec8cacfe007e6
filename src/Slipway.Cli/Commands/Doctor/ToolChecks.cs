using Slipway.Environments;
using Slipway.Environments.Provisioners;
using Slipway.Environments.Tools;
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
        ("tmux", "-V", "work that outlives a terminal"),
        ("ssh", "-V", "other hosts"),
    ];

    /// <summary>Looks for each where it would be used from, and asks it for its version.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="host">The same with its store, which may hold tools; null when there is none.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public static async Task<IReadOnlyList<DoctorCheck>> LookAsync(IMachine machine, BuildHost? host, CancellationToken cancellationToken)
    {
        var checks = new List<DoctorCheck>();
        foreach (var tool in host is null ? [] : ToolCatalogue.All)
        {
            checks.Add(Check(tool, await new ToolFinder(host!).FindAsync(tool, wanted: null, cancellationToken).ConfigureAwait(false)));
        }

        foreach (var (name, option, purpose) in Tools)
        {
            var found = await machine.RunAsync(ProcessCommand.Create(name, option) with { Timeout = Limit }, output: null, cancellationToken).ConfigureAwait(false);
            checks.Add(Check(name, purpose, found.TryGet(out var outcome, out var failure) ? outcome : null, failure?.Code == MachinesFailures.ProgramNotFound));
        }

        return checks;
    }

    private static DoctorCheck Check(string name, string purpose, ProcessOutcome? outcome, bool isAbsent)
    {
        var use = Use(name, purpose);
        if (outcome is { Succeeded: true })
        {
            var words = (outcome.OutputText.Trim().Length > 0 ? outcome.OutputText : outcome.ErrorText).Trim().Split('\n')[0];
            return DoctorCheck.Good("tool", words.Contains(name, StringComparison.OrdinalIgnoreCase) ? $"{words}: {use}" : $"{name} {words}: {use}");
        }

        return isAbsent
            ? DoctorCheck.Good("tool", $"{name} is not on PATH: {use}")
            : DoctorCheck.Note("tool", $"{name} does not tell its version ({outcome?.Describe() ?? "it cannot be started"}): {use}", $"Run `{name} --version` by hand.");
    }

    // That a tool is absent hinders only those who want its backend.
    private static DoctorCheck Check(ToolInfo tool, FoundTool? found)
    {
        var use = Use(tool.Name, $"environments by {tool.Name}");
        return found switch
        {
            null => DoctorCheck.Good("tool", $"{tool.Name} is not here: {use}; `slipway host bootstrap {tool.Name}` installs {tool.Version}"),
            { IsNewEnough: true } => DoctorCheck.Good("tool", $"{tool.Name} {found.Version} ({found.Path}): {use}"),
            { Version: null } => DoctorCheck.Note("tool", $"{found.Path} does not tell its version: {use}", $"Run `{found.Path} --version` by hand."),
            _ => DoctorCheck.Note("tool", $"{tool.Name} {found.Version} ({found.Path}) is older than {tool.Oldest}: {use}", $"{tool.Remedy}."),
        };
    }

    private static string Use(string name, string purpose) => IsUsed(name) ? $"for {purpose}" : $"for {purpose}, which this version does not do";

    private static bool IsUsed(string name) => name is "git" || ProvisionerCatalogue.Default.Kinds.Contains(name, StringComparer.Ordinal);
}
