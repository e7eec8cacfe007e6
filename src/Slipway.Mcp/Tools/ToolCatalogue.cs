using System.Collections.Immutable;

namespace Slipway.Mcp.Tools;

/// <summary>The tools in their order, which never changes between two answers.</summary>
public static class ToolCatalogue
{
    /// <summary>All of them.</summary>
    public static ImmutableArray<McpTool> All { get; } = [.. CloudTools.All, .. RunTools.All, .. MachineTools.All];

    /// <summary>A tool by its name; null where there is none.</summary>
    public static McpTool? Find(string name) => All.FirstOrDefault(tool => string.Equals(tool.Name, name, StringComparison.Ordinal));
}
