using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Locks;
using Slipway.Core.Requirements;
using Slipway.Core.Versions;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Requests;
using Slipway.Environments.Sources;

namespace Slipway.Environments.Locks;

/// <summary>
/// What a lock that a request brings along means for an interpreter. A lock that is meant for it and covers the request settles every
/// package. Else its versions are constraints, which is said aloud; a strict request is refused instead.
/// </summary>
internal static class LockImport
{
    private const string Sha256 = "sha256";

    /// <summary>A request as it is to be resolved.</summary>
    /// <param name="Request">The request, with the settled packages or more constraints.</param>
    /// <param name="Warnings">What people should know.</param>
    internal sealed record Outcome(EnvironmentRequest Request, ImmutableArray<string> Warnings);

    /// <summary>Applies the lock of a request, if it has one.</summary>
    public static Result<Outcome> Apply(EnvironmentRequest request, Interpreter interpreter)
    {
        if (request.Lock is not { } imported)
        {
            return new Outcome(request, []);
        }

        var packages = Applicable(imported, interpreter);
        var problem = Foreign(imported, interpreter) ?? Uncovered(request, imported, packages, interpreter);
        if (problem is null)
        {
            return Pin(packages, request, imported).Map(pins => new Outcome(request with { Pins = pins }, []));
        }

        return imported.IsStrict
            ? problem
            : new Outcome(
                request with { Constraints = [.. request.Constraints, .. Constraints(request, packages, interpreter)] },
                [$"{problem.Message} Its versions are used as constraints."]);
    }

    private static ImmutableArray<PylockPackage> Applicable(ImportedLock imported, Interpreter interpreter)
    {
        ImmutableArray<string> groups = imported.Groups.IsEmpty ? imported.Document.DefaultGroups : imported.Groups;
        return [.. imported.Document.Packages.Where(package => package.Marker?.Evaluate(interpreter.Markers, imported.Extras, groups) ?? true)];
    }

    private static Failure? Foreign(ImportedLock imported, Interpreter interpreter)
    {
        var document = imported.Document;
        if (document.RequiresPython is { } range && !interpreter.Satisfies(range))
        {
            return new Failure(EnvironmentFailures.ForeignLock, $"{imported.Path} is for Python {range}, and the interpreter is {interpreter}.");
        }

        if (document.Environments.IsEmpty || document.Environments.Any(marker => marker.Evaluate(interpreter.Markers)))
        {
            return null;
        }

        var meant = string.Join(" or ", document.Environments.Select(marker => marker.ToString()));
        return new Failure(EnvironmentFailures.ForeignLock, $"{imported.Path} was made for {meant}, which does not hold for {interpreter}.");
    }

    private static Failure? Uncovered(EnvironmentRequest request, ImportedLock imported, ImmutableArray<PylockPackage> packages, Interpreter interpreter)
    {
        foreach (var asked in request.Requirements)
        {
            var requirement = asked.Requirement;
            if (!(requirement.Marker?.Evaluate(interpreter.Markers) ?? true))
            {
                continue;
            }

            var locked = packages.FirstOrDefault(package => package.Name == requirement.Name);
            if (locked is null)
            {
                return new Failure(EnvironmentFailures.StaleLock, $"{imported.Path} has no {requirement.Name}, which is asked for.");
            }

            if (!Allows(requirement, locked))
            {
                return new Failure(EnvironmentFailures.StaleLock, $"{imported.Path} has {locked.Name} {locked.Version}, and {requirement} is asked for.");
            }

            if (!asked.Hashes.IsEmpty && !Files(locked).Any(file => IsAccepted(file, asked.Hashes)))
            {
                return new Failure(EnvironmentFailures.StaleLock, $"{imported.Path} has no file of {locked.Name} {locked.Version} with a hash that is asked for.");
            }
        }

        return null;
    }

    private static bool Allows(Requirement requirement, PylockPackage locked) => requirement.Url is { } url
        ? string.Equals(locked.Archive?.Url, url.Split('#')[0], StringComparison.Ordinal)
        : locked.Version is { } version && (requirement.Specifiers.IsEmpty || requirement.Specifiers.Contains(version, prereleases: true));

    // A version that the request itself rules out would only turn a stale lock into a conflict.
    private static IEnumerable<RequestedPackage> Constraints(EnvironmentRequest request, ImmutableArray<PylockPackage> packages, Interpreter interpreter) =>
        from package in packages
        where package is { Version: not null, Archive: null, Directory: null, Vcs: null }
        where request.Requirements.All(asked => asked.Requirement.Name != package.Name || Allows(asked.Requirement, package)
            || !(asked.Requirement.Marker?.Evaluate(interpreter.Markers) ?? true))
        let constraint = Requirement.Parse($"{package.Name}=={package.Version}")
        where constraint.IsOk
        select new RequestedPackage(constraint.Value, []);

    private static Result<ImmutableArray<PinnedPackage>> Pin(ImmutableArray<PylockPackage> packages, EnvironmentRequest request, ImportedLock imported)
    {
        var pins = ImmutableArray.CreateBuilder<PinnedPackage>(packages.Length);
        foreach (var package in packages.OrderBy(package => package.Name.Normalized, StringComparer.Ordinal))
        {
            if (!Pin(package, HashesOf(package, request), imported).TryGet(out var pin, out var failure))
            {
                return failure;
            }

            if (pins.Count > 0 && pins[^1].Name == pin.Name)
            {
                return new Failure(EnvironmentFailures.AmbiguousLock, $"{imported.Path} has more than one {pin.Name} for this interpreter: {pins[^1].Version} and {pin.Version}.");
            }

            pins.Add(pin);
        }

        return pins.ToImmutable();
    }

    private static Result<PinnedPackage> Pin(PylockPackage package, ImmutableArray<string> hashes, ImportedLock imported)
    {
        var files = Files(package).Where(file => file.Hashes.ContainsKey(Sha256) && (hashes.IsEmpty || IsAccepted(file, hashes))).Select(file => new PinnedFile(file.Name, Address(file, imported), file.Hashes[Sha256])).ToImmutableArray();
        if (package.Archive?.Subdirectory is not null)
        {
            return DirectSources.FolderRefused(package.Name.ToString());
        }

        if (files.IsEmpty || package.Version is null && package.Archive is null)
        {
            return new Failure(EnvironmentFailures.UnsupportedSource, $"{imported.Path}: {package.Name} has no file with a version and a SHA-256: directories and repositories in a lock cannot be installed yet.");
        }

        return new PinnedPackage(package.Name, package.Version ?? PepVersion.Parse("0").Value, files, package.Archive is not null);
    }

    private static ImmutableArray<PylockFile> Files(PylockPackage package) =>
        package.Archive is { } archive ? [archive] : package.Sdist is { } sdist ? [.. package.Wheels, sdist] : package.Wheels;

    private static ImmutableArray<string> HashesOf(PylockPackage package, EnvironmentRequest request) =>
        [.. request.Requirements.Where(asked => asked.Requirement.Name == package.Name).SelectMany(asked => asked.Hashes)];

    private static bool IsAccepted(PylockFile file, ImmutableArray<string> hashes) =>
        file.Hashes.Any(hash => hashes.Contains($"{hash.Key}:{hash.Value}", StringComparer.OrdinalIgnoreCase));

    // The path, where there is one, is what lies beside the lock.
    private static string Address(PylockFile file, ImportedLock imported) => file.Path is { } path
        ? new Uri(System.IO.Path.GetFullPath(path, System.IO.Path.GetDirectoryName(imported.Path)!)).AbsoluteUri
        : file.Url!;
}
