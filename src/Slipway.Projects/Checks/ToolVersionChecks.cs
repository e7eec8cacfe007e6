using System.Collections.Immutable;
using Slipway.Environments;
using Slipway.Environments.Tools;
using Slipway.Projects.UseCases;
using Slipway.Store.Slots;

namespace Slipway.Projects.Checks;

/// <summary>Whether the tools that a project's environments are built with are here, new enough, and the ones that built them.</summary>
/// <param name="host">Where.</param>
/// <param name="recordOf">The record of what an environment's link leads to; null where it leads to nothing.</param>
internal sealed class ToolVersionChecks(BuildHost host, Func<EnvironmentStatus, SlotMeta?> recordOf)
{
    /// <summary>Looks for each tool once.</summary>
    public async Task<ImmutableArray<CheckFinding>> LookAsync(ImmutableArray<EnvironmentStatus> environments, CancellationToken cancellationToken)
    {
        var findings = ImmutableArray.CreateBuilder<CheckFinding>();
        foreach (var tool in ToolCatalogue.All)
        {
            ImmutableArray<EnvironmentStatus> users = [.. environments.Where(environment => environment.Declaration?.Backend.Kind == tool.Name)];
            if (!users.IsEmpty)
            {
                await LookAsync(tool, users, findings, cancellationToken).ConfigureAwait(false);
            }
        }

        return findings.ToImmutable();
    }

    private async Task LookAsync(ToolInfo tool, ImmutableArray<EnvironmentStatus> users, ImmutableArray<CheckFinding>.Builder findings, CancellationToken cancellationToken)
    {
        var finder = new ToolFinder(host);
        var found = await finder.FindAsync(tool, wanted: null, cancellationToken).ConfigureAwait(false);
        if (!BackendTool.Judge(tool, found).TryGet(out var usable, out var failure))
        {
            // What is built already runs without the tool that built it.
            var level = users.All(static user => user.State is EnvironmentState.Ready) ? CheckLevel.Warning : CheckLevel.Error;
            findings.Add(new CheckFinding(found is null ? "tool-missing" : "tool-unfit", level, tool.Name, failure.Message) { Remedy = $"{tool.Remedy}." });
            return;
        }

        findings.Add(new CheckFinding("tool", CheckLevel.Pass, tool.Name, $"{usable.Path} is {tool.Name} {usable.Version}"));
        foreach (var user in users)
        {
            if (recordOf(user)?.Provisioner.Split('/') is not [var kind, var made, ..] || kind != tool.Name || (await finder.FindAsync(tool, made, cancellationToken).ConfigureAwait(false))?.Version == made)
            {
                continue;
            }

            findings.Add(new CheckFinding("tool-other", CheckLevel.Note, user.Name.ToString(), $"it was made by {tool.Name} {made}, which is no longer here; {tool.Name} {usable.Version} builds what comes next")
            {
                Remedy = $"`slipway sync --refresh --env {user.Name}` builds it with the one that is here.",
            });
        }
    }
}
