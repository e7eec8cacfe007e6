namespace Slipway.Environments.Inspection;

/// <summary>A command that the environment puts first on PATH.</summary>
/// <param name="Name">Its name in <c>bin</c>.</param>
/// <param name="Package">The distribution that brought it; null when none says so.</param>
/// <param name="Target">What it calls, <c>module:function</c>; null for a script or program of its own.</param>
public sealed record InspectedCommand(string Name, string? Package, string? Target);
