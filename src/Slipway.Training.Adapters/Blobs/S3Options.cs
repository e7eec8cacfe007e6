namespace Slipway.Training.Adapters.Blobs;

/// <summary>Where blobs lie in S3, or in a service that speaks like it.</summary>
public sealed record S3Options
{
    /// <summary>The bucket.</summary>
    public required string Bucket { get; init; }

    /// <summary>What all keys begin with in the bucket; nothing for all of it.</summary>
    public string Prefix { get; init; } = string.Empty;

    /// <summary>The region; null for that of the environment or the profile.</summary>
    public string? Region { get; init; }

    /// <summary>The address of another service than AWS; null for AWS.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Whether the bucket is the first part of the path, and not of the host's name; MinIO and the like want that.</summary>
    public bool PathStyle { get; init; }

    /// <summary>The key's name and the key itself; null for the SDK's chain: environment, profile, web identity, the machine's role.</summary>
    public (string AccessKey, string SecretKey)? Credentials { get; init; }

    /// <summary>How often a request is tried again.</summary>
    public int Retries { get; init; } = 4;
}
