using System.Collections.Immutable;

namespace Slipway.Core.Contracts;

/// <summary>Why a dependency environment is in its state, in the words of the contract.</summary>
/// <param name="Code">The code.</param>
/// <param name="State">The state that it comes with.</param>
/// <param name="Meaning">What it means, one clause.</param>
public sealed record DependencyCode(string Code, DependencyState State, string Meaning);

/// <summary>All codes of a status. Append-only, like the contract.</summary>
public static class DependencyCodes
{
    /// <summary>The requirements have no bindings, or none is selected.</summary>
    public static readonly DependencyCode NoBindings = new("no_dependency_bindings", DependencyState.Unresolved, "nothing is declared, or nothing is selected");

    /// <summary>The asking side does not know the profile.</summary>
    public static readonly DependencyCode UnknownProfile = new("unknown_profile", DependencyState.Unresolved, "the profile is not known to who asks");

    /// <summary>The asking side found its profile malformed.</summary>
    public static readonly DependencyCode InvalidProfile = new("invalid_profile", DependencyState.Failed, "who asks says that its profile is malformed");

    /// <summary>The asking side found profiles that exclude each other.</summary>
    public static readonly DependencyCode ProfileConflict = new("profile_conflict", DependencyState.Failed, "who asks says that its profiles exclude each other");

    /// <summary>No interpreter is in range, or the named one cannot be used.</summary>
    public static readonly DependencyCode NoPython = new("python_runtime_unavailable", DependencyState.NeedsUserInput, "no interpreter will do");

    /// <summary>A name or a version is in no source.</summary>
    public static readonly DependencyCode PackageUnavailable = new("package_unavailable", DependencyState.NeedsUserInput, "a name or version is in no source");

    /// <summary>An override or a declared source is refused.</summary>
    public static readonly DependencyCode InputRefused = new("input_refused", DependencyState.NeedsUserInput, "a value is refused, and another one is needed");

    /// <summary>Resolved or known, and not installed.</summary>
    public static readonly DependencyCode Missing = new("requirements_missing", DependencyState.Missing, "not installed");

    /// <summary>Selected bindings exclude each other.</summary>
    public static readonly DependencyCode Conflict = new("requirements_conflict", DependencyState.Failed, "bindings contradict each other");

    /// <summary>A kind of environment or requirement that is not installed here.</summary>
    public static readonly DependencyCode UnsupportedKind = new("unsupported_environment_kind", DependencyState.Failed, "a kind of environment or requirement that is not known here");

    /// <summary>Made for another platform.</summary>
    public static readonly DependencyCode WrongPlatform = new("platform_unsupported", DependencyState.Failed, "for another platform");

    /// <summary>A file is not one of those that are accepted.</summary>
    public static readonly DependencyCode HashMismatch = new("hash_mismatch", DependencyState.Failed, "a file is not what its hash says");

    /// <summary>A source does not answer, or wants credentials.</summary>
    public static readonly DependencyCode SourceUnavailable = new("source_unavailable", DependencyState.Failed, "a source does not answer, or wants credentials");

    /// <summary>Looking failed for another reason.</summary>
    public static readonly DependencyCode CheckFailed = new("dependency_check_failed", DependencyState.Failed, "resolving or looking failed");

    /// <summary>Installing failed for another reason.</summary>
    public static readonly DependencyCode InstallFailed = new("dependency_install_failed", DependencyState.Failed, "installing failed");

    /// <summary>All codes.</summary>
    public static ImmutableArray<DependencyCode> All { get; } =
    [
        NoBindings, UnknownProfile, InvalidProfile, ProfileConflict, NoPython, PackageUnavailable, InputRefused, Missing, Conflict, UnsupportedKind, WrongPlatform, HashMismatch,
        SourceUnavailable, CheckFailed, InstallFailed,
    ];
}
