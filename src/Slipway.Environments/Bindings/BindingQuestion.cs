using System.Collections.Immutable;
using Slipway.Core.Contracts;
using Slipway.Core.Failures;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Requests;

namespace Slipway.Environments.Bindings;

/// <summary>Who decides about installing.</summary>
public enum DependencyMode
{
    /// <summary>Ensuring installs what is missing.</summary>
    Auto,

    /// <summary>Only an explicit install installs.</summary>
    Manual,
}

/// <summary>Which dependencies are asked about, and how.</summary>
/// <param name="Requirements">What is declared.</param>
public sealed record BindingQuestion(DependencyRequirements Requirements)
{
    /// <summary>The selected bindings; empty for the document's own selection, else all.</summary>
    public ImmutableArray<string> SelectedBindingIds { get; init; } = [];

    /// <summary>Who decides about installing.</summary>
    public DependencyMode Mode { get; init; }

    /// <summary>Patches for this question alone, applied after those that the user stored.</summary>
    public ImmutableArray<DependencyOverridePatch> Overrides { get; init; } = [];

    /// <summary>The interpreter where no binding and no override says another one; null for the first that fits.</summary>
    public InterpreterRequest? Python { get; init; }

    /// <summary>What the user configured: asked where nothing declared and no override says otherwise. pip's default index when nothing is configured.</summary>
    public PackageSources Sources { get; init; } = PackageSources.Default;

    /// <summary>How the request is served.</summary>
    public EnsureOptions Options { get; init; } = new();
}

/// <summary>What came of a question. A failure of the dependencies is a state of it.</summary>
/// <param name="Reference">The environment, as far as it is known; null while there is not even a request.</param>
/// <param name="Resolved">Requirements as declared, the overrides, and what follows.</param>
/// <param name="Status">How far the environment has come.</param>
public sealed record BindingAnswer(EnvironmentRef? Reference, DependencyView Resolved, DependencyEnvironmentStatus Status)
{
    /// <summary>The environment, for taking a lease and starting something in it; null unless it is ready and was ensured or installed.</summary>
    public ReadyEnvironment? Environment { get; init; }

    /// <summary>The failure behind the status; null when there is none.</summary>
    public Failure? Failure { get; init; }

    /// <summary>With what a command that asked this ends: 0, or 79 when a person has to answer, or 65 or 69 by the cause.</summary>
    public ExitCode Exit => Status.State switch
    {
        DependencyState.NeedsUserInput => ExitCode.WaitsForPerson,
        DependencyState.Ready or DependencyState.Missing => ExitCode.Done,
        _ => Failure?.Code.Exit is null or ExitCode.BadData or ExitCode.Usage or ExitCode.NotFound or ExitCode.ChecksFailed ? ExitCode.BadData : ExitCode.Unavailable,
    };
}
