using Slipway.Environments.Sources;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Store.Layout;

namespace Slipway.Environments;

/// <summary>Where environments are looked up and built: one machine, its facts and the store on it.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="Layout">The store's layout there.</param>
/// <param name="Facts">What the machine is.</param>
public sealed record BuildHost(IMachine Machine, StoreLayout Layout, MachineFacts Facts)
{
    /// <summary>
    /// Reads an environment variable that programs on the machine would inherit; null means unset. For credentials and
    /// where they lie, and for telling people which variables are ignored.
    /// </summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>What programs lie where on the machine.</summary>
    public FolderListing Listing { get; init; } = FolderListing.Local;

    /// <summary>The machine on which the files lie that a request names; it packs them for <see cref="Machine"/>, which may be another one.</summary>
    public IMachine Here { get; init; } = Machine;

    /// <summary>Where on <see cref="Machine"/> those files lie that were brought there.</summary>
    public BroughtSources Brought { get; init; } = BroughtSources.None;

    /// <summary>Whether the network is out of bounds for what runs there now.</summary>
    public bool IsOffline { get; init; }
}
