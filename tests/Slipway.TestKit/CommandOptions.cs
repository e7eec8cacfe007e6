namespace Slipway.TestKit;

/// <summary>How a test starts a program.</summary>
public sealed record CommandOptions
{
    /// <summary>Variables to set; null removes one. See <see cref="InheritEnvironment"/>.</summary>
    public IReadOnlyDictionary<string, string?>? Environment { get; init; }

    /// <summary>Whether the variables of this process are there as well.</summary>
    public bool InheritEnvironment { get; init; } = true;

    /// <summary>The working folder; null is this process's own.</summary>
    public string? WorkingFolder { get; init; }

    /// <summary>What the program reads on stdin; null is nothing at all.</summary>
    public string? StandardInput { get; init; }

    /// <summary>Whether stdin stays open after <see cref="StandardInput"/>, for a test that goes on writing.</summary>
    public bool KeepInputOpen { get; init; }

    /// <summary>How long the program may run, with all that holds its output open.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);
}
