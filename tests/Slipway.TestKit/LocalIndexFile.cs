namespace Slipway.TestKit;

/// <summary>What an index says about one file beyond its bytes.</summary>
public sealed record LocalIndexFile
{
    /// <summary>When it was uploaded (PEP 700); null leaves it out.</summary>
    public DateTimeOffset? UploadTime { get; init; } = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Whether the file was yanked (PEP 592).</summary>
    public bool Yanked { get; init; }

    /// <summary>Why it was yanked; null is "no reason given".</summary>
    public string? YankedReason { get; init; }

    /// <summary>Whether the metadata is offered beside the file (PEP 658, PEP 714).</summary>
    public bool CoreMetadata { get; init; } = true;

    /// <summary>Whether the sha256 is stated.</summary>
    public bool Hash { get; init; } = true;

    /// <summary>Whether requires-python is stated.</summary>
    public bool RequiresPython { get; init; } = true;

    /// <summary>Bytes to serve in place of what the builder makes; the stated hash and size are theirs.</summary>
    public byte[]? Content { get; init; }
}
