using System.Collections.Immutable;

namespace Slipway.Runs.Gpus;

/// <summary>What a job can be given: a GPU, or a part of one that is divided (MIG). What the driver does not tell is null.</summary>
/// <param name="Place">Its number in the order of the bus, or <c>GPU:PART</c>; empty when the driver does not tell.</param>
/// <param name="Id">The driver's id, <c>GPU-…</c> or <c>MIG-…</c>, which programs are told in <c>CUDA_VISIBLE_DEVICES</c>; empty when the driver does not tell.</param>
/// <param name="Name">The product's name, with the profile of a part.</param>
public sealed record GpuUnit(string Place, string Id, string Name)
{
    /// <summary>Memory in use, in MiB as the driver counts.</summary>
    public long? MemoryUsed { get; init; }

    /// <summary>Memory in all, in MiB.</summary>
    public long? MemoryTotal { get; init; }

    /// <summary>How busy it was in the driver's last interval, in percent.</summary>
    public int? Utilization { get; init; }

    /// <summary>The processes that compute on it.</summary>
    public ImmutableArray<GpuProcess> Processes { get; init; } = [];

    /// <summary>Whether a job of Slipway holds it.</summary>
    public bool IsReserved { get; init; }

    /// <summary>Why no job can use it at all; null when one can.</summary>
    public string? Obstacle { get; init; }

    /// <summary>The name of its file among the reservations. The ids of old drivers hold slashes.</summary>
    public string LockName => Id.Replace('/', '_');

    /// <summary>What it is called in messages.</summary>
    public override string ToString() => Place.Length > 0 ? $"GPU {Place}" : Id.Length > 0 ? Id : Name;
}

/// <summary>A process that computes on a GPU.</summary>
/// <param name="Id">Its process id there.</param>
/// <param name="Memory">The memory that it uses, in MiB; null when the driver does not tell.</param>
public sealed record GpuProcess(int Id, long? Memory);

/// <summary>When a GPU counts as free. What the driver does not tell hinders nothing.</summary>
/// <param name="MemoryLimit">The most memory in use, in MiB, itself allowed.</param>
/// <param name="UtilizationLimit">The most utilisation, in percent, itself allowed.</param>
public sealed record GpuPolicy(long MemoryLimit = 1000, int UtilizationLimit = 5)
{
    /// <summary>How often is looked before a GPU counts as free: the utilisation of a moment says little.</summary>
    public int Samples { get; init; } = 1;

    /// <summary>Between two looks.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Why a GPU is not free; null when it is.</summary>
    public string? WhyBusy(GpuUnit unit)
    {
        ArgumentNullException.ThrowIfNull(unit);
        if (unit.Obstacle is { } obstacle)
        {
            return obstacle;
        }

        if (unit.IsReserved)
        {
            return "reserved by a job";
        }

        var isBusy = unit.MemoryUsed > MemoryLimit || unit.Utilization > UtilizationLimit;
        return isBusy ? $"{(unit.MemoryUsed is { } memory ? $"{memory} MB used" : "memory unknown")}, {(unit.Utilization is { } percent ? $"{percent} % busy" : "utilisation unknown")}"
            : unit.Place.Contains(':', StringComparison.Ordinal) && unit.Processes.Length > 0 ? $"{unit.Processes.Length} process(es) on it"
            : null;
    }
}
