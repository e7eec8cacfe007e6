using System.Collections.Immutable;

namespace Slipway.Machines.Processes;

/// <summary>A process to start, from an argument list; no shell is involved anywhere.</summary>
/// <param name="Executable">An absolute path, or a bare name that is looked up on the PATH that the process gets, after all changes; an empty entry there is skipped.</param>
/// <param name="Arguments">The arguments after argument 0. None may hold a NUL.</param>
public sealed record ProcessCommand(string Executable, ImmutableArray<string> Arguments)
{
    /// <summary>Argument 0; null means <see cref="Executable"/>.</summary>
    public string? ArgumentZero { get; init; }

    /// <summary>The working directory; null means the machine's default (the caller's, or the remote home).</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Changes to the inherited environment.</summary>
    public EnvironmentChanges Environment { get; init; } = EnvironmentChanges.None;

    /// <summary>
    /// Prefixes of variables that are not inherited, for example <c>PIP_</c>. Applied before
    /// <see cref="Environment"/>; a name listed in <see cref="KeepVariables"/> stays.
    /// </summary>
    public ImmutableArray<string> DropPrefixes { get; init; } = [];

    /// <summary>Exceptions to <see cref="DropPrefixes"/>.</summary>
    public ImmutableArray<string> KeepVariables { get; init; } = [];

    /// <summary>What the process reads; null means <c>/dev/null</c>.</summary>
    public ReadOnlyMemory<byte>? StandardInput { get; init; }

    /// <summary>What the process reads, given while it runs; ignored where <see cref="StandardInput"/> is set.</summary>
    public InputFeed? Feed { get; init; }

    /// <summary>After this time the group is ended and the outcome says so; null means no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Between TERM and KILL.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many bytes of each stream the outcome keeps, counted from the end.</summary>
    public int CaptureLimit { get; init; } = 32 * 1024 * 1024;

    /// <summary>
    /// Whether it gets the streams, the process group and the terminal of this process in place of pipes and a session of its own. Then nothing is captured or
    /// handed on, and what this process is sent (HUP, INT, QUIT, TERM, USR1, USR2) it is sent; the token does not end it once it is there. A distant machine
    /// makes a terminal for it, joined with this process's own.
    /// </summary>
    public bool IsAttached { get; init; }

    /// <summary>Keeps a record of it on its machine; null for none. Kept by what runs a command, not by a step.</summary>
    public CommandJournal? Journal { get; init; }

    /// <summary>
    /// For a process that ends when its <see cref="Feed"/> does: how long it has for that before it gets TERM. Null means TERM at once.
    /// </summary>
    internal TimeSpan? EndsWithFeed { get; init; }

    /// <summary>A command from its parts.</summary>
    public static ProcessCommand Create(string executable, params ReadOnlySpan<string> arguments) => new(executable, [.. arguments]);
}
