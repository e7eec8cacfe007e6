namespace Slipway.Cloud.Templates;

/// <summary>What a run of a package is held to.</summary>
/// <param name="RunId">The run.</param>
/// <param name="MaxRuntime">How long the work may take on the machine; then it gets TERM, and two minutes later KILL.</param>
public sealed record WorkOptions(string RunId, TimeSpan MaxRuntime)
{
    /// <summary>After so many minutes in which every card is used by less than 5 %, the work is ended; null for never.</summary>
    public int? GpuIdleMinutes { get; init; }

    /// <summary>How often cards are looked at.</summary>
    public TimeSpan GpuPoll { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The most bytes of results that are brought where they are fetched from; what does not fit is listed.</summary>
    public long MostResultBytes { get; init; } = 5L * 1024 * 1024 * 1024;
}
