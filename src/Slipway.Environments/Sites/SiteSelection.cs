using System.Collections.Immutable;
using Slipway.Core.Requirements;
using Slipway.Environments.Locks;
using Slipway.Environments.Requests;

namespace Slipway.Environments.Sites;

/// <summary>
/// Which distributions of a site serve requirements: those that are named and, from their own metadata, those that
/// they need in turn. Markers are evaluated for the interpreter that will run them.
/// </summary>
internal sealed class SiteSelection
{
    private readonly Dictionary<PackageName, SiteDistribution> _offered = [];
    private readonly MarkerEnvironment _markers;
    private readonly HashSet<PackageName> _provided;
    private readonly Dictionary<PackageName, InstalledPackage> _used = [];
    private readonly HashSet<(PackageName Name, string Extra)> _visited = [];
    private readonly List<string> _unmet = [];
    private readonly List<string> _warnings = [];

    private SiteSelection(SiteFacts site, MarkerEnvironment markers, IEnumerable<PackageName> provided)
    {
        _markers = markers;
        _provided = [.. provided];
        foreach (var distribution in site.Distributions)
        {
            if (distribution.PackageName() is { } name)
            {
                _offered[name] = distribution;
            }
        }
    }

    /// <summary>The distributions that are used, sorted by name.</summary>
    public ImmutableArray<InstalledPackage> Used => [.. _used.Values.OrderBy(package => package.Name.Normalized, StringComparer.Ordinal)];

    /// <summary>Requirements of the request that the site does not satisfy, one sentence each.</summary>
    public IReadOnlyList<string> Unmet => _unmet;

    /// <summary>Requirements of the site's own packages that it does not satisfy: the packager's doing, and no reason to refuse.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Selects.</summary>
    /// <param name="site">What there is.</param>
    /// <param name="markers">The target.</param>
    /// <param name="requirements">What is asked for.</param>
    /// <param name="constraints">What bounds the versions of packages that are used.</param>
    /// <param name="provided">Packages that come from elsewhere and are left out here.</param>
    public static SiteSelection Select(
        SiteFacts site, MarkerEnvironment markers, IEnumerable<RequestedPackage> requirements, IEnumerable<RequestedPackage> constraints, IEnumerable<PackageName> provided)
    {
        var selection = new SiteSelection(site, markers, provided);
        foreach (var package in requirements)
        {
            selection.Take(package.Requirement, extra: null, selection._unmet, neededBy: null);
        }

        foreach (var constraint in constraints.Select(package => package.Requirement))
        {
            selection.Bound(constraint);
        }

        return selection;
    }

    private void Take(Requirement requirement, string? extra, List<string> problems, SiteDistribution? neededBy)
    {
        if (requirement.Marker is { } marker && !marker.Evaluate(_markers, extra is null ? [] : [extra]))
        {
            return;
        }

        if (_provided.Contains(requirement.Name))
        {
            return;
        }

        var by = neededBy is null ? string.Empty : $", which {neededBy.Name} needs,";
        if (!_offered.TryGetValue(requirement.Name, out var found))
        {
            problems.Add($"{requirement.Name}{by} is not installed");
            return;
        }

        if (requirement.Url is not null)
        {
            problems.Add($"{requirement.Name}{by} is asked for by its address; what is installed cannot be compared with that");
        }
        else if (!found.Allows(requirement.Specifiers))
        {
            problems.Add($"{requirement.Name} {found.Version} is installed, and {requirement.Name}{requirement.Specifiers}{by} is wanted");
        }

        _used.TryAdd(requirement.Name, new InstalledPackage(requirement.Name, found.Version, found.Pin));
        foreach (var wanted in requirement.Extras.Select(name => name.ToString()).Prepend(string.Empty))
        {
            if (_visited.Add((requirement.Name, wanted)))
            {
                Follow(found, wanted);
            }
        }
    }

    private void Bound(Requirement constraint)
    {
        if (_used.ContainsKey(constraint.Name) && (constraint.Marker?.Evaluate(_markers) ?? true) && !_offered[constraint.Name].Allows(constraint.Specifiers))
        {
            _unmet.Add($"{constraint.Name} {_offered[constraint.Name].Version} is installed, and a constraint says {constraint.Name}{constraint.Specifiers}");
        }
    }

    private void Follow(SiteDistribution distribution, string extra)
    {
        foreach (var text in distribution.Requires)
        {
            // Metadata that a packager wrote by hand need not be valid, and nothing is installed by it.
            if (Requirement.Parse(text).TryGet(out var requirement, out _))
            {
                Take(requirement, extra, _warnings, distribution);
            }
        }
    }
}
