namespace Slipway.Store.Collection;

/// <summary>What garbage collection may remove.</summary>
/// <param name="OlderThan">Environments and wheels not used for this long; half-built ones go after <see cref="Grace"/>.</param>
/// <param name="DryRun">Report only.</param>
public sealed record CollectionPolicy(TimeSpan OlderThan, bool DryRun)
{
    /// <summary>Nothing that was used more recently is removed, whatever the policy says: its launch may be under way.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    /// <summary>The age that counts: never below the grace time.</summary>
    public TimeSpan MinimumAge => OlderThan > Grace ? OlderThan : Grace;
}

/// <summary>What happened, or would happen, to one thing in the store.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="Name">The slot or artifact, as lists print it.</param>
/// <param name="Title">A few words about it.</param>
/// <param name="Bytes">What removing it frees, in bytes.</param>
/// <param name="KeptBecause">Why it stays; null when it goes.</param>
public sealed record CollectionEntry(string Path, string Name, string Title, long Bytes, string? KeptBecause)
{
    /// <summary>Whether it was, or would be, removed.</summary>
    public bool Removed => KeptBecause is null;
}
