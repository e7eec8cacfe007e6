using System.Collections.Immutable;
using Slipway.Runs.Gpus;

namespace Slipway.Runs.Hosts;

/// <summary>What a host is and has, as it told in one go.</summary>
public sealed record HostReport
{
    /// <summary>The host's name, or the address that was given.</summary>
    public required string Name { get; init; }

    /// <summary>From the start of the call to the first word of the host: the time that a connection takes, unless one was open.</summary>
    public required TimeSpan Connected { get; init; }

    /// <summary>The OpenSSH client here.</summary>
    public string? Client { get; init; }

    /// <summary>Kernel and release, for example <c>Linux 6.1.0</c>.</summary>
    public required string Kernel { get; init; }

    /// <summary>As <c>uname -m</c> says it.</summary>
    public required string Architecture { get; init; }

    /// <summary>The C library, for example <c>glibc 2.36</c>; empty for one that does not tell.</summary>
    public required string Libc { get; init; }

    /// <summary>What the host calls itself.</summary>
    public required string NodeName { get; init; }

    /// <summary>The user there.</summary>
    public required string User { get; init; }

    /// <summary>The home directory there.</summary>
    public required string Home { get; init; }

    /// <summary>The login shell; empty when the session does not tell.</summary>
    public required string Shell { get; init; }

    /// <summary>How many processors; null when it does not tell.</summary>
    public int? Processors { get; init; }

    /// <summary>Its clock minus ours, to the second; null when they agree as far as can be told.</summary>
    public TimeSpan? ClockSkew { get; init; }

    /// <summary>Where the store is or would be made; null where no place can be named.</summary>
    public HostStore? Store { get; init; }

    /// <summary>The programs that were looked for and are there.</summary>
    public required ImmutableArray<HostTool> Tools { get; init; }

    /// <summary>Each Python that runs.</summary>
    public required ImmutableArray<HostPython> Pythons { get; init; }

    /// <summary>The GPUs; empty when there are none.</summary>
    public ImmutableArray<GpuUnit> Gpus { get; init; } = [];

    /// <summary>What nvidia-smi said in place of GPUs; null when it did its work or is not there.</summary>
    public string? GpuTrouble { get; init; }

    /// <summary>A program that is there; null when it is not.</summary>
    public HostTool? Tool(string name) => Tools.FirstOrDefault(tool => string.Equals(tool.Name, name, StringComparison.Ordinal));
}

/// <summary>A program on a host.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Path">Its path.</param>
/// <param name="Version">The first line in which it tells its version; empty when it was not asked or tells none.</param>
public sealed record HostTool(string Name, string Path, string Version);

/// <summary>A Python on a host.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Path">Its path.</param>
/// <param name="CanBuild">Whether it has venv and pip.</param>
public sealed record HostPython(string Version, string Path, bool CanBuild);

/// <summary>The store of a host.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Exists">Whether it is there already.</param>
/// <param name="IsWritable">Whether it can be written, or made.</param>
/// <param name="FreeBytes">What is free there; null when the host does not tell.</param>
public sealed record HostStore(string Path, bool Exists, bool IsWritable, long? FreeBytes);
