namespace Slipway.Store.Collection;

/// <summary>What happened, or would happen, to one thing in the store.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="Name">The slot or artifact, as lists print it.</param>
/// <param name="Title">A few words about it.</param>
/// <param name="Bytes">
/// What removing it frees, in bytes: of a file with several names (hard links) nothing, unless its last name goes. In the
/// order of a collection the entries add up to what all of it frees.
/// </param>
/// <param name="KeptBecause">Why it stays; null when it goes.</param>
public sealed record CollectionEntry(string Path, string Name, string Title, long Bytes, string? KeptBecause)
{
    /// <summary>Bytes of its files that stay on the disk because other names of them lie elsewhere.</summary>
    public long SharedBytes { get; init; }

    /// <summary>Whether it was, or would be, removed.</summary>
    public bool Removed => KeptBecause is null;
}
