using System.Reflection;

namespace Slipway.Architecture.Tests;

/// <summary>The rooms in their order, lowest first, as the compiled assemblies.</summary>
internal static class Rooms
{
    public static IReadOnlyList<string> Order { get; } =
        ["Slipway.Core", "Slipway.Machines", "Slipway.Store", "Slipway.Environments", "Slipway.Projects", "Slipway.Runs", "Slipway.Workers", "Slipway.Training", "Slipway.Training.Adapters", "Slipway.Cloud", "Slipway.Workflows", "Slipway.Mcp", "slipway"];

    /// <summary>The rooms by the name of their folder below src.</summary>
    public static IReadOnlyList<string> Folders { get; } = [.. Order.Select(name => name is "slipway" ? "Slipway.Cli" : name)];

    public static Assembly Load(string name) => Assembly.Load(name);
}
