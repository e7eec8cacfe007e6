using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Core.Locks;
using Slipway.Core.Toml;
using Slipway.Environments.Sources;

namespace Slipway.Environments.Locks;

/// <summary>
/// Between one resolved package and its entry in a PEP 751 document. The entry lists all files of the version; the one that this
/// platform takes is named under <c>[packages.tool.slipway]</c>, as is what a source tree held.
/// </summary>
internal static class LockPackage
{
    private const string Sha256 = "sha256";
    private const string Ours = "slipway";
    private const string Chosen = "file";
    private const string Tree = "tree";
    private const string TreePath = "path";

    /// <summary>The entry of a package.</summary>
    /// <param name="file">What was resolved.</param>
    /// <param name="index">The index that it must come from when nothing else is known; null for none.</param>
    public static PylockPackage Create(LockedFile file, string? index)
    {
        var package = new PylockPackage { Name = file.Name, Version = file.Version };
        if (file.Repository is { } repository)
        {
            return package with { Vcs = repository };
        }

        if (file.Tree is { } tree)
        {
            // No path of this machine where other tools read; here it is needed to build the same again.
            var facts = new TomlTableBuilder().Add(Tree, file.Hash.Hex).Add(TreePath, tree);
            return package with { Directory = new PylockDirectory(Path.GetFileName(tree)), Tool = Facts(facts) };
        }

        var entry = new PylockFile
        {
            Name = file.FileName,
            Url = file.Url,
            Hashes = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(Sha256, file.Hash.Hex),
        };
        if (file.IsDirect)
        {
            return package with { Archive = entry };
        }

        package = package with { Index = IndexOf(file) ?? index };
        return file.Offered.Length > 1 ? WithAll(package, file)
            : file.IsWheel ? package with { Wheels = [entry] }
            : package with { Sdist = entry };
    }

    /// <summary>The digest of the tree that a directory held, where a lock of ours records it, in hexadecimal digits.</summary>
    public static string? TreeOf(PylockPackage package) => Fact(package, Tree);

    /// <summary>The one file of a package that this provisioning can install.</summary>
    public static Result<LockedFile> Read(PylockPackage package, string source)
    {
        if (package.Version is not { } version)
        {
            return Unusable(package, source);
        }

        if (package.Archive?.Subdirectory is not null || package.Directory?.Subdirectory is not null)
        {
            var refused = DirectSources.FolderRefused(package.Name.ToString());
            return refused with { Message = $"{source}: {refused.Message}" };
        }

        if (package.Vcs is { Type: "git", Url: not null } repository)
        {
            return LockedFile.Of(package.Name, version, repository);
        }

        if (package.Directory is not null)
        {
            return Fact(package, TreePath) is { } path && Fact(package, Tree) is { } tree
                ? Sha256Digest.Parse(tree).Map(digest => new LockedFile(package.Name, version, $"{package.Name}.tar", LocalSources.UrlOf(path), digest)
                {
                    IsDirect = true,
                    Tree = path,
                })
                : Unusable(package, source);
        }

        return ChosenOf(package) is { Url: { } url } entry && entry.Hashes.TryGetValue(Sha256, out var hash)
            ? Sha256Digest.Parse(hash).Map(digest => new LockedFile(package.Name, version, entry.Name, url, digest)
            {
                IsDirect = package.Archive is not null,
                Index = package.Index,
                Offered = Fact(package, Chosen) is null ? [] : [.. Files(package).OrderBy(file => file.Name, StringComparer.Ordinal)],
            })
            : Unusable(package, source);
    }

    private static PylockPackage WithAll(PylockPackage package, LockedFile file) => package with
    {
        Wheels = [.. file.Offered.Where(IsWheel)],
        Sdist = file.IsWheel ? file.Offered.FirstOrDefault(other => !IsWheel(other)) : file.Offered.First(other => other.Name == file.FileName),
        Tool = Facts(new TomlTableBuilder().Add(Chosen, file.FileName)),
    };

    // What find-links offers has no index, and must not seem to come from one.
    private static string? IndexOf(LockedFile file) => file.Index is { } url && url.Contains("://", StringComparison.Ordinal) ? url : null;

    private static PylockFile? ChosenOf(PylockPackage package) =>
        package.Archive
        ?? (Fact(package, Chosen) is { } name ? Files(package).FirstOrDefault(file => file.Name == name) : null)
        ?? package.Wheels.FirstOrDefault()
        ?? package.Sdist;

    private static IEnumerable<PylockFile> Files(PylockPackage package) => package.Sdist is { } sdist ? package.Wheels.Append(sdist) : package.Wheels;

    private static bool IsWheel(PylockFile file) => file.Name.EndsWith(".whl", StringComparison.Ordinal);

    private static TomlTable Facts(TomlTableBuilder facts) => new TomlTableBuilder().Add(Ours, facts.Build()).Build();

    private static string? Fact(PylockPackage package, string key) =>
        package.Tool is { } tool && tool.TryGet(Ours, out var value) && value is TomlTable facts && facts.GetString(key).TryGet(out var text, out _) ? text : null;

    private static Failure Unusable(PylockPackage package, string source) => new(
        EnvironmentFailures.UnsupportedSource, $"{source}: {package.Name} has no file with a URL, a version and a SHA-256, and no source that can be built here.");
}
