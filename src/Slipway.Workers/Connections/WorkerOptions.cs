using System.Collections.Immutable;
using Slipway.Workers.Frames;

namespace Slipway.Workers.Connections;

/// <summary>How a worker is started and treated.</summary>
public sealed record WorkerOptions
{
    /// <summary>The usual treatment.</summary>
    public static WorkerOptions Default { get; } = new();

    /// <summary>Variables that the worker gets beside those of its environment. They travel with the first frame and are in no argument list; Python itself and the dynamic linker have started by then.</summary>
    public ImmutableSortedDictionary<string, string> Variables { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The same for values that are secret: they are also taken out of everything that failures say.</summary>
    public ImmutableSortedDictionary<string, string> Secrets { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Python modules of the caller's that register operations. They are run once, when the worker starts.</summary>
    public ImmutableArray<WorkerModule> Modules { get; init; } = [];

    /// <summary>The working directory there; null means the machine's default.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>How long the worker has until it answers.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a call that nobody waits for has to end by itself before the worker is ended, and the worker between the end of its input, TERM and KILL.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How large frames may be.</summary>
    public FrameLimits Limits { get; init; } = FrameLimits.Default;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>A Python module of the caller's: it imports <c>operation</c> from <c>slipway_worker</c> and registers functions with it.</summary>
/// <param name="Name">The name by which it can be imported.</param>
/// <param name="Source">Its text.</param>
public sealed record WorkerModule(string Name, string Source);
