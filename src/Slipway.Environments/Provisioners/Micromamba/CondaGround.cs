using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Slipway.Core.Conda;
using Slipway.Core.Failures;
using Slipway.Core.Locks;
using Slipway.Core.Requirements;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Locks;
using Slipway.Environments.Requests;
using Slipway.Environments.Sites;

namespace Slipway.Environments.Provisioners.Micromamba;

/// <summary>
/// What pip adds to in a conda environment: conda's own packages, made first as an environment of the store by themselves. Its Python resolves what is
/// asked of pip against what conda installed, and nothing of that is replaced.
/// </summary>
/// <param name="Set">Conda's packages.</param>
/// <param name="Provisioner">The identity of what installed them.</param>
/// <param name="Root">The absolute path of their tree.</param>
internal sealed partial record CondaGround(CondaSet Set, string Provisioner, string Root)
{
    /// <summary>Whether a request asks pip for anything beside conda's packages.</summary>
    /// <param name="request">The request.</param>
    /// <param name="platformKey">The platform of the host.</param>
    public static bool IsAskedFor(EnvironmentRequest request, string platformKey) =>
        request.Conda is not null && (!request.Requirements.IsEmpty || request.Lock?.Document.Packages.IsEmpty is false || !LockedPip(request, platformKey).IsEmpty);

    /// <summary>The part of a request that conda answers.</summary>
    public static EnvironmentRequest OfConda(EnvironmentRequest request) => request with
    {
        Requirements = [],
        Constraints = [],
        Preferences = [],
        Conda = request.Conda! with { Lock = request.Conda.Lock is { } locked ? locked with { Pip = ImportedCondaLock.NoPip } : null },
        Lock = request.Lock is { } imported ? imported with { Document = imported.Document with { Packages = [] } } : null,
    };

    /// <summary>The part of a request that pip answers; a conda lock says which files those are.</summary>
    /// <param name="request">The request.</param>
    /// <param name="platformKey">The platform of the host.</param>
    public EnvironmentRequest OfPip(EnvironmentRequest request, string platformKey) => request with
    {
        Requirements = [.. request.Requirements, .. LockedPip(request, platformKey)],
        Conda = null,
        Python = InterpreterRequest.Parse($"{Root}/bin/python", "/", "conda's Python").Value,
    };

    /// <summary>The identity of what fills the environment: micromamba, then pip.</summary>
    /// <param name="pip">pip's identity.</param>
    public string With(string pip) => $"{Provisioner}+{pip}";

    /// <summary>pip's part of such an identity; null when there is none.</summary>
    public static string? PipOf(string? identity) => identity?.IndexOf('+', StringComparison.Ordinal) is >= 0 and var at ? identity[(at + 1)..] : null;

    /// <summary>Why what is asked of pip cannot be had here; null when nothing speaks against it.</summary>
    public Failure? Refuse(EnvironmentRequest asked)
    {
        var first = asked.Requirements.IsEmpty ? "pip's packages" : asked.Requirements[0].Requirement.ToString();
        return Set.PythonIdentity is null
            ? new Failure(EnvironmentFailures.CondaWithoutPython, $"{first} is asked of pip, and conda installs no Python here that could run it.")
            : null;
    }

    /// <summary>The first package that pip would have to replace for what the request itself names; null for none.</summary>
    public static Failure? Replaced(EnvironmentRequest pip, SiteFacts site, MarkerEnvironment markers)
    {
        foreach (var requirement in pip.Requirements.Select(package => package.Requirement).Where(one => one.Marker?.Evaluate(markers) ?? true))
        {
            if (site.Find(requirement.Name) is { } there && !site.Offers(requirement))
            {
                return Kept($"{requirement} is asked of pip, and conda installed {there.Name} {there.Version}.");
            }
        }

        return null;
    }

    /// <summary>The first package of conda's that a resolved set would replace; null for none.</summary>
    public static Failure? Replaced(IEnumerable<LockedFile> files, SiteFacts site) => files
        .Select(file => site.Find(file.Name) is { } there ? Kept($"{file.Name} {file.Version} would come from pip, and conda installed {there.Name} {there.Version}.") : null)
        .FirstOrDefault(failure => failure is not null);

    /// <summary>A failure of pip's resolution that conda's packages are the reason of says so.</summary>
    public static Failure Explain(Failure failure, SiteFacts site)
    {
        if (failure.Code != EnvironmentFailures.Conflict)
        {
            return failure;
        }

        var isTheirs = false;
        var message = Constraint().Replace(failure.Message, match =>
        {
            if (!PackageName.Parse(match.Groups[1].Value).TryGet(out var name, out _) || site.Find(name) is not { } there)
            {
                return match.Value;
            }

            isTheirs = true;
            return $"conda installed {there.Name} {there.Version}";
        });
        return isTheirs ? Kept(message) with { Detail = failure.Detail, Location = failure.Location } : failure;
    }

    private static Failure Kept(string message) => new(EnvironmentFailures.CondaPackageKept, message);

    // A lock of our own says it all; else conda-lock's says which files pip installs.
    private static ImmutableArray<RequestedPackage> LockedPip(EnvironmentRequest request, string platformKey) =>
        request is { Lock: null, Conda.Lock: { } locked } && CondaPlatform.Of(platformKey) is { } platform && locked.Pip.TryGetValue(platform, out var packages) ? packages : [];

    [GeneratedRegex(@"the constraint is (\S+?)==[^\s;,]*[^\s;,.]", RegexOptions.CultureInvariant)]
    private static partial Regex Constraint();
}
