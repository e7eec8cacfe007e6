using System.Collections.Immutable;
using Slipway.Core.Conda;
using Slipway.Core.Failures;
using Slipway.Environments.Requests;
using Slipway.Environments.Tests.Support;
using Slipway.TestKit;
using Slipway.TestKit.Conda;

namespace Slipway.Environments.Tests.Conda;

/// <summary>A world with a micromamba and a channel.</summary>
internal sealed class CondaWorkshop : IDisposable
{
    public CondaWorkshop(IReadOnlyDictionary<string, string>? variables = null, TempStore? store = null)
    {
        World = new World(variables, store: store);
        Tool = TestMicromamba.Install(World.Store.Home);
        Channel = new CondaChannelFolder(Path.Combine(World.Store.Root, "channel"));
    }

    public World World { get; }

    public string Tool { get; }

    public CondaChannelFolder Channel { get; }

    /// <summary>Asks conda for packages of the channel.</summary>
    public EnvironmentRequest Ask(params IEnumerable<string> specs) => new()
    {
        Provisioner = "micromamba",
        Conda = new CondaRequest([Channel.FullPath], [.. specs.Select(Spec)]),
    };

    public static CondaSpec Spec(string text) => CondaSpec.Parse(text, new FailureLocation("test")).Value;

    /// <summary>The package of a builder, as a lock has it.</summary>
    public CondaPackage Locked(CondaPackageBuilder package)
    {
        var file = File.ReadAllBytes(Channel.FileOf(package));
        var record = package.Record(file);
        return CondaPackage.Create(new Uri(Channel.FileOf(package)).AbsoluteUri, (string)record["sha256"]!, string.Empty, new FailureLocation("test")).Value;
    }

    /// <summary>A request that a conda lock settles.</summary>
    public EnvironmentRequest AskLocked(string platform, params IEnumerable<CondaPackage> packages) => Ask("tool") with
    {
        Conda = Ask("tool").Conda! with
        {
            Lock = new ImportedCondaLock("/p/conda-lock.yml", ImmutableSortedDictionary.Create<string, ImmutableArray<CondaPackage>>(StringComparer.Ordinal).Add(platform, [.. packages])),
        },
    };

    public void Dispose() => World.Dispose();
}
