namespace Slipway.Cli;

/// <summary>What ties launch records to one build of Slipway: records of another build are never used.</summary>
internal static class LaunchVersion
{
    /// <summary>The identity of this build. A constant of the compiled module, so that reading it loads nothing.</summary>
    public static string Text { get; } = typeof(LaunchVersion).Module.ModuleVersionId.ToString("N");
}
