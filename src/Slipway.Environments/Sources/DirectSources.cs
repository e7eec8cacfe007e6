using Slipway.Core.Failures;
using Slipway.Core.Requirements;
using Slipway.Environments.Requests;

namespace Slipway.Environments.Sources;

/// <summary>What a request may say of sources that it names itself, by URL or path (PEP 508), and how they are split.</summary>
public static class DirectSources
{
    /// <summary>Refuses a constraint that names a URL or a path: what lies there could not be part of the request's identity.</summary>
    /// <param name="constraint">The constraint.</param>
    /// <param name="at">Where it stands; null when that is not known.</param>
    /// <returns><see cref="EnvironmentFailures.UnsupportedSource"/>; null when the constraint bounds versions.</returns>
    public static Failure? CheckConstraint(RequestedPackage constraint, FailureLocation? at = null) => constraint.Requirement.Url is null ? null
        : new Failure(EnvironmentFailures.UnsupportedSource, $"The constraint on {constraint.Requirement.Name} names a URL or a path, and a constraint can only bound versions.")
        {
            Location = at,
            Hint = $"Write it as a requirement, or bound the version in its place: {constraint.Requirement.Name}==VERSION",
        };

    /// <summary>Refuses what cannot be built as it is asked for.</summary>
    /// <returns><see cref="EnvironmentFailures.UnsupportedSource"/> or <see cref="EnvironmentFailures.LocalSourceUnusable"/>; null for a request that can be resolved.</returns>
    internal static Failure? Check(EnvironmentRequest request) =>
        request.Constraints.Select(constraint => CheckConstraint(constraint)).FirstOrDefault(failure => failure is not null)
        ?? request.Requirements.Select(package => CheckFolder(package) ?? CheckName(package)).FirstOrDefault(failure => failure is not null);

    /// <summary>The failure for a folder of an archive or a tree.</summary>
    /// <param name="name">The package, for people.</param>
    internal static Failure FolderRefused(string name) => new(EnvironmentFailures.UnsupportedSource, $"{name} is in a subdirectory of an archive or a directory, and that cannot be built yet.")
    {
        Hint = "Name the directory itself (file:///…/SUBDIRECTORY), an archive of it alone, or a git repository: there a subdirectory works.",
    };

    private static Failure? CheckFolder(RequestedPackage package) =>
        package.Requirement.Url is { } url && !url.StartsWith("git+", StringComparison.OrdinalIgnoreCase) && Subdirectory.NamedBy(url) is not null
            ? FolderRefused(package.Requirement.Name.ToString())
            : null;

    // pip would say it too, but only after it has built something, and not where the name stands.
    private static Failure? CheckName(RequestedPackage package)
    {
        var requirement = package.Requirement;
        if (!package.IsLocal || LocalRequirement.KnownName(LocalSources.PathOf(requirement.Url!)) is not { } name || name == requirement.Name)
        {
            return null;
        }

        return new Failure(EnvironmentFailures.LocalSourceUnusable, $"{LocalSources.PathOf(requirement.Url!)} is the project {name}, and the requirement calls it {requirement.Name}.")
        {
            Location = requirement.Location,
            Hint = $"Write {name} @ {requirement.Url}, or the path of {requirement.Name}.",
        };
    }
}
