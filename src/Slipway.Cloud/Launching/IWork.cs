using System.Collections.Immutable;
using Slipway.Cloud.Cost;
using Slipway.Core.Failures;
using Slipway.Core.Identity;

namespace Slipway.Cloud.Launching;

/// <summary>What is to be run, as far as renting for it has to know.</summary>
public interface IWork
{
    /// <summary>The template or recipe.</summary>
    string Name { get; }

    /// <summary>The digest of its parameters.</summary>
    Sha256Digest ParametersDigest { get; }

    /// <summary>The parameters as text, from which <see cref="IWorkSource.Restore"/> makes the same work in another process. No secret is in it.</summary>
    ReadOnlyMemory<byte> Saved { get; }

    /// <summary>How much memory of cards it needs; null when nobody can tell.</summary>
    VramRequest? Sizing { get; }

    /// <summary>Names of the variables whose values it needs and that are secret; the values are taken from this process at the launch.</summary>
    ImmutableArray<string> SecretNames { get; }

    /// <summary>The fixed script that a machine will run, for people to look at before they say yes.</summary>
    string Preview { get; }

    /// <summary>Makes the folder that is brought to the machine; its <c>run.sh</c> is what runs.</summary>
    /// <param name="folder">The absolute path of a folder that is not there yet.</param>
    /// <param name="options">What the run was given.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The folder.</returns>
    Task<Result<string>> BuildAsync(string folder, PackageOptions options, CancellationToken cancellationToken);
}

/// <summary>What a package is told about its run.</summary>
/// <param name="MaxRuntime">The longest that it may take.</param>
/// <param name="GpuIdleMinutes">Minutes of idle GPUs after which it ends itself; null: never.</param>
/// <param name="RunId">The run.</param>
/// <param name="Backend">The backend's name.</param>
public sealed record PackageOptions(TimeSpan MaxRuntime, int? GpuIdleMinutes, string RunId, string Backend);

/// <summary>Makes work again that was planned in another process.</summary>
public interface IWorkSource
{
    /// <summary>The work of a name and its <see cref="IWork.Saved"/> parameters.</summary>
    Result<IWork> Restore(string name, ReadOnlyMemory<byte> saved);
}
