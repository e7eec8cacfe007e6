namespace Slipway.Workflows.Caching;

/// <summary>Media types by the ends of file names, for the few kinds that ports carry.</summary>
public static class MediaTypes
{
    /// <summary>What a file is by its name; <c>application/octet-stream</c> when that is not known.</summary>
    public static string Of(string name) => Path.GetExtension(name).ToLowerInvariant() switch
    {
        ".png" => "image/png",
        ".jpg" or ".jpeg" => "image/jpeg",
        ".gif" => "image/gif",
        ".webp" => "image/webp",
        ".svg" => "image/svg+xml",
        ".wav" => "audio/wav",
        ".mp3" => "audio/mpeg",
        ".flac" => "audio/flac",
        ".ogg" => "audio/ogg",
        ".json" => "application/json",
        ".txt" or ".md" or ".csv" or ".py" => "text/plain",
        _ => "application/octet-stream",
    };

    /// <summary>The end of a file name for a media type, with its dot; empty when none is usual.</summary>
    public static string Extension(string mediaType) => mediaType switch
    {
        "image/png" => ".png",
        "image/jpeg" => ".jpg",
        "image/gif" => ".gif",
        "image/webp" => ".webp",
        "image/svg+xml" => ".svg",
        "audio/wav" => ".wav",
        "audio/mpeg" => ".mp3",
        "audio/flac" => ".flac",
        "audio/ogg" => ".ogg",
        "application/json" => ".json",
        "text/plain" => ".txt",
        _ => string.Empty,
    };
}
