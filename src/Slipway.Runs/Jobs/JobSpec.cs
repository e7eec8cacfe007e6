using System.Collections.Immutable;
using Slipway.Environments;
using Slipway.Machines.Processes;
using Slipway.Runs.Services;
using Slipway.Store.Layout;

namespace Slipway.Runs.Jobs;

/// <summary>A job that is to be started: a command, and what has to hold while it runs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Command">
/// The command, its directory and its variables. Their values travel by standard input into a file that only its owner can read, which is removed before the
/// command starts; they are in no record.
/// </param>
public sealed record JobSpec(JobName Name, ProcessCommand Command)
{
    /// <summary>What kind of run it is; a service says so by <see cref="Service"/>.</summary>
    public RunKind Kind { get; init; } = RunKind.Job;

    /// <summary>The command line for the record, where another program starts the command; null for the command's own.</summary>
    public ImmutableArray<string>? Shown { get; init; }

    /// <summary>The environment that it runs in; null for none of the store.</summary>
    public JobEnvironment? Environment { get; init; }

    /// <summary>What the workspace's files were, for the record; null when it has none.</summary>
    public string? WorkspaceSnapshot { get; init; }

    /// <summary>Names of variables whose values are secret, for the record.</summary>
    public ImmutableArray<string> Secrets { get; init; } = [];

    /// <summary>How long the command may take; null for as long as it likes.</summary>
    public TimeSpan? MaxDuration { get; init; }

    /// <summary>How many bytes each of its logs may have before it is ended; looked at every second. Null for any number.</summary>
    public long? MaxLogBytes { get; init; }

    /// <summary>Between TERM and KILL.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether it gets a terminal, which <c>job attach</c> joins; its output is then one log.</summary>
    public bool HasTerminal { get; init; }

    /// <summary>Port and probe of a service; null for another job.</summary>
    public ServiceSpec? Service { get; init; }

    /// <summary>
    /// Fixed shell text of ours that the supervisor reads before the command starts, for what has to be had first. It may wait (with
    /// <c>event waiting '{…}'</c>, and with a look for the file <c>$sw_run/cancel</c>), export variables for the command, hold locks by the descriptors 5 to 8, and
    /// refuses by returning another code than 0. Its variables begin with <c>sw_</c>.
    /// </summary>
    public string? Before { get; init; }
}

/// <summary>The kind of a run.</summary>
public enum RunKind
{
    /// <summary>A script in an environment.</summary>
    Script,

    /// <summary>Any other command.</summary>
    Job,

    /// <summary>A job that listens on a port.</summary>
    Service,
}

/// <summary>The environment of a job, held by a lease as long as the job runs.</summary>
/// <param name="Slot">Its slot.</param>
/// <param name="Lease">Its lease file.</param>
/// <param name="Meta">Its record, which has to be there once the lease is held.</param>
/// <param name="Key">Its key, for the record.</param>
/// <param name="LockDigest">The digest of its lock, for the record.</param>
public sealed record JobEnvironment(string Slot, string Lease, string Meta, string? Key, string? LockDigest)
{
    /// <summary>An environment that is ready on a host.</summary>
    public static JobEnvironment Of(BuildHost host, ReadyEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(host);
        return Of(host.Layout, environment);
    }

    /// <summary>An environment that is ready in a store.</summary>
    public static JobEnvironment Of(StoreLayout layout, ReadyEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(environment);
        var reference = environment.Plan.Reference;
        return new JobEnvironment(environment.Slot.ToString(), layout.LeaseFile(environment.Slot), layout.Meta(environment.Slot), reference.EnvironmentKey, reference.LockDigest);
    }
}
