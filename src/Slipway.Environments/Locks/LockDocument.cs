using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Core.Locks;
using Slipway.Core.Requirements;
using Slipway.Core.Toml;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Requests;

namespace Slipway.Environments.Locks;

/// <summary>Between a resolved set and its PEP 751 document.</summary>
internal static class LockDocument
{
    private const string Sha256 = "sha256";
    private const string Ours = "slipway";
    private const string IndexUrl = "index-url";
    private const string FindLinks = "find-links";
    private const string Installed = "installed";

    /// <summary>The document of a set.</summary>
    public static Pylock Create(EnvironmentRequest request, Interpreter interpreter, ImmutableArray<LockedFile> files, ImmutableArray<InstalledPackage> installed) => new()
    {
        CreatedBy = "slipway",
        Environments = [EnvironmentMarker(interpreter)],
        RequiresPython = request.RequiresPython.ToString().Length > 0 ? request.RequiresPython : null,
        Packages = [.. files.Select(file => ToPackage(file, IndexOf(request)))],
        Tool = new TomlTableBuilder().Add(Ours, Facts(request, installed)).Build(),
    };

    /// <summary>The sources that the set was resolved from; pip's default when the document does not say.</summary>
    public static PackageSources SourcesOf(Pylock document)
    {
        if (FactsOf(document) is not { } facts)
        {
            return PackageSources.Default;
        }

        ImmutableArray<PackageIndex> indexes = facts.GetString(IndexUrl).TryGet(out var url, out _) ? [new PackageIndex(url)] : [];
        var links = facts.GetStrings(FindLinks).TryGet(out var texts, out _) ? texts : [];
        return PackageSources.Create(indexes, [.. links]).TryGet(out var sources, out _) ? sources : PackageSources.Default;
    }

    /// <summary>The packages that the set takes from where the interpreter has them.</summary>
    public static ImmutableArray<InstalledPackage> InstalledOf(Pylock document) =>
        FactsOf(document) is { } facts && facts.TryGet(Installed, out _) && facts.GetStrings(Installed).TryGet(out var lines, out _)
            ? [.. lines.Select(InstalledPackage.FromLine).OfType<InstalledPackage>()]
            : [];

    /// <summary>The one file of each package of a document that this provisioning can install.</summary>
    public static Result<ImmutableArray<LockedFile>> FilesOf(Pylock document, string source)
    {
        var files = ImmutableArray.CreateBuilder<LockedFile>(document.Packages.Length);
        foreach (var package in document.Packages)
        {
            if (!ToFile(package, source).TryGet(out var file, out var failure))
            {
                return failure;
            }

            files.Add(file);
        }

        return files.ToImmutable();
    }

    private static TomlTable? FactsOf(Pylock document) =>
        document.Tool is { } tool && tool.TryGet(Ours, out var value) ? value as TomlTable : null;

    private static string? IndexOf(EnvironmentRequest request) => request.Sources.Indexes.IsEmpty ? null : request.Sources.Indexes[0].Url;

    private static TomlTable Facts(EnvironmentRequest request, ImmutableArray<InstalledPackage> installed)
    {
        var facts = new TomlTableBuilder()
            .AddStrings("requirements", request.Requirements.Select(package => package.ToLine()).Order(StringComparer.Ordinal));
        facts = IndexOf(request) is { } index ? facts.Add(IndexUrl, index) : facts;
        facts = request.Sources.FindLinks.IsEmpty ? facts : facts.AddStrings(FindLinks, request.Sources.FindLinks);
        facts = installed.IsEmpty ? facts : facts.AddStrings(Installed, installed.Select(package => package.ToLine()));
        return facts.Build();
    }

    // What distinguishes platforms, in the words of PEP 508; the kernel's version does not.
    private static Marker EnvironmentMarker(Interpreter interpreter)
    {
        var markers = interpreter.Markers;
        return Marker.Parse(
            $"sys_platform == '{markers.SysPlatform}' and platform_machine == '{markers.PlatformMachine}' "
            + $"and implementation_name == '{markers.ImplementationName}' and python_full_version == '{markers.PythonFullVersion}'").Value;
    }

    private static PylockPackage ToPackage(LockedFile file, string? index)
    {
        var entry = new PylockFile
        {
            Name = file.FileName,
            Url = file.Url,
            Hashes = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(Sha256, file.Hash.Hex),
        };
        var package = new PylockPackage { Name = file.Name, Version = file.Version };
        if (file.IsDirect)
        {
            return package with { Archive = entry };
        }

        package = package with { Index = index };
        return file.IsWheel ? package with { Wheels = [entry] } : package with { Sdist = entry };
    }

    private static Result<LockedFile> ToFile(PylockPackage package, string source)
    {
        var entry = package.Archive ?? package.Wheels.FirstOrDefault() ?? package.Sdist;
        if (entry is not { Url: { } url } || package.Version is null || !entry.Hashes.TryGetValue(Sha256, out var hash))
        {
            return new Failure(
                EnvironmentFailures.UnsupportedSource, $"{source}: {package.Name} has no file with a URL, a version and a SHA-256.");
        }

        return Sha256Digest.Parse(hash).Map(digest =>
            new LockedFile(package.Name, package.Version, entry.Name, url, digest) { IsDirect = package.Archive is not null });
    }
}
