namespace Slipway.Workers.Frames;

/// <summary>How large a frame may be.</summary>
public sealed record FrameLimits
{
    /// <summary>The largest header in bytes.</summary>
    public const int MaxHeaderBytes = 16 * 1024 * 1024;

    /// <summary>The bytes before a header: its length and that of the payload.</summary>
    public const int PrefixBytes = sizeof(uint) + sizeof(ulong);

    /// <summary>The most dimensions that a tensor may have.</summary>
    internal const int MaxDimensions = 32;

    /// <summary>Where a tensor begins in a payload is a multiple of that.</summary>
    internal const int Alignment = 8;

    /// <summary>The usual limits.</summary>
    public static FrameLimits Default { get; } = new();

    /// <summary>The largest payload in bytes.</summary>
    public int MaxPayloadBytes { get; init; } = 1024 * 1024 * 1024;
}
