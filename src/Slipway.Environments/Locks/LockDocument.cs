using System.Collections.Immutable;
using System.Globalization;
using Slipway.Core.Conda;
using Slipway.Core.Failures;
using Slipway.Core.Locks;
using Slipway.Core.Requirements;
using Slipway.Core.Toml;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Requests;

namespace Slipway.Environments.Locks;

/// <summary>Between a resolved set and its PEP 751 document.</summary>
internal static class LockDocument
{
    private const string Ours = "slipway";
    private const string IndexUrl = "index-url";
    private const string IndexTables = "indexes";
    private const string FindLinks = "find-links";
    private const string Installed = "installed";
    private const string ExcludeNewer = "exclude-newer";
    private const string NotFor = "not-for";
    private const string NotFromDefault = "not-from-default-index";

    /// <summary>The document of a set.</summary>
    public static Pylock Create(EnvironmentRequest request, Interpreter interpreter, ImmutableArray<LockedFile> files, ImmutableArray<InstalledPackage> installed) => new()
    {
        CreatedBy = "slipway",
        Environments = [EnvironmentMarker(interpreter)],
        RequiresPython = request.RequiresPython.ToString().Length > 0 ? request.RequiresPython : null,
        Packages =
        [
            .. files.Select(file => LockPackage.Create(file, OnlyIndexOf(request)))
                .Concat(request.Editable is { } project ? [LockedProject.Create(project)] : [])
                .OrderBy(package => package.Name.Normalized, StringComparer.Ordinal),
        ],
        Tool = new TomlTableBuilder().Add(Ours, Facts(request, installed).Build()).Build(),
    };

    /// <summary>The document of a set whose packages bring their own interpreter; those of conda stand below our own table.</summary>
    public static Pylock Create(EnvironmentRequest request, CondaSet conda, ImmutableArray<LockedFile> files) => new()
    {
        CreatedBy = "slipway",
        Environments = [Marker.Parse($"sys_platform == 'linux' and platform_machine == '{CondaPlatform.MachineOf(conda.Platform)}'").Value],
        Packages = [.. files.Select(file => LockPackage.Create(file, OnlyIndexOf(request)))],
        Tool = new TomlTableBuilder().Add(Ours, Facts(request, []).Add(CondaSet.Key, conda.ToTable()).Build()).Build(),
    };

    /// <summary>The sources that the set was resolved from; pip's default when the document does not say.</summary>
    public static PackageSources SourcesOf(Pylock document)
    {
        if (FactsOf(document) is not { } facts)
        {
            return PackageSources.Default;
        }

        ImmutableArray<PackageIndex> indexes = facts.GetString(IndexUrl).TryGet(out var url, out _) ? [new PackageIndex(url)]
            : facts.GetTables(IndexTables).TryGet(out var tables, out _) ? [.. tables.Select(ToIndex)]
            : [];
        var links = facts.GetStrings(FindLinks).TryGet(out var texts, out _) ? texts : [];
        var asksDefault = facts.TryGet(NotFromDefault, out _);
        ImmutableArray<string> never = asksDefault && facts.GetStrings(NotFromDefault).TryGet(out var names, out _) ? [.. names] : [];
        var limit = facts.GetString(ExcludeNewer).TryGet(out var text, out _)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : (DateTimeOffset?)null;
        return PackageSources.Create(indexes, [.. links]).TryGet(out var sources, out _) ? sources with { ExcludeNewer = limit, AsksDefaultIndex = asksDefault, NotFromDefault = never }
            : PackageSources.Default;
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
        foreach (var package in document.Packages.Where(package => LockedProject.Read(package) is null))
        {
            if (!LockPackage.Read(package, source).TryGet(out var file, out var failure))
            {
                return failure;
            }

            files.Add(file);
        }

        return files.ToImmutable();
    }

    internal static TomlTable? FactsOf(Pylock document) =>
        document.Tool is { } tool && tool.TryGet(Ours, out var value) ? value as TomlTable : null;

    // With several sources it is known of each package alone where it comes from.
    private static string? OnlyIndexOf(EnvironmentRequest request) =>
        request.Sources is { Indexes: [var only], FindLinks.IsEmpty: true } ? only.Url : null;

    private static TomlTableBuilder Facts(EnvironmentRequest request, ImmutableArray<InstalledPackage> installed)
    {
        var sources = request.Sources;
        var facts = new TomlTableBuilder()
            .AddStrings("requirements", request.Requirements.Select(package => package.ToLine()).Order(StringComparer.Ordinal));
        if (sources.Indexes is [{ Name: null, Packages.IsEmpty: true, Never.IsEmpty: true } only])
        {
            facts.Add(IndexUrl, only.Url);
        }
        else if (!sources.Indexes.IsEmpty)
        {
            facts.Add(IndexTables, new TomlArray(sources.Indexes.Select(index => (TomlValue)ToTable(index))));
        }

        facts = sources is { AsksDefaultIndex: true, Indexes.IsEmpty: false } ? facts.AddStrings(NotFromDefault, sources.NotFromDefault) : facts;
        facts = sources.FindLinks.IsEmpty ? facts : facts.AddStrings(FindLinks, sources.FindLinks);
        facts = installed.IsEmpty ? facts : facts.AddStrings(Installed, installed.Select(package => package.ToLine()));
        return facts.Add(ExcludeNewer, sources.ExcludeNewerText);
    }

    private static TomlTable ToTable(PackageIndex index)
    {
        var table = new TomlTableBuilder(isInline: true).Add("name", index.Name).Add("url", index.Url);
        table = index.Packages.IsEmpty ? table : table.AddStrings("packages", index.Packages);
        return (index.Never.IsEmpty ? table : table.AddStrings(NotFor, index.Never)).Build();
    }

    private static PackageIndex ToIndex(TomlTable table) => new(table.GetString("url").TryGet(out var url, out _) ? url : string.Empty)
    {
        Name = table.GetString("name").TryGet(out var name, out _) ? name : null,
        Packages = table.GetStrings("packages").TryGet(out var packages, out _) ? [.. packages] : [],
        Never = table.GetStrings(NotFor).TryGet(out var never, out _) ? [.. never] : [],
    };

    // What distinguishes platforms, in the words of PEP 508; the kernel's version does not.
    private static Marker EnvironmentMarker(Interpreter interpreter)
    {
        var markers = interpreter.Markers;
        return Marker.Parse(
            $"sys_platform == '{markers.SysPlatform}' and platform_machine == '{markers.PlatformMachine}' "
            + $"and implementation_name == '{markers.ImplementationName}' and python_full_version == '{markers.PythonFullVersion}'").Value;
    }
}
