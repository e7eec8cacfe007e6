using System.Collections.Immutable;

namespace Slipway.Cloud.SkyPilot;

/// <summary>What keeps a cluster from being idle.</summary>
public enum SkyWaitFor
{
    /// <summary>Jobs.</summary>
    Jobs,

    /// <summary>Jobs and SSH sessions.</summary>
    JobsAndSsh,

    /// <summary>Nothing: the minutes are a limit by the clock.</summary>
    Nothing,
}

/// <summary>The guard that ends a cluster by itself. It does not hold while the cluster is being made.</summary>
/// <param name="IdleMinutes">Minutes of idleness; the server makes 0 into 1, and a negative number switches the guard off.</param>
/// <param name="Down">Whether the cluster is deleted rather than stopped.</param>
/// <param name="WaitFor">What keeps it from being idle.</param>
public sealed record SkyAutostop(int IdleMinutes, bool Down, SkyWaitFor WaitFor)
{
    internal string WaitWord => WaitFor switch { SkyWaitFor.JobsAndSsh => "jobs_and_ssh", SkyWaitFor.Nothing => "none", _ => "jobs" };
}

/// <summary>How a managed job comes back after its machine was lost.</summary>
/// <param name="Strategy"><c>EAGER_NEXT_REGION</c> or <c>FAILOVER</c>; null for the server's choice.</param>
/// <param name="MaxRestartsOnErrors">How often it is started again after a failure of its own.</param>
public sealed record SkyRecovery(string? Strategy, int MaxRestartsOnErrors);

/// <summary>What machines a task wants (SkyPilot's task YAML, API 55).</summary>
public sealed record SkyResources
{
    /// <summary>The cloud, and region and zone if they matter: <c>cloud[/region[/zone]]</c>.</summary>
    public string? Infra { get; init; }

    /// <summary>The machine type.</summary>
    public string? InstanceType { get; init; }

    /// <summary>The card.</summary>
    public string? Accelerator { get; init; }

    /// <summary>How many cards each machine has.</summary>
    public int AcceleratorCount { get; init; } = 1;

    /// <summary>Virtual CPUs, such as <c>4+</c>.</summary>
    public string? Cpus { get; init; }

    /// <summary>Memory in GiB, such as <c>16+</c>.</summary>
    public string? Memory { get; init; }

    /// <summary>Whether the machine may be taken away.</summary>
    public bool UseSpot { get; init; }

    /// <summary>The disk in GiB; null for the server's choice.</summary>
    public int? DiskGib { get; init; }

    /// <summary>The most that one machine may cost, in US dollars an hour; not a cap of the bill.</summary>
    public decimal? MaxHourlyUsd { get; init; }

    /// <summary>Labels of the machines.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>When the cluster ends by itself.</summary>
    public SkyAutostop? Autostop { get; init; }

    /// <summary>How a managed job comes back.</summary>
    public SkyRecovery? Recovery { get; init; }

    /// <summary>Alternatives, each over what is said here; none for this alone.</summary>
    public ImmutableArray<SkyResources> AnyOf { get; init; } = [];
}

/// <summary>A task for SkyPilot. It has no set-up: a timeout wraps only what runs, and a hung set-up would bill for ever.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Run">The shell commands that each machine runs.</param>
/// <param name="Resources">The machines.</param>
public sealed record SkyTask(string Name, string Run, SkyResources Resources)
{
    /// <summary>How many machines.</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>Variables of the task; the server keeps them in clear.</summary>
    public ImmutableSortedDictionary<string, string> Envs { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Variables that the server does not show.</summary>
    public ImmutableSortedDictionary<string, string> Secrets { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The uploaded folder that becomes the working directory; null for none.</summary>
    public string? Workdir { get; init; }

    /// <summary>Buckets that are mounted, their addresses by the paths where they are found, which begin with <c>/</c> or <c>~/</c>.</summary>
    public ImmutableSortedDictionary<string, string> Buckets { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Whether the task may use the server that launched it, and so rent more.</summary>
    public bool ServerAccess { get; init; }

    /// <summary>The text without secrets' values.</summary>
    public override string ToString() => $"SkyTask {Name} ({Nodes} × {Resources.Accelerator ?? Resources.InstanceType})";
}

/// <summary>A task as the server reads it.</summary>
/// <param name="Text">The document. It holds secrets.</param>
/// <param name="Warnings">What was left out because the server is too old for it, one sentence each.</param>
public sealed record SkyTaskYaml(string Text, ImmutableArray<string> Warnings)
{
    /// <summary>The length alone: the text holds secrets.</summary>
    public override string ToString() => $"SkyTaskYaml ({Text.Length} characters)";
}
