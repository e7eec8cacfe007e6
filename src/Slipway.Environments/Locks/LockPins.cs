using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Locks;
using Slipway.Core.Requirements;
using Slipway.Environments.Requests;
using Slipway.Environments.Sources;

namespace Slipway.Environments.Locks;

/// <summary>Turns the packages of a lock into what a provisioner is told to have: exactly these.</summary>
/// <param name="imported">The lock, whose directories were read.</param>
/// <param name="asked">What is asked for; hashes that it demands narrow the files.</param>
internal sealed class LockPins(ImportedLock imported, ImmutableArray<RequestedPackage> asked)
{
    private const string Sha256 = "sha256";

    /// <summary>All packages, settled; sorted by name.</summary>
    /// <returns>The packages; <see cref="EnvironmentFailures.AmbiguousLock"/> when one is there twice, <see cref="EnvironmentFailures.UnsupportedSource"/> for what cannot be installed.</returns>
    public Result<ImmutableArray<PinnedPackage>> Settle(ImmutableArray<PylockPackage> packages)
    {
        // pip has no way to check a repository against a hash, so beside one it must not be told to demand any. What it chose is checked afterwards.
        var isHashed = packages.All(package => package.Vcs is null);
        var pins = ImmutableArray.CreateBuilder<PinnedPackage>(packages.Length);
        foreach (var package in packages.OrderBy(package => package.Name.Normalized, StringComparer.Ordinal))
        {
            if (!Settle(package, isHashed).TryGet(out var pin, out var failure))
            {
                return failure;
            }

            if (pins.Count > 0 && pins[^1].Name == pin.Name)
            {
                return new Failure(EnvironmentFailures.AmbiguousLock, $"{imported.Path} has more than one {pin.Name} for this interpreter: {pins[^1].Requested.Requirement} and {pin.Requested.Requirement}.");
            }

            pins.Add(pin);
        }

        return pins.ToImmutable();
    }

    /// <summary>One package that a lock takes from a directory, a repository or an archive, settled; without hashes beside it, which a constraint cannot have.</summary>
    public Result<PinnedPackage> SettleDirect(PylockPackage package) => Settle(package, isHashed: false);

    /// <summary>The repository with the address that it has here; a failure when it cannot be used.</summary>
    public Result<PylockVcs> Located(PylockPackage package, PylockVcs repository)
    {
        var problem = repository.Type is not "git" ? $"a {repository.Type} repository, and only git is supported"
            : !IsCommit(repository.CommitId) ? $"a repository, and its commit-id {repository.CommitId} is not the whole name of a commit"
            : repository.Url is { } url ? url.AsSpan().ContainsAny('#', '?') ? $"a repository, and its URL {url} has a query or a fragment" : null
            : Path.IsPathRooted(repository.Path!) ? $"a repository at {repository.Path}, and only paths relative to the lock are taken"
            : null;
        return problem is not null
            ? new Failure(EnvironmentFailures.UnsupportedSource, $"{imported.Path}: {package.Name} is in {problem}.") { Hint = "Make the lock anew, with a URL and the full commit." }
            : repository.Url is not null ? repository : repository with { Url = LocalSources.UrlOf(imported.FullPath(repository.Path!)) };
    }

    /// <summary>The files of a package: wheels and source distribution, or the one archive.</summary>
    public static ImmutableArray<PylockFile> Files(PylockPackage package) =>
        package.Archive is { } archive ? [archive] : package.Sdist is { } sdist ? [.. package.Wheels, sdist] : package.Wheels;

    /// <summary>Whether a file has one of the hashes.</summary>
    public static bool IsAccepted(PylockFile file, ImmutableArray<string> hashes) =>
        file.Hashes.Any(hash => hashes.Contains($"{hash.Key}:{hash.Value}", StringComparer.OrdinalIgnoreCase));

    private Result<PinnedPackage> Settle(PylockPackage package, bool isHashed) =>
        package.Directory is { } directory ? SettleDirectory(package, directory)
        : package.Vcs is { } repository ? Located(package, repository).Then(located => SettleRepository(package, located))
        : SettleFiles(package, isHashed);

    private Result<PinnedPackage> SettleDirectory(PylockPackage package, PylockDirectory directory)
    {
        if (directory.Subdirectory is not null)
        {
            return FolderRefused(package);
        }

        if (Path.IsPathRooted(directory.Path))
        {
            return new Failure(EnvironmentFailures.UnsupportedSource, $"{imported.Path}: {package.Name} is in {directory.Path}, and only paths relative to the lock are taken.")
            {
                Hint = "Make the lock anew with a relative path: an absolute one means something else on another machine.",
            };
        }

        var path = imported.FullPath(directory.Path);
        return imported.Trees[path].TryGet(out var content, out var failure)
            ? Named(package, LocalSources.UrlOf(path)).Map(requirement => new PinnedPackage(new RequestedPackage(requirement, []) { LocalContent = content }, package.Version, []))
            : failure with { Message = $"{imported.Path}: {package.Name} cannot be had: {failure.Message}" };
    }

    private Result<PinnedPackage> SettleRepository(PylockPackage package, PylockVcs repository) =>
        Named(package, RepositoryUrl.Of(repository)).Map(requirement => new PinnedPackage(new RequestedPackage(requirement, []), package.Version, []) { Commit = repository.CommitId });

    private Result<PinnedPackage> SettleFiles(PylockPackage package, bool isHashed)
    {
        if (package.Archive?.Subdirectory is not null)
        {
            return FolderRefused(package);
        }

        ImmutableArray<string> demanded = [.. asked.Where(wish => wish.Requirement.Name == package.Name).SelectMany(wish => wish.Hashes)];
        ImmutableArray<PinnedFile> files =
        [
            .. Files(package)
                .Where(file => file.Hashes.ContainsKey(Sha256) && (demanded.IsEmpty || IsAccepted(file, demanded)))
                .Select(file => new PinnedFile(file.Name, Address(file), file.Hashes[Sha256])),
        ];
        if (files.IsEmpty || (package.Version is null && package.Archive is null))
        {
            return new Failure(EnvironmentFailures.UnsupportedSource, $"{imported.Path}: {package.Name} has no file with a version and a SHA-256.");
        }

        var requirement = package.Archive is null ? Requirement.Parse($"{package.Name}=={package.Version}")
            : Named(package, isHashed ? files[0].Url : $"{files[0].Url.Split('#')[0]}#sha256={files[0].Sha256}");
        return requirement.Map(exact => new PinnedPackage(
            new RequestedPackage(exact, isHashed ? [.. files.Select(file => $"{Sha256}:{file.Sha256}")] : []), package.Version, files));
    }

    private Failure FolderRefused(PylockPackage package)
    {
        var refused = DirectSources.FolderRefused(package.Name.ToString());
        return refused with { Message = $"{imported.Path}: {refused.Message}" };
    }

    private Result<Requirement> Named(PylockPackage package, string url) => Requirement.Parse($"{package.Name} @ {url}").TryGet(out var requirement, out var failure)
        ? requirement
        : failure with { Message = $"{imported.Path}: the source of {package.Name} cannot be used: {failure.Message}", Location = null };

    private static bool IsCommit(string text) => text.Length is 40 or 64 && text.All(char.IsAsciiHexDigit);

    // The path, where there is one, is what lies beside the lock.
    private string Address(PylockFile file) => file.Path is { } path ? LocalSources.UrlOf(imported.FullPath(path)) : file.Url!;
}
