using Slipway.Core.Failures;

namespace Slipway.Machines.Files;

/// <summary>Lists trees of this machine, names exactly as they are on the disk.</summary>
public static class LocalTrees
{
    /// <summary>Everything below a directory, in the byte order of paths, content not read.</summary>
    /// <param name="root">The directory; a link to one is followed.</param>
    /// <param name="skip">Whether an entry of that name, without its directory, is passed over with all below it.</param>
    /// <param name="fault">Told of each entry that cannot be looked at; the rest is listed all the same.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public static Result<IReadOnlyList<InventoryEntry>> List(string root, Func<string, bool> skip, Action<Failure> fault, CancellationToken cancellationToken) =>
        TreeScanner.Scan(root, skip, fault, cancellationToken).Map<IReadOnlyList<InventoryEntry>>(static found => found);
}
