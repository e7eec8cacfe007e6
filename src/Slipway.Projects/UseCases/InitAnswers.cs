using System.Collections.Immutable;
using Slipway.Projects.Discovery;

namespace Slipway.Projects.UseCases;

/// <summary>What <c>init</c> is asked for, by options and by answers; texts as they were given.</summary>
public sealed record InitAnswers
{
    /// <summary>What builds the environment; null to let the files decide.</summary>
    public string? Backend { get; init; }

    /// <summary>The wish for an interpreter; null for none.</summary>
    public string? Python { get; init; }

    /// <summary>The name of the project's only environment; null for the directory's.</summary>
    public string? Name { get; init; }

    /// <summary>The named environment to declare; null for a project without named ones.</summary>
    public string? Env { get; init; }

    /// <summary>The conda channels.</summary>
    public ImmutableArray<string> Channels { get; init; } = [];

    /// <summary>Whether <c>.envrc</c> is looked after.</summary>
    public bool Direnv { get; init; } = true;

    /// <summary>Whether Visual Studio Code is told of the interpreter.</summary>
    public bool VsCode { get; init; }

    /// <summary>Whether no declaration is begun, and only what a lock holds may be used.</summary>
    public bool Strict { get; init; }

    /// <summary>Whether no lock is looked at.</summary>
    public bool NoLock { get; init; }

    /// <summary>Whether an environment will be had ready afterwards.</summary>
    public bool Sync { get; init; } = true;

    /// <summary>Whether everything is checked as if it were to be built, and every managed file written again.</summary>
    public bool Force { get; init; }

    /// <summary>Whether the project may lie in a folder that a service synchronises.</summary>
    public bool AllowSyncedFolder { get; init; }

    /// <summary>Whether the network may not be used.</summary>
    public bool Offline { get; init; }

    /// <summary>The same as options of a request, without a named environment.</summary>
    internal RequestSettings ToSettings() =>
        new() { Backend = Backend, Python = Python, Channels = Channels, Locked = Strict, NoLock = NoLock, Offline = Offline };
}
