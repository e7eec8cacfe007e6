using Slipway.Core.Failures;
using Slipway.Environments.Tools;

namespace Slipway.Environments.Provisioners.Uv;

/// <summary>The uv that resolves and installs: one of Slipway's own, the user's or PATH's, always called by its absolute path.</summary>
internal static class UvTool
{
    // Raised with every change of how a tree is laid out or installed: it is part of the environment key.
    private const int LayoutVersion = 1;

    /// <summary>Has uv ready: the version that was used before while it is anywhere, else the first that is new enough.</summary>
    public static async Task<Result<ProvisionerTool>> PrepareAsync(BuildHost host, string? wanted, CancellationToken cancellationToken)
    {
        var tool = ToolCatalogue.Uv;
        var found = await new ToolFinder(host).FindAsync(tool, wanted?.Split('/')[1], cancellationToken).ConfigureAwait(false);
        return found switch
        {
            { IsNewEnough: true } => new ProvisionerTool($"{tool.Name}/{found.Version}/{LayoutVersion}", found.Path),
            null => Missing("There is no uv here"),
            { Version: null } => Missing($"{found.Path} does not tell its version"),
            _ => Missing($"{found.Path} is uv {found.Version}, and {tool.Oldest} or newer is needed"),
        };
    }

    private static Failure Missing(string what) =>
        new(EnvironmentFailures.ToolMissing, $"{what}.") { Hint = $"{ToolCatalogue.Uv.Remedy}, or with `--bootstrap` on `run` and `sync`; or use --backend pip." };
}
