using System.Text.RegularExpressions;
using Slipway.TinkerApi.Bodies;

namespace Slipway.TinkerApi.Checkpoints;

/// <summary>A checkpoint that was asked for.</summary>
/// <param name="Path">Its path: <c>tinker://RUN/weights/NAME</c> or <c>tinker://RUN/sampler_weights/NAME</c>.</param>
/// <param name="Run">The model.</param>
/// <param name="Id">What is behind the run in its path.</param>
/// <param name="IsTrainable">Whether training can go on from it; else it is for sampling.</param>
/// <param name="BaseModel">The base.</param>
/// <param name="Rank">The adapter's rank.</param>
internal sealed record Checkpoint(string Path, string Run, string Id, bool IsTrainable, string BaseModel, int Rank)
{
    /// <summary>Where it lies; null while it is not saved yet.</summary>
    internal string? Directory { get; set; }

    internal DateTimeOffset SavedAt { get; set; }

    internal DateTimeOffset? ExpiresAt { get; set; }
}

/// <summary>The checkpoints by path. Its user holds the lock of the server.</summary>
internal sealed partial class CheckpointTable(TinkerServerOptions options)
{
    private readonly Dictionary<string, Checkpoint> _byPath = new(StringComparer.Ordinal);

    /// <summary>A directory of its own for a checkpoint that is to be saved; servers of one test may share the folder.</summary>
    internal string NewDirectory() => Path.Combine(options.Folder, "checkpoints", $"{Guid.NewGuid():N}");

    /// <summary>Enters a checkpoint that is asked for; one of that name stays until the new one is saved.</summary>
    internal void Announce(Checkpoint checkpoint) => _byPath.TryAdd(checkpoint.Path, checkpoint);

    /// <summary>Whether there is a saved one of that path.</summary>
    internal bool IsSaved(string path) => Living(path) is { Directory: not null };

    internal void Saved(Checkpoint checkpoint, string directory, long? ttlSeconds)
    {
        checkpoint.Directory = directory;
        checkpoint.SavedAt = options.Time.GetUtcNow();
        checkpoint.ExpiresAt = ttlSeconds is { } seconds ? checkpoint.SavedAt.AddSeconds(seconds) : null;
        _byPath[checkpoint.Path] = checkpoint;
    }

    /// <summary>Takes the entry of one that could not be saved out again.</summary>
    internal void Failed(Checkpoint checkpoint)
    {
        if (ReferenceEquals(_byPath.GetValueOrDefault(checkpoint.Path), checkpoint))
        {
            _byPath.Remove(checkpoint.Path);
        }
    }

    internal bool Remove(string path) => _byPath.Remove(path);

    internal IReadOnlyList<Checkpoint> Of(string run) =>
        [.. _byPath.Values.Where(checkpoint => string.Equals(checkpoint.Run, run, StringComparison.Ordinal) && IsSaved(checkpoint.Path)).OrderBy(static checkpoint => checkpoint.SavedAt)];

    /// <summary>The checkpoint of a path, saved; else why it cannot be had.</summary>
    internal (Checkpoint? Found, Refusal? Refused) Find(string name, string path) =>
        !PathForm().IsMatch(path) ? (null, new Refusal(422, $"{name} is {path}, which is no tinker://RUN/weights/NAME or tinker://RUN/sampler_weights/NAME"))
        : Living(path) is not { } found ? (null, ServerState.NoSuch(name, path))
        : found.Directory is null ? (null, new Refusal(425, $"{path} is not saved yet"))
        : (found, null);

    private Checkpoint? Living(string path) =>
        _byPath.GetValueOrDefault(path) is { } found && !(found.ExpiresAt <= options.Time.GetUtcNow()) ? found : null;

    [GeneratedRegex("^tinker://[a-zA-Z0-9_-]+/(sampler_)?weights/[a-zA-Z0-9_-]+\\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex PathForm();
}
