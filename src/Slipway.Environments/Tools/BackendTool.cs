using Slipway.Core.Failures;
using Slipway.Environments.Provisioners;

namespace Slipway.Environments.Tools;

/// <summary>The tool that a backend builds with: one of Slipway's own, the user's or PATH's, always called by its absolute path.</summary>
public static class BackendTool
{
    private const string Here = "here";

    /// <summary>The tool that a backend would use now.</summary>
    /// <param name="host">The host.</param>
    /// <param name="tool">Which tool; the backend is called after it.</param>
    /// <param name="wanted">The version that was used before; null for none.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The tool, or <see cref="EnvironmentFailures.ToolMissing"/>, which commands that may install tools know.</returns>
    public static async Task<Result<FoundTool>> FindAsync(BuildHost host, ToolInfo tool, string? wanted, CancellationToken cancellationToken)
    {
        var found = await new ToolFinder(host).FindAsync(tool, wanted, cancellationToken).ConfigureAwait(false);
        return Judge(tool, found, host.Machine.Name is "local" ? Here : $"on {host.Machine.Name}");
    }

    /// <summary>Whether what was found can be used.</summary>
    /// <param name="tool">Which tool.</param>
    /// <param name="found">What was found; null for nothing.</param>
    /// <param name="where">Where was looked, for people.</param>
    /// <returns>The tool, or <see cref="EnvironmentFailures.ToolMissing"/>.</returns>
    public static Result<FoundTool> Judge(ToolInfo tool, FoundTool? found, string where = Here)
    {
        ArgumentNullException.ThrowIfNull(tool);
        return found switch
        {
            { IsNewEnough: true } => found,
            _ => new Failure(EnvironmentFailures.ToolMissing, $"{Lack(tool, found, where)}.") { Hint = $"{tool.Remedy}, or with `--bootstrap` on `run`, `sync` and `init`; or use another backend." },
        };
    }

    /// <summary>Why a tool cannot be used, for people: there is none, or it is not the right one.</summary>
    public static string Lack(ToolInfo tool, FoundTool? found, string where = Here)
    {
        ArgumentNullException.ThrowIfNull(tool);
        return found switch
        {
            null => $"There is no {tool.Name} {where}",
            { Version: null } => $"{found.Path} does not tell its version",
            _ => $"{found.Path} is {tool.Name} {found.Version}, and {tool.Oldest} or newer is needed",
        };
    }

    /// <summary>Has the tool ready: the version that was used before while it is anywhere, else the first that is new enough.</summary>
    /// <param name="host">The host.</param>
    /// <param name="tool">Which tool; the backend is called after it.</param>
    /// <param name="layoutVersion">Raised with every change of how the backend lays out or fills a tree: it is part of the environment key.</param>
    /// <param name="wanted">The identity that an earlier resolution or build had; null for none.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    internal static async Task<Result<ProvisionerTool>> PrepareAsync(BuildHost host, ToolInfo tool, int layoutVersion, string? wanted, CancellationToken cancellationToken)
    {
        var found = await FindAsync(host, tool, wanted?.Split('/')[1], cancellationToken).ConfigureAwait(false);
        return found.Map(one => new ProvisionerTool($"{tool.Name}/{one.Version}/{layoutVersion}", one.Path));
    }
}
