using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Locks;
using Slipway.Core.Requirements;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Requests;
using Slipway.Environments.Sites;
using Slipway.Environments.Sources;

namespace Slipway.Environments.Locks;

/// <summary>
/// What a lock that a request brings along means for an interpreter. A lock that is meant for it and covers the request settles every
/// package. Else its versions are constraints, which is said aloud; a strict request is refused instead.
/// </summary>
internal static class LockImport
{
    /// <summary>A request as it is to be resolved.</summary>
    /// <param name="Request">The request, with the settled packages or more constraints.</param>
    /// <param name="Warnings">What people should know.</param>
    internal sealed record Outcome(EnvironmentRequest Request, ImmutableArray<string> Warnings);

    /// <summary>Applies the lock of a request, if it has one.</summary>
    /// <param name="request">The request, with its lock.</param>
    /// <param name="interpreter">For which interpreter.</param>
    /// <param name="site">What is there besides what the lock says; null for nothing.</param>
    public static Result<Outcome> Apply(EnvironmentRequest request, Interpreter interpreter, SiteFacts? site)
    {
        if (request.Lock is not { } imported)
        {
            return new Outcome(request, []);
        }

        var packages = Applicable(imported, interpreter);
        return (Foreign(imported, packages, interpreter) ?? Uncovered(request, imported, packages, interpreter, site) ?? Changed(imported, packages)) is { } problem
            ? Loosen(request, interpreter, problem)
            : new LockPins(imported, request.Requirements).Settle(packages).Map(pins => new Outcome(request with { Pins = pins }, []));
    }

    /// <summary>A request whose lock cannot be followed: its versions bound what is resolved, which is said aloud. A strict request is refused, and so is one that only the lock describes.</summary>
    /// <param name="request">The request, with its lock.</param>
    /// <param name="interpreter">For which interpreter.</param>
    /// <param name="problem">Why the lock cannot be followed.</param>
    public static Result<Outcome> Loosen(EnvironmentRequest request, Interpreter interpreter, Failure problem)
    {
        var imported = request.Lock!;
        if (imported.IsStrict)
        {
            return problem;
        }

        if (request is { Requirements.IsEmpty: true, Editable: null })
        {
            return problem with { Hint = "Make the lock anew: nothing but the lock says what is needed, so there is nothing that its versions could bound." };
        }

        return Constraints(request, imported, interpreter).Map(constraints => new Outcome(
            request with { Constraints = [.. request.Constraints, .. constraints] }, [$"{problem.Message} Its versions are used as constraints."]));
    }

    /// <summary>What the failure of resolving a settled request says about its lock; null when it is no fault of the lock's.</summary>
    /// <param name="request">The request, settled by its lock.</param>
    /// <param name="interpreter">For which interpreter.</param>
    /// <param name="failure">The failure. Which files fit is the installer's to say: a lock need not say what it is for.</param>
    public static Failure? Misfit(EnvironmentRequest request, Interpreter interpreter, Failure failure)
    {
        if (request is not { Pins.IsDefault: false, Lock: { } imported })
        {
            return null;
        }

        return failure.Code == EnvironmentFailures.WrongPlatform || failure.Code == EnvironmentFailures.Unsatisfiable
            ? failure with { Code = EnvironmentFailures.ForeignLock, Message = $"{imported.Path} is not for {interpreter}. {failure.Message}", Hint = null }
            : failure.Code == EnvironmentFailures.StaleLock ? failure : null;
    }

    private static ImmutableArray<PylockPackage> Applicable(ImportedLock imported, Interpreter interpreter)
    {
        ImmutableArray<string> groups = imported.Groups.IsEmpty ? imported.Document.DefaultGroups : imported.Groups;
        return [.. imported.Document.Packages.Where(package => package.Marker?.Evaluate(interpreter.Markers, imported.Extras, groups) ?? true)];
    }

    private static Failure? Foreign(ImportedLock imported, ImmutableArray<PylockPackage> packages, Interpreter interpreter)
    {
        var document = imported.Document;
        if (document.RequiresPython is { } range && !interpreter.Satisfies(range))
        {
            return new Failure(EnvironmentFailures.ForeignLock, $"{imported.Path} is for Python {range}, and the interpreter is {interpreter}.");
        }

        if (packages.FirstOrDefault(package => package.RequiresPython is { } needed && !interpreter.Satisfies(needed)) is { } other)
        {
            return new Failure(EnvironmentFailures.ForeignLock, $"{imported.Path} has {other.Name} {other.Version}, which is for Python {other.RequiresPython}, and the interpreter is {interpreter}.");
        }

        if (document.Environments.IsEmpty || document.Environments.Any(marker => marker.Evaluate(interpreter.Markers)))
        {
            return null;
        }

        var meant = string.Join(" or ", document.Environments.Select(marker => marker.ToString()));
        return new Failure(EnvironmentFailures.ForeignLock, $"{imported.Path} was made for {meant}, which does not hold for {interpreter}.");
    }

    private static Failure? Uncovered(EnvironmentRequest request, ImportedLock imported, ImmutableArray<PylockPackage> packages, Interpreter interpreter, SiteFacts? site)
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
                if (site?.Offers(requirement) is true)
                {
                    continue;
                }

                return new Failure(EnvironmentFailures.StaleLock, $"{imported.Path} has no {requirement.Name}, which is asked for.");
            }

            if (!Allows(requirement, locked, imported))
            {
                return new Failure(EnvironmentFailures.StaleLock, $"{imported.Path} has {Described(locked)}, and {requirement} is asked for.");
            }

            if (!asked.Hashes.IsEmpty && !LockPins.Files(locked).Any(file => LockPins.IsAccepted(file, asked.Hashes)))
            {
                return new Failure(EnvironmentFailures.StaleLock, $"{imported.Path} has no file of {locked.Name} {locked.Version} with a hash that is asked for.");
            }
        }

        return null;
    }

    // What a lock says of the directories that it was made from holds only while they are what they were.
    private static Failure? Changed(ImportedLock imported, ImmutableArray<PylockPackage> packages)
    {
        foreach (var package in packages)
        {
            if (package.Directory is { } directory && LockPackage.TreeOf(package) is { } locked
                && imported.Trees.TryGetValue(imported.FullPath(directory.Path), out var read) && read.TryGet(out var content, out _)
                && !string.Equals(content, $"tree:{locked}", StringComparison.OrdinalIgnoreCase))
            {
                return new Failure(EnvironmentFailures.StaleLock, $"{imported.FullPath(directory.Path)}, which is {package.Name}, has changed since {imported.Path} was made.");
            }
        }

        return null;
    }

    private static bool Allows(Requirement requirement, PylockPackage locked, ImportedLock imported)
    {
        if (requirement.Url is not { } url)
        {
            // A version that a directory or repository does not tell before it is built is checked afterwards.
            return requirement.Specifiers.IsEmpty || (locked.Version is not { } version ? IsBuilt(locked) : requirement.Specifiers.Contains(version, prereleases: true));
        }

        return locked.Archive is { } archive ? string.Equals(archive.Url, url.Split('#')[0], StringComparison.Ordinal)
            : locked.Directory is { } directory ? RequestedPackage.IsLocalUrl(url) && string.Equals(LocalSources.PathOf(url).TrimEnd('/'), imported.FullPath(directory.Path), StringComparison.Ordinal)
            : locked.Vcs is { } repository && new LockPins(imported, []).Located(locked, repository).TryGet(out var located, out _) && RepositoryUrl.IsAnswered(url, located);
    }

    private static bool IsBuilt(PylockPackage package) => package.Directory is not null || package.Vcs is not null;

    private static string Described(PylockPackage package) => package switch
    {
        { Directory: { } directory } => $"{package.Name} in {directory.Path}",
        { Vcs: { } repository } => $"{package.Name} at {repository.CommitId} of {repository.Url ?? repository.Path}",
        { Archive: { } archive } => $"{package.Name} in {archive.Url ?? archive.Path}",
        _ => $"{package.Name} {package.Version}",
    };

    // A version that the request itself rules out would only turn a stale lock into a conflict. A package that the lock does not take from an index must not
    // come from one now: there, anybody may have its name.
    private static Result<ImmutableArray<RequestedPackage>> Constraints(EnvironmentRequest request, ImportedLock imported, Interpreter interpreter)
    {
        ImmutableArray<Requirement> asked = [.. request.Requirements.Select(package => package.Requirement).Where(requirement => requirement.Marker?.Evaluate(interpreter.Markers) ?? true)];
        var constraints = ImmutableArray.CreateBuilder<RequestedPackage>();
        foreach (var package in Applicable(imported, interpreter))
        {
            var wishes = asked.Where(requirement => requirement.Name == package.Name).ToList();
            if (package is { Archive: null, Directory: null, Vcs: null })
            {
                if (package.Version is { } version && wishes.All(requirement => Allows(requirement, package, imported)) && Requirement.Parse($"{package.Name}=={version}").TryGet(out var bound, out _))
                {
                    constraints.Add(new RequestedPackage(bound, []));
                }
            }
            else if (wishes.Count > 0 && wishes.All(requirement => requirement.Url is null))
            {
                if (!new LockPins(imported, []).SettleDirect(package).TryGet(out var pin, out var failure))
                {
                    return failure;
                }

                constraints.Add(pin.Requested);
            }
        }

        return constraints.ToImmutable();
    }
}
