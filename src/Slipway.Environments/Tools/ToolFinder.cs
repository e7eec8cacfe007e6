namespace Slipway.Environments.Tools;

/// <summary>A tool that is on the host.</summary>
/// <param name="Path">The absolute path of its program.</param>
/// <param name="Version">The version that it tells; null when it tells none.</param>
/// <param name="IsNewEnough">Whether Slipway can use it.</param>
public sealed record FoundTool(string Path, string? Version, bool IsNewEnough);

/// <summary>Finds tools on the host and asks each which version it is.</summary>
/// <param name="host">The host.</param>
public sealed class ToolFinder(BuildHost host)
{
    /// <summary>The tool that is used: the wanted version while it is anywhere, else the first that is new enough, else the first that is there at all.</summary>
    /// <param name="tool">Which tool.</param>
    /// <param name="wanted">The version that was used before; null for none.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The tool; null when the host has none.</returns>
    public async Task<FoundTool?> FindAsync(ToolInfo tool, string? wanted, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tool);
        var found = new List<FoundTool>();
        foreach (var path in ToolSearch.Of(host).Find(tool.Name))
        {
            var version = await ToolVersion.OfAsync(host, tool, path, cancellationToken).ConfigureAwait(false);
            var one = new FoundTool(path, version, version is not null && ToolVersion.Parse(version) >= tool.Oldest);
            if (one.IsNewEnough && (wanted is null || string.Equals(version, wanted, StringComparison.Ordinal)))
            {
                return one;
            }

            found.Add(one);
        }

        return found.Find(one => one.IsNewEnough) ?? found.FirstOrDefault();
    }
}
