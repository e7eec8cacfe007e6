namespace Slipway.Store.Collection;

/// <summary>What garbage collection may remove.</summary>
/// <param name="OlderThan">Environments and wheels not used for this long; half-built ones go after <see cref="Grace"/>.</param>
/// <param name="DryRun">Report only.</param>
public sealed record CollectionPolicy(TimeSpan OlderThan, bool DryRun)
{
    /// <summary>Nothing that was used more recently is removed, whatever the policy says: its launch may be under way.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    /// <summary>The age that counts when a person names none.</summary>
    public static readonly TimeSpan DefaultAge = TimeSpan.FromDays(30);

    /// <summary>The size, in bytes, that the whole store is brought down to, the least recently used first; null for no limit.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>Whether environments that projects link to may go too.</summary>
    public bool IncludeLinked { get; init; }

    /// <summary>The age that counts: never below the grace time.</summary>
    public TimeSpan MinimumAge => OlderThan > Grace ? OlderThan : Grace;

    /// <summary>The age of what lies beside the environments and belongs to nobody: logs, failures, scratch.</summary>
    public TimeSpan LeftoverAge => MinimumAge < DefaultAge ? MinimumAge : DefaultAge;
}
